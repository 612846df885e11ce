package kmipgo

import (
	"bytes"
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"testing"
	"time"

	"github.com/ovh/kmip-go"
	"github.com/ovh/kmip-go/kmipclient"
)

// registered keeps an AES key that is active.
func registered(t *testing.T, client *kmipclient.Client, key []byte) string {
	t.Helper()
	made, err := client.Register().SymmetricKey(kmip.CryptographicAlgorithmAES, encryptDecrypt, key).
		WithAttribute(kmip.AttributeNameActivationDate, time.Now()).Exec()
	good(t, err)
	return made.UniqueIdentifier
}

func padded(data []byte) []byte {
	count := aes.BlockSize - len(data)%aes.BlockSize
	return append(bytes.Clone(data), bytes.Repeat([]byte{byte(count)}, count)...)
}

func TestBlockModes(t *testing.T) {
	since(t, kmip.V1_2, func(t *testing.T, client *kmipclient.Client) {
		key, iv, data := random(t, 32), random(t, 16), random(t, 100)
		block, err := aes.NewCipher(key)
		good(t, err)
		id := registered(t, client, key)
		cbc := padded(data)
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(cbc, cbc)
		ctr := bytes.Clone(data)
		cipher.NewCTR(block, iv).XORKeyStream(ctr, data)
		ecb := padded(data)
		for at := 0; at < len(ecb); at += aes.BlockSize {
			block.Encrypt(ecb[at:], ecb[at:])
		}
		for _, row := range []struct {
			mode    kmip.BlockCipherMode
			padding kmip.PaddingMethod
			wanted  []byte
		}{{kmip.BlockCipherModeCBC, kmip.PaddingMethodPKCS5, cbc},
			{kmip.BlockCipherModeCTR, 0, ctr},
			{kmip.BlockCipherModeECB, kmip.PaddingMethodPKCS5, ecb}} {
			params := kmip.CryptographicParameters{BlockCipherMode: row.mode,
				PaddingMethod:          row.padding,
				CryptographicAlgorithm: kmip.CryptographicAlgorithmAES}
			encrypt := client.Encrypt(id).WithCryptographicParameters(params)
			decrypt := client.Decrypt(id).WithCryptographicParameters(params)
			if row.mode != kmip.BlockCipherModeECB {
				encrypt, decrypt = encrypt.WithIvCounterNonce(iv), decrypt.WithIvCounterNonce(iv)
			}
			got, err := encrypt.Data(data).Exec()
			good(t, err)
			sameBytes(t, "ciphertext", got.Data, row.wanted)
			back, err := decrypt.Data(got.Data).Exec()
			good(t, err)
			sameBytes(t, "plaintext", back.Data, data)
		}
	})
}

func TestGCM(t *testing.T) {
	since(t, kmip.V1_2, func(t *testing.T, client *kmipclient.Client) {
		key, iv, data, aad := random(t, 32), random(t, 12), random(t, 64), random(t, 20)
		id := registered(t, client, key)
		block, err := aes.NewCipher(key)
		good(t, err)
		gcm, err := cipher.NewGCM(block)
		good(t, err)
		params := kmip.CryptographicParameters{BlockCipherMode: kmip.BlockCipherModeGCM,
			CryptographicAlgorithm: kmip.CryptographicAlgorithmAES}
		if at(client, kmip.V1_4) {
			params.TagLength = 16
		} else {
			aad = nil
		}
		sealed := gcm.Seal(nil, iv, data, aad)
		encrypt := client.Encrypt(id).WithCryptographicParameters(params).WithIvCounterNonce(iv)
		decrypt := client.Decrypt(id).WithCryptographicParameters(params).WithIvCounterNonce(iv)
		got, err := encrypt.WithAAD(aad).Data(data).Exec()
		good(t, err)
		// The tag is a field of its own from 1.4 on, the tail of the data before.
		if at(client, kmip.V1_4) {
			sameBytes(t, "ciphertext", got.Data, sealed[:len(data)])
			sameBytes(t, "tag", got.AuthenticatedEncryptionTag, sealed[len(data):])
			decrypt = decrypt.WithAAD(aad).WithAuthTag(sealed[len(data):])
			sealed = sealed[:len(data)]
		} else {
			sameBytes(t, "ciphertext and tag", got.Data, sealed)
		}
		back, err := decrypt.Data(sealed).Exec()
		good(t, err)
		sameBytes(t, "plaintext", back.Data, data)
		sealed[0] ^= 1
		_, err = decrypt.Data(sealed).Exec()
		refused(t, err, kmip.ResultReasonCryptographicFailure)
		if at(client, kmip.V1_4) {
			params.TagLength = 3
			_, err = client.Encrypt(id).WithCryptographicParameters(params).WithIvCounterNonce(iv).
				Data(data).Exec()
			if err == nil {
				t.Fatal("a tag of 3 bytes was accepted")
			}
		}
	})
}

