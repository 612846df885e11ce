package kmipgo

import (
	"bytes"
	"crypto/aes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"math/big"
	"testing"
	"time"

	"github.com/ovh/kmip-go"
	"github.com/ovh/kmip-go/kmipclient"
	"github.com/ovh/kmip-go/ttlv"
)

const encryptDecrypt = kmip.CryptographicUsageEncrypt | kmip.CryptographicUsageDecrypt
const signVerify = kmip.CryptographicUsageSign | kmip.CryptographicUsageVerify

func random(t *testing.T, size int) []byte {
	t.Helper()
	data := make([]byte, size)
	_, err := rand.Read(data)
	good(t, err)
	return data
}

func value(t *testing.T, client *kmipclient.Client, id string, name kmip.AttributeName) any {
	t.Helper()
	answer, err := client.GetAttributes(id, name).Exec()
	good(t, err)
	same(t, "identifier", answer.UniqueIdentifier, id)
	same(t, "instances of "+string(name), len(answer.Attribute), 1)
	same(t, "attribute name", answer.Attribute[0].AttributeName, name)
	return answer.Attribute[0].AttributeValue
}

// active makes the object active now.
func active(client *kmipclient.Client, id string) error {
	_, err := client.Activate(id).Exec()
	return err
}

func TestDiscoverVersions(t *testing.T) {
	site := connect(t)
	client, err := kmipclient.Dial(site.Kmip, kmipclient.WithRootCAFile(site.CA),
		kmipclient.WithClientCertFiles(site.ClientCert, site.ClientKey))
	good(t, err)
	defer client.Close()
	same(t, "the first of the answer", client.Version(), kmip.V1_4)
	clone, err := client.Clone()
	good(t, err)
	defer clone.Close()
	_, err = clone.Query().All().Exec()
	good(t, err)
}

func TestQuery(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		answer, err := client.Query().All().Exec()
		good(t, err)
		served := map[kmip.Operation]bool{}
		for _, operation := range answer.Operations {
			same(t, "twice "+ttlv.EnumStr(operation), served[operation], false)
			served[operation] = true
		}
		for _, operation := range []kmip.Operation{kmip.OperationCreate,
			kmip.OperationCreateKeyPair, kmip.OperationRegister, kmip.OperationReKey,
			kmip.OperationLocate, kmip.OperationCheck, kmip.OperationGet,
			kmip.OperationGetAttributes, kmip.OperationGetAttributeList,
			kmip.OperationAddAttribute, kmip.OperationModifyAttribute,
			kmip.OperationDeleteAttribute, kmip.OperationObtainLease,
			kmip.OperationGetUsageAllocation, kmip.OperationActivate, kmip.OperationRevoke,
			kmip.OperationDestroy, kmip.OperationArchive, kmip.OperationRecover,
			kmip.OperationQuery} {
			same(t, ttlv.EnumStr(operation), served[operation], true)
		}
		same(t, "Re-key Key Pair", served[kmip.OperationReKeyKeyPair], at(client, kmip.V1_1))
		same(t, "Encrypt", served[kmip.OperationEncrypt], at(client, kmip.V1_2))
		same(t, "Import", served[kmip.OperationImport], at(client, kmip.V1_4))
		same(t, "Put", served[kmip.OperationPut], false)
		same(t, "Capability Information", len(answer.CapabilityInformation) == 1,
			at(client, kmip.V1_3))
		same(t, "Profile Information", len(answer.ProfileInformation) > 0, at(client, kmip.V1_3))
		same(t, "vendor", answer.VendorIdentification, "Chatelaine")
	})
}

func TestSymmetricKeyCreatedAndGot(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		for _, bits := range []int{128, 192, 256} {
			name := unique(t)
			made, err := client.Create().AES(bits, encryptDecrypt).WithName(name).Exec()
			good(t, err)
			same(t, "type", made.ObjectType, kmip.ObjectTypeSymmetricKey)
			got, err := client.Get(made.UniqueIdentifier).Exec()
			good(t, err)
			key, err := got.SymmetricKey()
			good(t, err)
			same(t, "key bytes", len(key), bits/8)
			digest := value(t, client, made.UniqueIdentifier, kmip.AttributeNameDigest).(kmip.Digest)
			sum := sha256.Sum256(key)
			same(t, "hash", digest.HashingAlgorithm, kmip.HashingAlgorithmSHA_256)
			sameBytes(t, "digest", digest.DigestValue, sum[:])
			found, err := client.Locate().WithName(name).Exec()
			good(t, err)
			same(t, "found", len(found.UniqueIdentifier), 1)
			same(t, "found", found.UniqueIdentifier[0], made.UniqueIdentifier)
			if at(client, kmip.V1_3) {
				same(t, "Located Items", *found.LocatedItems, 1)
			}
		}
		for _, create := range []kmipclient.ExecCreate{
			client.Create().TDES(112, encryptDecrypt), client.Create().TDES(168, encryptDecrypt),
			client.Create().Skipjack(encryptDecrypt)} {
			_, err := create.Exec()
			good(t, err)
		}
	})
}

