// Judges the running service with kmip-go's typed client, each operation that it has, at 1.0 to 1.4.
// Every answer is decoded by its strict types and must be the same bytes when it is encoded again: a
// field of another type, out of order or unknown to the version does not survive that. What keys
// compute is compared with Go's own cryptography.
package kmipgo

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ovh/kmip-go"
	"github.com/ovh/kmip-go/kmipclient"
	"github.com/ovh/kmip-go/ttlv"
)

type connection struct {
	Kmip         string `json:"kmip"`
	CA           string `json:"ca"`
	ClientCert   string `json:"client_cert"`
	ClientKey    string `json:"client_key"`
	StrangerCert string `json:"stranger_cert"`
	StrangerKey  string `json:"stranger_key"`
	OtherCert    string `json:"other_cert"`
	OtherKey     string `json:"other_key"`
}

var versions = []kmip.ProtocolVersion{kmip.V1_0, kmip.V1_1, kmip.V1_2, kmip.V1_3, kmip.V1_4}

func connect(t *testing.T) connection {
	t.Helper()
	file, err := os.ReadFile(os.Getenv("CHATELAINE_CONNECT"))
	if err != nil {
		t.Fatal(err)
	}
	var site connection
	if err := json.Unmarshal(file, &site); err != nil {
		t.Fatal(err)
	}
	return site
}

// recorder keeps what was read from the connection since the last request.
type recorder struct {
	net.Conn
	read bytes.Buffer
}

func (r *recorder) Read(data []byte) (int, error) {
	count, err := r.Conn.Read(data)
	r.read.Write(data[:count])
	return count, err
}

func (r *recorder) Write(data []byte) (int, error) {
	r.read.Reset()
	return r.Conn.Write(data)
}

func tlsConfig(site connection, certificate, key string) (*tls.Config, error) {
	pem, err := os.ReadFile(site.CA)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate in " + site.CA)
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(site.Kmip)
	return &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}, ServerName: host}, err
}

// dialAs connects with a certificate; the client fails on an answer that is not as it should be.
func dialAs(t *testing.T, version kmip.ProtocolVersion, certificate, key string) *kmipclient.Client {
	t.Helper()
	site := connect(t)
	config, err := tlsConfig(site, certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	var last *recorder
	client, err := kmipclient.Dial(site.Kmip,
		kmipclient.WithKmipVersions(version),
		kmipclient.WithDialerUnsafe(func(_ context.Context, address string) (net.Conn, error) {
			conn, err := tls.Dial("tcp", address, config)
			if err != nil {
				return nil, err
			}
			last = &recorder{Conn: conn}
			return last, nil
		}),
		kmipclient.WithMiddlewares(func(next kmipclient.Next, ctx context.Context,
			request *kmip.RequestMessage) (*kmip.ResponseMessage, error) {
			began := time.Now()
			response, err := next(ctx, request)
			if err == nil {
				err = exact(request, response, last.read.Bytes(), began)
			}
			return response, err
		}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// exact: the typed answer is all that was sent, and it is of the request's version.
func exact(request *kmip.RequestMessage, response *kmip.ResponseMessage, sent []byte,
	began time.Time) error {
	if response.Header.ProtocolVersion != request.Header.ProtocolVersion {
		return fmt.Errorf("answered in %v", response.Header.ProtocolVersion)
	}
	// The stamp has whole seconds.
	if stamp := response.Header.TimeStamp; stamp.Before(began.Add(-2*time.Second)) ||
		stamp.After(time.Now().Add(time.Second)) {
		return fmt.Errorf("the time stamp %v does not lie in the exchange", stamp)
	}
	for _, item := range response.BatchItem {
		if item.ResultStatus == kmip.ResultStatusOperationUndone {
			return nil // the library would write a Result Reason, which only a failure has
		}
	}
	if encoded := ttlv.MarshalTTLV(response); !bytes.Equal(encoded, sent) {
		return fmt.Errorf("the types do not hold what was sent:\n%x\n%x\n%s", sent, encoded,
			ttlv.MarshalXML(response))
	}
	return nil
}

func dial(t *testing.T, version kmip.ProtocolVersion) *kmipclient.Client {
	t.Helper()
	site := connect(t)
	return dialAs(t, version, site.ClientCert, site.ClientKey)
}

// since runs the test at each version from the first one that has the operation.
func since(t *testing.T, first kmip.ProtocolVersion,
	test func(t *testing.T, client *kmipclient.Client)) {
	for _, version := range versions {
		if ttlv.CompareVersions(version, first) < 0 {
			continue
		}
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			test(t, dial(t, version))
		})
	}
}

func good(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same[T comparable](t *testing.T, what string, got, wanted T) {
	t.Helper()
	if got != wanted {
		t.Fatalf("%s: got %v, expected %v", what, got, wanted)
	}
}

func sameBytes(t *testing.T, what string, got, wanted []byte) {
	t.Helper()
	if !bytes.Equal(got, wanted) {
		t.Fatalf("%s: got %x, expected %x", what, got, wanted)
	}
}

// refused: the error is the server's, for this reason.
func refused(t *testing.T, err error, reason kmip.ResultReason) {
	t.Helper()
	wanted := fmt.Sprintf("reason=%q", ttlv.EnumStr(reason))
	if err == nil || !strings.Contains(err.Error(), wanted) {
		t.Fatalf("expected %s, got %v", wanted, err)
	}
}

var counter atomic.Int64

// unique is a name that no other object has.
func unique(t *testing.T) string {
	return fmt.Sprintf("%s-%d-%d", strings.ReplaceAll(t.Name(), "/", "-"), time.Now().UnixNano(),
		counter.Add(1))
}

func at(client *kmipclient.Client, version kmip.ProtocolVersion) bool {
	return ttlv.CompareVersions(client.Version(), version) >= 0
}