func TestOAEP(t *testing.T) {
	since(t, kmip.V1_2, func(t *testing.T, client *kmipclient.Client) {
		pair, err := client.CreateKeyPair().RSA(2048, kmip.CryptographicUsageDecrypt,
			kmip.CryptographicUsageEncrypt).Common().
			WithAttribute(kmip.AttributeNameActivationDate, time.Now()).Exec()
		good(t, err)
		got, err := client.Get(pair.PrivateKeyUniqueIdentifier).Exec()
		good(t, err)
		key, err := got.RsaPrivateKey()
		good(t, err)
		params := kmip.CryptographicParameters{PaddingMethod: kmip.PaddingMethodOAEP,
			HashingAlgorithm:       kmip.HashingAlgorithmSHA_256,
			CryptographicAlgorithm: kmip.CryptographicAlgorithmRSA}
		data := random(t, 48)
		sealed, err := client.Encrypt(pair.PublicKeyUniqueIdentifier).
			WithCryptographicParameters(params).Data(data).Exec()
		good(t, err)
		options := rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1}
		if at(client, kmip.V1_4) {
			params.MaskGenerator = kmip.MaskGeneratorMGF1
			params.MaskGeneratorHashingAlgorithm = kmip.HashingAlgorithmSHA_256
			sealed, err = client.Encrypt(pair.PublicKeyUniqueIdentifier).
				WithCryptographicParameters(params).Data(data).Exec()
			good(t, err)
			options.MGFHash = crypto.SHA256
		}
		plain, err := key.Decrypt(rand.Reader, sealed.Data, &options)
		if err != nil && !at(client, kmip.V1_4) {
			// Where the version has no field for it, the mask's hash is that of the message.
			options.MGFHash = crypto.SHA256
			plain, err = key.Decrypt(rand.Reader, sealed.Data, &options)
		}
		good(t, err)
		sameBytes(t, "plaintext", plain, data)
		back, err := client.Decrypt(pair.PrivateKeyUniqueIdentifier).
			WithCryptographicParameters(params).Data(sealed.Data).Exec()
		good(t, err)
		sameBytes(t, "plaintext", back.Data, data)
	})
}

