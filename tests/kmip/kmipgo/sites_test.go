package kmipgo

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"testing"
	"time"

	wrapping "github.com/openbao/go-kms-wrapping/v2"
	seal "github.com/openbao/go-kms-wrapping/wrappers/kmip/v2"
	"github.com/ovh/kmip-go"
	"github.com/ovh/kmip-go/kmipclient"
)

// OpenBao's seal: what it encrypts at one version and with one mechanism, it decrypts again.
func TestOpenBaoSeal(t *testing.T) {
	site, client := connect(t), dial(t, kmip.V1_4)
	aesKey, err := client.Create().AES(256, encryptDecrypt).
		WithAttribute(kmip.AttributeNameActivationDate, time.Now()).Exec()
	good(t, err)
	pair, err := client.CreateKeyPair().RSA(3072, kmip.CryptographicUsageDecrypt,
		kmip.CryptographicUsageEncrypt).Common().
		WithAttribute(kmip.AttributeNameActivationDate, time.Now()).Exec()
	good(t, err)
	for mechanism, id := range map[string]string{"AES_GCM": aesKey.UniqueIdentifier,
		"RSA_OAEP_SHA256": pair.PrivateKeyUniqueIdentifier,
		"RSA_OAEP_SHA384": pair.PrivateKeyUniqueIdentifier,
		"RSA_OAEP_SHA512": pair.PrivateKeyUniqueIdentifier} {
		t.Run(mechanism, func(t *testing.T) {
			ctx, wrapper := context.Background(), seal.NewWrapper()
			config, err := wrapper.SetConfig(ctx, wrapping.WithKeyId(id),
				wrapping.WithDisallowEnvVars(true),
				wrapping.WithConfigMap(map[string]string{"endpoint": site.Kmip,
					"ca_cert": site.CA, "client_cert": site.ClientCert,
					"client_key": site.ClientKey, "encrypt_alg": mechanism}))
			good(t, err)
			same(t, "version", config.Metadata["kmip_version"], "1.4")
			plain := random(t, 32)
			blob, err := wrapper.Encrypt(ctx, plain)
			good(t, err)
			back, err := wrapper.Decrypt(ctx, blob)
			good(t, err)
			sameBytes(t, "plaintext", back, plain)
			blob.Ciphertext[3] ^= 1
			if _, err = wrapper.Decrypt(ctx, blob); err == nil {
				t.Fatal("a spoiled ciphertext was decrypted")
			}
		})
	}
}

// The same requests as the seal's at the versions that it would take from another server: it always
// says IV Length and Tag Length, and appends the tag itself before 1.4.
func TestOpenBaoSealAtOlderVersions(t *testing.T) {
	since(t, kmip.V1_2, func(t *testing.T, client *kmipclient.Client) {
		key, nonce, plain := random(t, 32), random(t, 12), random(t, 32)
		id := registered(t, client, key)
		params := kmip.CryptographicParameters{
			CryptographicAlgorithm: kmip.CryptographicAlgorithmAES,
			BlockCipherMode:        kmip.BlockCipherModeGCM, TagLength: 16, IVLength: 12}
		sealed, err := client.Encrypt(id).WithIvCounterNonce(nonce).
			WithCryptographicParameters(params).Data(plain).Exec()
		good(t, err)
		block, err := aes.NewCipher(key)
		good(t, err)
		gcm, err := cipher.NewGCM(block)
		good(t, err)
		sameBytes(t, "ciphertext and tag",
			append(sealed.Data, sealed.AuthenticatedEncryptionTag...),
			gcm.Seal(nil, nonce, plain, nil))
	})
}

// OVH's Kubernetes plugin in KMIP mode: finds its key by a label, reads exactly two attributes,
// gets the key, encrypts and decrypts.
func TestKubernetesPlugin(t *testing.T) {
	since(t, kmip.V1_2, func(t *testing.T, client *kmipclient.Client) {
		label := unique(t)
		key := random(t, 32)
		made, err := client.Register().
			SymmetricKey(kmip.CryptographicAlgorithmAES, encryptDecrypt, key).WithName(label).
			WithAttribute(kmip.AttributeNameActivationDate, time.Now()).Exec()
		good(t, err)
		found, err := client.Locate().WithName(label).Exec()
		good(t, err)
		same(t, "found", len(found.UniqueIdentifier), 1)
		id := found.UniqueIdentifier[0]
		same(t, "found", id, made.UniqueIdentifier)
		got, err := client.Get(id).Exec()
		good(t, err)
		back, err := got.SymmetricKey()
		good(t, err)
		sameBytes(t, "key", back, key)
		attributes, err := client.GetAttributes(id, kmip.AttributeNameState,
			kmip.AttributeNameCryptographicAlgorithm).Exec()
		good(t, err)
		same(t, "attributes", len(attributes.Attribute), 2)
		params := kmip.CryptographicParameters{BlockCipherMode: kmip.BlockCipherModeGCM,
			CryptographicAlgorithm: kmip.CryptographicAlgorithmAES}
		seed := random(t, 32)
		sealed, err := client.Encrypt(id).WithCryptographicParameters(params).Data(seed).Exec()
		good(t, err)
		same(t, "a nonce of the server's", len(sealed.IVCounterNonce), 12)
		decrypt := client.Decrypt(id).WithCryptographicParameters(params).
			WithIvCounterNonce(sealed.IVCounterNonce)
		if len(sealed.AuthenticatedEncryptionTag) > 0 {
			decrypt = decrypt.WithAuthTag(sealed.AuthenticatedEncryptionTag)
		}
		opened, err := decrypt.Data(sealed.Data).Exec()
		good(t, err)
		sameBytes(t, "seed", opened.Data, seed)
	})
}
