package kmipgo

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"testing"
)

// The server has an RSA and an ECDSA certificate; what the client offers chooses.
func TestServerCertificateFitsTheClient(t *testing.T) {
	site := connect(t)
	for name, row := range map[string]struct {
		suite uint16
		isRSA bool
	}{"RSA": {tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, true},
		"ECDSA": {tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, false}} {
		t.Run(name, func(t *testing.T) {
			config, err := tlsConfig(site, site.ClientCert, site.ClientKey)
			good(t, err)
			config.MaxVersion = tls.VersionTLS12
			config.CipherSuites = []uint16{row.suite}
			conn, err := tls.Dial("tcp", site.Kmip, config)
			good(t, err)
			defer conn.Close()
			key := conn.ConnectionState().PeerCertificates[0].PublicKey
			_, isRSA := key.(*rsa.PublicKey)
			_, isEC := key.(*ecdsa.PublicKey)
			same(t, "RSA", isRSA, row.isRSA)
			same(t, "ECDSA", isEC, !row.isRSA)
		})
	}
}