func TestSignAndVerify(t *testing.T) {
	since(t, kmip.V1_2, func(t *testing.T, client *kmipclient.Client) {
		pair, err := client.CreateKeyPair().RSA(2048, kmip.CryptographicUsageSign,
			kmip.CryptographicUsageVerify).Common().
			WithAttribute(kmip.AttributeNameActivationDate, time.Now()).Exec()
		good(t, err)
		got, err := client.Get(pair.PublicKeyUniqueIdentifier).Exec()
		good(t, err)
		key, err := got.RsaPublicKey()
		good(t, err)
		data := random(t, 200)
		sum := sha256.Sum256(data)
		for _, padding := range []kmip.PaddingMethod{kmip.PaddingMethodPKCS1V1_5,
			kmip.PaddingMethodPSS} {
			params := kmip.CryptographicParameters{PaddingMethod: padding,
				HashingAlgorithm:       kmip.HashingAlgorithmSHA_256,
				CryptographicAlgorithm: kmip.CryptographicAlgorithmRSA}
			signed, err := client.Sign(pair.PrivateKeyUniqueIdentifier).
				WithCryptographicParameters(params).Data(data).Exec()
			good(t, err)
			if padding == kmip.PaddingMethodPSS {
				err = rsa.VerifyPSS(key, crypto.SHA256, sum[:], signed.SignatureData, nil)
			} else {
				err = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signed.SignatureData)
			}
			good(t, err)
			verify := func(signature []byte) kmip.ValidityIndicator {
				answer, err := client.SignatureVerify(pair.PublicKeyUniqueIdentifier).
					WithCryptographicParameters(params).Data(data).Signature(signature).Exec()
				good(t, err)
				return answer.ValidityIndicator
			}
			same(t, "signature", verify(signed.SignatureData), kmip.ValidityIndicatorValid)
			signed.SignatureData[9] ^= 4
			same(t, "wrong signature", verify(signed.SignatureData),
				kmip.ValidityIndicatorInvalid)
		}
	})
}

// The client's crypto.Signer signs digests, which 1.4 brought.
func TestSigner(t *testing.T) {
	since(t, kmip.V1_4, func(t *testing.T, client *kmipclient.Client) {
		data := random(t, 100)
		sum := sha512.Sum384(data)
		active := time.Now()
		pair, err := client.CreateKeyPair().ECDSA(kmip.RecommendedCurveP_384,
			kmip.CryptographicUsageSign, kmip.CryptographicUsageVerify).Common().
			WithAttribute(kmip.AttributeNameActivationDate, active).Exec()
		good(t, err)
		signer, err := client.Signer(context.Background(), pair.PrivateKeyUniqueIdentifier, "")
		good(t, err)
		signature, err := signer.Sign(rand.Reader, sum[:], crypto.SHA384)
		good(t, err)
		same(t, "ECDSA", ecdsa.VerifyASN1(signer.Public().(*ecdsa.PublicKey), sum[:], signature),
			true)
		pair, err = client.CreateKeyPair().RSA(3072, kmip.CryptographicUsageSign,
			kmip.CryptographicUsageVerify).Common().
			WithAttribute(kmip.AttributeNameActivationDate, active).Exec()
		good(t, err)
		signer, err = client.Signer(context.Background(), "", pair.PublicKeyUniqueIdentifier)
		good(t, err)
		signature, err = signer.Sign(rand.Reader, sum[:], crypto.SHA384)
		good(t, err)
		key := signer.Public().(*rsa.PublicKey)
		good(t, rsa.VerifyPKCS1v15(key, crypto.SHA384, sum[:], signature))
		options := rsa.PSSOptions{SaltLength: 20, Hash: crypto.SHA384}
		signature, err = signer.Sign(rand.Reader, sum[:], &options)
		good(t, err)
		good(t, rsa.VerifyPSS(key, crypto.SHA384, sum[:], signature, &options))
	})
}

func TestHash(t *testing.T) {
	since(t, kmip.V1_2, func(t *testing.T, client *kmipclient.Client) {
		data := random(t, 1000)
		short, long := sha256.Sum256(data), sha512.Sum512(data)
		for algorithm, wanted := range map[kmip.HashingAlgorithm][]byte{
			kmip.HashingAlgorithmSHA_256: short[:], kmip.HashingAlgorithmSHA_512: long[:]} {
			answer, err := client.Hash().WithCryptographicParameters(
				kmip.CryptographicParameters{HashingAlgorithm: algorithm}).Data(data).Exec()
			good(t, err)
			sameBytes(t, "hash", answer.Data, wanted)
		}
	})
}