func TestRegisteredBytesAreGivenBack(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		key := random(t, 32)
		for _, format := range []kmipclient.KeyFormat{0, kmipclient.RAW, kmipclient.Transparent} {
			made, err := client.Register().WithKeyFormat(format).
				SymmetricKey(kmip.CryptographicAlgorithmAES, encryptDecrypt, key).Exec()
			good(t, err)
			got, err := client.Get(made.UniqueIdentifier).Exec()
			good(t, err)
			back, err := got.SymmetricKey()
			good(t, err)
			sameBytes(t, "key", back, key)
		}
		made, err := client.Register().SecretString(kmip.SecretDataTypePassword, "Ἀρχιμήδης").Exec()
		good(t, err)
		got, err := client.Get(made.UniqueIdentifier).Exec()
		good(t, err)
		text, err := got.SecretString()
		good(t, err)
		same(t, "password", text, "Ἀρχιμήδης")
	})
}

func TestAsymmetricKeysRegistered(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	good(t, err)
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		formats := []kmipclient.KeyFormat{kmipclient.PKCS1, kmipclient.PKCS8, kmipclient.X509,
			kmipclient.Transparent}
		for _, format := range formats {
			made, err := client.Register().WithKeyFormat(format).
				RsaPrivateKey(rsaKey, kmip.CryptographicUsageSign).Exec()
			good(t, err)
			got, err := client.Get(made.UniqueIdentifier).Exec()
			good(t, err)
			back, err := got.RsaPrivateKey()
			good(t, err)
			same(t, "private key", back.Equal(rsaKey), true)
			made, err = client.Register().WithKeyFormat(format).
				RsaPublicKey(&rsaKey.PublicKey, kmip.CryptographicUsageVerify).Exec()
			good(t, err)
			got, err = client.Get(made.UniqueIdentifier).Exec()
			good(t, err)
			pub, err := got.RsaPublicKey()
			good(t, err)
			same(t, "public key", pub.Equal(&rsaKey.PublicKey), true)
		}
		for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
			for _, format := range append(formats[1:], kmipclient.SEC1) {
				ellipticKey(t, client, curve, format)
			}
		}
	})
}

func ellipticKey(t *testing.T, client *kmipclient.Client, curve elliptic.Curve,
	format kmipclient.KeyFormat) {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	good(t, err)
	made, err := client.Register().WithKeyFormat(format).
		EcdsaPrivateKey(key, kmip.CryptographicUsageSign).Exec()
	good(t, err)
	got, err := client.Get(made.UniqueIdentifier).Exec()
	good(t, err)
	back, err := got.EcdsaPrivateKey()
	good(t, err)
	same(t, "private key", back.Equal(key), true)
	made, err = client.Register().WithKeyFormat(format).
		EcdsaPublicKey(&key.PublicKey, kmip.CryptographicUsageVerify).Exec()
	good(t, err)
	got, err = client.Get(made.UniqueIdentifier).Exec()
	good(t, err)
	pub, err := got.EcdsaPublicKey()
	good(t, err)
	same(t, "public key", pub.Equal(&key.PublicKey), true)
}

func TestKeyFormatsAreConverted(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	good(t, err)
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		made, err := client.Register().WithKeyFormat(kmipclient.PKCS8).
			RsaPrivateKey(rsaKey, kmip.CryptographicUsageSign).Exec()
		good(t, err)
		for _, format := range []kmip.KeyFormatType{kmip.KeyFormatTypePKCS_1,
			kmip.KeyFormatTypePKCS_8, kmip.KeyFormatTypeTransparentRSAPrivateKey} {
			got, err := client.Get(made.UniqueIdentifier).WithKeyFormat(format).Exec()
			good(t, err)
			private := got.Object.(*kmip.PrivateKey)
			same(t, "format", private.KeyBlock.KeyFormatType, format)
			back, err := got.RsaPrivateKey()
			good(t, err)
			same(t, "private key", back.Equal(rsaKey), true)
		}
		_, err = client.Get(made.UniqueIdentifier).
			WithKeyFormat(kmip.KeyFormatTypeTransparentDSAPrivateKey).Exec()
		refused(t, err, kmip.ResultReasonKeyFormatTypeNotSupported)
	})
}

func certificate(t *testing.T, subject string) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	good(t, err)
	form := x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:   pkix.Name{CommonName: subject},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &form, &form, &key.PublicKey, key)
	good(t, err)
	made, err := x509.ParseCertificate(der)
	good(t, err)
	return made, key
}

func TestCertificateRegistered(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		cert, _ := certificate(t, unique(t))
		made, err := client.Register().X509Certificate(cert).Exec()
		good(t, err)
		got, err := client.Get(made.UniqueIdentifier).Exec()
		good(t, err)
		back, err := got.X509Certificate()
		good(t, err)
		sameBytes(t, "certificate", back.Raw, cert.Raw)
		kind := value(t, client, made.UniqueIdentifier, kmip.AttributeNameCertificateType)
		same(t, "type", kind, any(kmip.CertificateTypeX_509))
		if at(client, kmip.V1_1) {
			length := value(t, client, made.UniqueIdentifier, kmip.AttributeNameCertificateLength)
			same(t, "length", length, any(int32(len(cert.Raw))))
			subject := value(t, client, made.UniqueIdentifier,
				kmip.AttributeNameX509CertificateSubject).(kmip.X_509CertificateSubject)
			sameBytes(t, "subject", subject.SubjectDistinguishedName, cert.RawSubject)
			issuer := value(t, client, made.UniqueIdentifier,
				kmip.AttributeNameX509CertificateIssuer).(kmip.X_509CertificateIssuer)
			sameBytes(t, "issuer", issuer.IssuerDistinguishedName, cert.RawIssuer)
		}
	})
}

// keyWrap is RFC 3394, section 2.2.1.
func keyWrap(t *testing.T, key, plain []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	good(t, err)
	count := len(plain) / 8
	out := append(bytes.Repeat([]byte{0xA6}, 8), plain...)
	for round := 0; round < 6; round++ {
		for i := 1; i <= count; i++ {
			part := append(bytes.Clone(out[:8]), out[8*i:8*i+8]...)
			block.Encrypt(part, part)
			binary.BigEndian.PutUint64(out[:8],
				binary.BigEndian.Uint64(part[:8])^uint64(count*round+i))
			copy(out[8*i:], part[8:])
		}
	}
	return out
}

func TestKeyGotWrapped(t *testing.T) {
	since(t, kmip.V1_1, func(t *testing.T, client *kmipclient.Client) {
		wrapping, key := random(t, 32), random(t, 32)
		outer, err := client.Register().SymmetricKey(kmip.CryptographicAlgorithmAES,
			kmip.CryptographicUsageWrapKey|kmip.CryptographicUsageUnwrapKey, wrapping).
			WithAttribute(kmip.AttributeNameActivationDate, time.Now()).Exec()
		good(t, err)
		inner, err := client.Register().
			SymmetricKey(kmip.CryptographicAlgorithmAES, encryptDecrypt, key).Exec()
		good(t, err)
		specification := kmip.KeyWrappingSpecification{
			WrappingMethod: kmip.WrappingMethodEncrypt,
			EncryptionKeyInformation: &kmip.EncryptionKeyInformation{
				UniqueIdentifier: outer.UniqueIdentifier,
				CryptographicParameters: &kmip.CryptographicParameters{
					BlockCipherMode: kmip.BlockCipherModeNISTKeyWrap}},
			EncodingOption: kmip.EncodingOptionNoEncoding}
		got, err := client.Get(inner.UniqueIdentifier).WithKeyWrapping(specification).Exec()
		good(t, err)
		block := got.Object.(*kmip.SymmetricKey).KeyBlock
		sameBytes(t, "wrapped key", *block.KeyValue.Wrapped, keyWrap(t, wrapping, key))
		same(t, "wrapped by", block.KeyWrappingData.EncryptionKeyInformation.UniqueIdentifier,
			outer.UniqueIdentifier)
		// A key that comes wrapped is given back as it came.
		again, err := client.Register().Object(got.Object).WithAttribute(
			kmip.AttributeNameCryptographicUsageMask, encryptDecrypt).Exec()
		good(t, err)
		back, err := client.Get(again.UniqueIdentifier).Exec()
		good(t, err)
		sameBytes(t, "wrapped key", *back.Object.(*kmip.SymmetricKey).KeyBlock.KeyValue.Wrapped,
			*block.KeyValue.Wrapped)
	})
}
