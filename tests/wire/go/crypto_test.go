// Encryption, data keys, streams, signatures and random bytes. Results are checked with Go's own
// cryptography, never only with the service's opposite operation.
package wire

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/ovh/okms-sdk-go"
	"github.com/ovh/okms-sdk-go/types"
)

func TestEncryptDecryptSizesAndContexts(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		for _, size := range []types.KeySizes{types.N128, types.N192, types.N256} {
			key := c.newAES(t, size)
			for _, length := range []int{1, 16, 32, 1000, 4095, 4096} {
				for _, context := range []string{"", "a context", strings.Repeat("c", 64), "é ü 鍵"} {
					plain := randomBytes(length)
					token, err := c.Encrypt(t.Context(), site.Domain, key.Id, context, plain)
					wantNone(t, err)
					back, err := c.Decrypt(t.Context(), site.Domain, key.Id, context, token)
					wantNone(t, err)
					if !bytes.Equal(back, plain) {
						t.Fatalf("AES-%d, %d bytes, context %q: came back changed", size, length, context)
					}
				}
			}
		}
	})
}

// 4096 bytes give a token of about 5600 characters, over the limit that the vendor's own schema sets for
// a ciphertext: enforcing it would make the largest messages undecryptable.
func TestLargestPlaintextDecryptsThoughItsTokenIsOver5464(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		key := c.newAES(t, types.N256)
		plain := randomBytes(4096)
		token, err := c.Encrypt(t.Context(), site.Domain, key.Id, strings.Repeat("c", 64), plain)
		wantNone(t, err)
		if len(token) <= 5464 || len(token) > 8192 {
			t.Errorf("the token has %d characters", len(token))
		}
		back, err := c.Decrypt(t.Context(), site.Domain, key.Id, strings.Repeat("c", 64), token)
		wantNone(t, err)
		if !bytes.Equal(back, plain) {
			t.Error("came back changed")
		}
		_, err = c.Encrypt(t.Context(), site.Domain, key.Id, "", randomBytes(4097))
		wantRefused(t, err, http.StatusBadRequest, http.StatusRequestEntityTooLarge)
	})
}

func TestCiphertextIsACompactJWEOfTheKey(t *testing.T) {
	c := byCertificate(t)
	key := c.newAES(t, types.N256)
	first, err := c.Encrypt(t.Context(), site.Domain, key.Id, "", []byte("same"))
	wantNone(t, err)
	second, err := c.Encrypt(t.Context(), site.Domain, key.Id, "", []byte("same"))
	wantNone(t, err)
	if first == second {
		t.Error("the same plaintext gives the same token: the nonce repeats")
	}
	parts := strings.Split(first, ".")
	if len(parts) != 5 {
		t.Fatalf("%d parts, a compact JWE has 5", len(parts))
	}
	var header struct{ Alg, Enc, Kid string }
	decodeSegment(t, parts[0], &header)
	if header.Alg != "dir" || header.Enc != "A256GCM" || header.Kid != key.Id.String() || parts[1] != "" {
		t.Errorf("header %+v, encrypted key %q", header, parts[1])
	}
}

func TestDecryptRefusesWhatWasAltered(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		key, other := c.newAES(t, types.N256), c.newAES(t, types.N256)
		token, err := c.Encrypt(t.Context(), site.Domain, key.Id, "right", []byte("message"))
		wantNone(t, err)
		refused := func(name string, id uuid.UUID, context, token string) {
			t.Helper()
			_, err := c.Decrypt(t.Context(), site.Domain, id, context, token)
			if err == nil {
				t.Errorf("%s: decrypted", name)
				return
			}
			wantRefused(t, err, http.StatusBadRequest)
		}
		refused("other context", key.Id, "wrong", token)
		refused("no context", key.Id, "", token)
		refused("other key", other.Id, "right", token)
		parts := strings.Split(token, ".")
		for i, part := range parts {
			if part == "" {
				continue
			}
			changed := append([]string{}, parts...)
			changed[i] = flipped(part)
			refused(fmt.Sprintf("part %d altered", i), key.Id, "right", strings.Join(changed, "."))
			changed[i] = part[:len(part)-1]
			refused(fmt.Sprintf("part %d shorter", i), key.Id, "right", strings.Join(changed, "."))
		}
		for name, bad := range map[string]string{"empty": "", "dots": "....", "text": "hello", "four parts": "a.b.c.d",
			"six parts": token + ".x", "spaces": " " + token, "long": strings.Repeat("a", 9000)} {
			got := c.send(t, "POST", keyPath(key.Id, "/decrypt"), object{"ciphertext": bad, "context": "right"})
			if got.status != http.StatusBadRequest && got.status != http.StatusRequestEntityTooLarge {
				t.Errorf("%s: status %d: %s", name, got.status, got.body)
			}
		}
	})
}

// flipped changes the first character of base64url, which has no unused bits.
func flipped(text string) string {
	if text[0] == 'A' {
		return "B" + text[1:]
	}
	return "A" + text[1:]
}

func TestEncryptRefusesBadBodies(t *testing.T) {
	c := byCertificate(t)
	key := c.newAES(t, types.N256)
	for name, body := range map[string]any{
		"nothing":            nil,
		"no plaintext":       object{},
		"null plaintext":     object{"plaintext": nil},
		"number":             object{"plaintext": 5},
		"bad base64":         object{"plaintext": "%%%%"},
		"base64url alphabet": object{"plaintext": "_-8="},
		"no padding":         object{"plaintext": "AAECAw"},
		"spaces":             object{"plaintext": "AAEC Aw=="},
		"context number":     object{"plaintext": "AAECAw==", "context": 1},
		"context of 65":      object{"plaintext": "AAECAw==", "context": strings.Repeat("c", 65)},
		"unknown member":     object{"plaintext": "AAECAw==", "iv": "AAAA"},
		"duplicate":          `{"plaintext":"AAECAw==","plaintext":"AAECAw=="}`,
		"half a surrogate":   `{"plaintext":"AAECAw==","context":"\ud800"}`,
		"cut short":          `{"plaintext":"AAECAw=`,
	} {
		t.Run(name, func(t *testing.T) {
			wantStatus(t, c.send(t, "POST", keyPath(key.Id, "/encrypt"), body), http.StatusBadRequest)
		})
	}
	wantStatus(t, c.send(t, "POST", keyPath(key.Id, "/encrypt"), object{"plaintext": "AAECAw==", "context": nil}), 200)
}

func TestEncryptNeedsTheOperationAndTheType(t *testing.T) {
	c := byCertificate(t)
	_, err := c.Encrypt(t.Context(), site.Domain, c.newEC(t, types.P256).Id, "", []byte("x"))
	wantRefused(t, err)
	only, err := c.GenerateSymmetricKey(t.Context(), site.Domain, types.N256, "decrypt only", types.SOFTWARE, "",
		[]types.CryptographicUsages{types.Decrypt})
	wantNone(t, err)
	c.discard(t, only.Id)
	_, err = c.Encrypt(t.Context(), site.Domain, only.Id, "", []byte("x"))
	wantRefused(t, err)
}

func TestDataKeys(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		key, other := c.newAES(t, types.N256), c.newAES(t, types.N256)
		for _, bits := range []int32{64, 128, 192, 256, 512, 4096} {
			plain, token, err := c.GenerateDataKey(t.Context(), site.Domain, key.Id, "data key", bits)
			wantNone(t, err)
			if len(plain)*8 != int(bits) {
				t.Errorf("%d bits asked, %d bytes came", bits, len(plain))
			}
			if len(token) > 5000 {
				t.Errorf("%d bits: the token has %d characters", bits, len(token))
			}
			back, err := c.DecryptDataKey(t.Context(), site.Domain, key.Id, token)
			wantNone(t, err)
			if !bytes.Equal(back, plain) {
				t.Errorf("%d bits: came back changed", bits)
			}
			_, err = c.DecryptDataKey(t.Context(), site.Domain, other.Id, token)
			wantRefused(t, err, http.StatusBadRequest)
		}
		for _, body := range []object{{"size": 63}, {"size": 4097}, {"size": 0}, {"size": -256}, {"size": "256"},
			{"size": 256.5}, {}, {"size": 256, "name": strings.Repeat("n", 33)}, {"size": 256, "more": 1}} {
			wantStatus(t, c.send(t, "POST", keyPath(key.Id, "/datakey"), body), http.StatusBadRequest)
		}
		wantStatus(t, c.send(t, "POST", keyPath(key.Id, "/datakey"), object{"size": 256, "name": nil}), 201)
	})
}

func TestDataKeyNeedsAKeyThatWraps(t *testing.T) {
	c := byCertificate(t)
	key, err := c.GenerateSymmetricKey(t.Context(), site.Domain, types.N256, "no wrapping", types.SOFTWARE, "",
		[]types.CryptographicUsages{types.Encrypt, types.Decrypt})
	wantNone(t, err)
	c.discard(t, key.Id)
	_, _, err = c.GenerateDataKey(t.Context(), site.Domain, key.Id, "x", 256)
	wantRefused(t, err)
}

func TestSDKDataKeyProviderGCM(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		provider := c.DataKeys(site.Domain, c.newAES(t, types.N256).Id)
		data, aad := randomBytes(100_000), []byte("bound")
		ciphertext, key, nonce, err := provider.EncryptGCM(t.Context(), "gcm", data, aad)
		wantNone(t, err)
		back, err := provider.DecryptGCM(t.Context(), key, ciphertext, nonce, aad)
		wantNone(t, err)
		if !bytes.Equal(back, data) {
			t.Error("came back changed")
		}
	})
}

func TestSDKStream(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		provider := c.DataKeys(site.Domain, c.newAES(t, types.N256).Id)
		const block = int(okms.BlockSize32kB)
		for _, length := range []int{1, block - 17, block - 16, block - 15, 3 * block, 1_000_000} {
			data, aad := randomBytes(length), []byte("file name")
			var sealed bytes.Buffer
			writer, err := provider.EncryptStream(t.Context(), &sealed, aad, okms.BlockSize32kB)
			wantNone(t, err)
			_, err = writer.Write(data)
			wantNone(t, err)
			wantNone(t, writer.Close())
			content := sealed.Bytes()
			reader, err := provider.DecryptStream(t.Context(), bytes.NewReader(content), aad)
			wantNone(t, err)
			back, err := io.ReadAll(reader)
			wantNone(t, err)
			if !bytes.Equal(back, data) {
				t.Errorf("%d bytes came back changed", length)
			}
			reader, err = provider.DecryptStream(t.Context(), bytes.NewReader(content), []byte("other"))
			if err == nil {
				_, err = io.ReadAll(reader)
			}
			if err == nil {
				t.Error("opened with another context")
			}
		}
	})
}

// digestOf hashes for an algorithm's three digits.
func digestOf(alg types.DigitalSignatureAlgorithms, message []byte) ([]byte, crypto.Hash) {
	switch string(alg)[2:] {
	case "256":
		sum := sha256.Sum256(message)
		return sum[:], crypto.SHA256
	case "384":
		sum := sha512.Sum384(message)
		return sum[:], crypto.SHA384
	default:
		sum := sha512.Sum512(message)
		return sum[:], crypto.SHA512
	}
}

// verifies checks a raw signature with Go's own cryptography.
func verifies(public crypto.PublicKey, alg types.DigitalSignatureAlgorithms, message, signature []byte) error {
	digest, hash := digestOf(alg, message)
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		size := (key.Curve.Params().BitSize + 7) / 8
		if len(signature) != 2*size {
			return fmt.Errorf("%d bytes, r||s of this curve has %d", len(signature), 2*size)
		}
		r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
		if !ecdsa.Verify(key, digest, r, s) {
			return fmt.Errorf("ECDSA does not verify")
		}
		return nil
	case *rsa.PublicKey:
		if strings.HasPrefix(string(alg), "PS") {
			return rsa.VerifyPSS(key, hash, digest, signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.VerifyPKCS1v15(key, hash, digest, signature)
	}
	return fmt.Errorf("unexpected key %T", public)
}

// signingKeys has a key for each of the nine algorithms, by the algorithm.
func (c *caller) signingKeys(t *testing.T) map[types.DigitalSignatureAlgorithms]uuid.UUID {
	t.Helper()
	rsa := c.newRSA(t, types.N2048, forSigning).Id
	return map[types.DigitalSignatureAlgorithms]uuid.UUID{
		types.ES256: c.newEC(t, types.P256).Id, types.ES384: c.newEC(t, types.P384).Id, types.ES512: c.newEC(t, types.P521).Id,
		types.RS256: rsa, types.RS384: rsa, types.RS512: rsa, types.PS256: rsa, types.PS384: rsa, types.PS512: rsa,
	}
}

func TestSignVerifyAllNineAlgorithmsMessageAndDigest(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		for alg, id := range c.signingKeys(t) {
			public, err := c.ExportPublicKey(t.Context(), site.Domain, id)
			wantNone(t, err)
			message := randomBytes(300)
			digest, _ := digestOf(alg, message)
			for _, hashed := range []bool{false, true} {
				input := message
				if hashed {
					input = digest
				}
				for name, format := range map[string]*types.SignatureFormats{"none": nil, "raw": pointer(types.Raw)} {
					text, err := c.Sign(t.Context(), site.Domain, id, format, alg, hashed, input)
					wantNone(t, err)
					signature, err := base64.StdEncoding.DecodeString(text)
					if err != nil {
						t.Fatalf("%s: not standard base64: %v", alg, err)
					}
					if err := verifies(public, alg, message, signature); err != nil {
						t.Errorf("%s hashed=%v format=%s: %v", alg, hashed, name, err)
					}
					good, err := c.Verify(t.Context(), site.Domain, id, alg, hashed, input, text)
					if err != nil || !good {
						t.Errorf("%s hashed=%v: own signature is %v, %v", alg, hashed, good, err)
					}
				}
			}
		}
	})
}

func TestMalformedSignatureIsFalseNotAnError(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		for alg, id := range c.signingKeys(t) {
			message := []byte("message")
			text, err := c.Sign(t.Context(), site.Domain, id, nil, alg, false, message)
			wantNone(t, err)
			signature, err := base64.StdEncoding.DecodeString(text)
			wantNone(t, err)
			encode := base64.StdEncoding.EncodeToString
			altered := append([]byte{}, signature...)
			altered[len(altered)/2] ^= 1
			for name, bad := range map[string]string{
				"altered": encode(altered), "short": encode(signature[:len(signature)-1]),
				"long": encode(append(signature, 0)), "one byte": encode([]byte{0}),
				"zeros": encode(make([]byte, len(signature))), "not base64": "!!!!",
			} {
				good, err := c.Verify(t.Context(), site.Domain, id, alg, false, message, bad)
				if err != nil || good {
					t.Errorf("%s %s: %v, %v", alg, name, good, err)
				}
			}
			good, err := c.Verify(t.Context(), site.Domain, id, alg, false, []byte("other"), text)
			if err != nil || good {
				t.Errorf("%s, another message: %v, %v", alg, good, err)
			}
		}
	})
}

func TestWrongAlgorithmForTheKeyIsAnError(t *testing.T) {
	c := byCertificate(t)
	keys := c.signingKeys(t)
	for alg, id := range map[types.DigitalSignatureAlgorithms]uuid.UUID{
		types.ES256: keys[types.ES384], types.ES384: keys[types.ES256], types.ES512: keys[types.ES256],
		types.RS256: keys[types.ES256], types.PS256: keys[types.ES256]} {
		_, err := c.Sign(t.Context(), site.Domain, id, nil, alg, false, []byte("x"))
		wantRefused(t, err, http.StatusBadRequest)
		_, err = c.Verify(t.Context(), site.Domain, id, alg, false, []byte("x"), "AAAA")
		wantRefused(t, err, http.StatusBadRequest)
	}
	_, err := c.Sign(t.Context(), site.Domain, keys[types.RS256], nil, types.ES256, false, []byte("x"))
	wantRefused(t, err, http.StatusBadRequest)
	_, err = c.Sign(t.Context(), site.Domain, c.newAES(t, types.N256).Id, nil, types.ES256, false, []byte("x"))
	wantRefused(t, err)
}

func TestDigestOfWrongLengthIsAnError(t *testing.T) {
	c := byCertificate(t)
	for alg, id := range c.signingKeys(t) {
		digest, _ := digestOf(alg, []byte("x"))
		for _, bad := range [][]byte{digest[1:], append(digest, 0), {1}} {
			_, err := c.Sign(t.Context(), site.Domain, id, nil, alg, true, bad)
			wantRefused(t, err, http.StatusBadRequest)
		}
	}
}

func TestSignRefusesBadBodies(t *testing.T) {
	c := byCertificate(t)
	path := keyPath(c.newEC(t, types.P256).Id, "/sign")
	for name, body := range map[string]any{
		"nothing": nil, "no alg": object{"message": "AAAA"}, "no message": object{"alg": "ES256"},
		"alg unknown": object{"message": "AAAA", "alg": "HS256"}, "alg none": object{"message": "AAAA", "alg": "none"},
		"bad base64": object{"message": "A", "alg": "ES256"}, "unknown member": object{"message": "AAAA", "alg": "ES256", "k": 1},
		"isdigest text": object{"message": "AAAA", "alg": "ES256", "isdigest": "no"},
		"too long":      object{"message": base64.StdEncoding.EncodeToString(make([]byte, 4099)), "alg": "ES256"},
	} {
		got := c.send(t, "POST", path, body)
		if got.status != http.StatusBadRequest && !(name == "too long" && got.status == http.StatusRequestEntityTooLarge) {
			t.Errorf("%s: status %d: %s", name, got.status, got.body)
		}
	}
	wantStatus(t, c.send(t, "POST", path+"?format=cms", object{"message": "AAAA", "alg": "ES256"}), http.StatusBadRequest)
	wantStatus(t, c.send(t, "POST", path, object{"message": "AAAA", "alg": "ES256", "isdigest": nil}), http.StatusOK)
}

func decodeSegment(t *testing.T, segment string, into any) {
	t.Helper()
	content, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		t.Fatalf("%q is not base64url without padding: %v", segment, err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatalf("%s: %v", content, err)
	}
}

func TestJWSAndJWT(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		for alg, id := range c.signingKeys(t) {
			public, err := c.ExportPublicKey(t.Context(), site.Domain, id)
			wantNone(t, err)
			for _, format := range []types.SignatureFormats{types.Jws, types.Jwt} {
				payload := []byte(`{"sub":"wire","admin":false}`)
				token, err := c.Sign(t.Context(), site.Domain, id, &format, alg, false, payload)
				wantNone(t, err)
				parts := strings.Split(token, ".")
				if len(parts) != 3 {
					t.Fatalf("%s %s: %d parts: %s", alg, format, len(parts), token)
				}
				var header struct{ Alg, Typ, Kid string }
				decodeSegment(t, parts[0], &header)
				if header.Alg != string(alg) || (format == types.Jwt && header.Typ != "JWT") {
					t.Errorf("%s %s: header %+v", alg, format, header)
				}
				content, err := base64.RawURLEncoding.DecodeString(parts[1])
				wantNone(t, err)
				if !json.Valid(content) || !bytes.Contains(content, []byte(`"wire"`)) {
					t.Errorf("%s %s: payload is %s", alg, format, content)
				}
				signature, err := base64.RawURLEncoding.DecodeString(parts[2])
				wantNone(t, err)
				if err := verifies(public, alg, []byte(parts[0]+"."+parts[1]), signature); err != nil {
					t.Errorf("%s %s: %v", alg, format, err)
				}
				verify := func(token string) bool {
					got := c.send(t, "POST", keyPath(id, "/verify"), object{"signature": token})
					wantStatus(t, got, http.StatusOK)
					return got.members(t)["result"] == true
				}
				if !verify(token) {
					t.Errorf("%s %s: the service does not verify its own token", alg, format)
				}
				if verify(parts[0] + "." + flipped(parts[1]) + "." + parts[2]) {
					t.Errorf("%s %s: an altered token verifies", alg, format)
				}
				// The oldest trick: a header that says there is no signature.
				none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
				if verify(none + "." + parts[1] + ".") {
					t.Errorf("%s %s: alg none verifies", alg, format)
				}
			}
		}
	})
}

func TestJWTNeedsAnObject(t *testing.T) {
	c := byCertificate(t)
	_, err := c.Sign(t.Context(), site.Domain, c.newEC(t, types.P256).Id, pointer(types.Jwt), types.ES256, false, []byte("no claims"))
	wantRefused(t, err, http.StatusBadRequest)
}

func TestSDKSignerMakesCertificates(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "wire"},
			NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign}
		keys := c.signingKeys(t)
		for alg, wanted := range map[types.DigitalSignatureAlgorithms]x509.SignatureAlgorithm{
			types.ES256: x509.ECDSAWithSHA256, types.ES384: x509.ECDSAWithSHA384, types.ES512: x509.ECDSAWithSHA512,
			types.RS256: x509.SHA256WithRSA, types.PS384: x509.SHA384WithRSAPSS, types.PS512: x509.SHA512WithRSAPSS} {
			signer, err := c.NewSigner(t.Context(), site.Domain, keys[alg])
			wantNone(t, err)
			template.SignatureAlgorithm = wanted
			der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
			wantNone(t, err)
			certificate, err := x509.ParseCertificate(der)
			wantNone(t, err)
			if err := certificate.CheckSignatureFrom(certificate); err != nil {
				t.Errorf("%s: %v", alg, err)
			}
		}
	})
}

func TestRandom(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		for query, want := range map[string]int{"": 1, "?length=1": 1, "?length=32": 32, "?length=4096": 4096} {
			got := c.send(t, "GET", "/v1/random"+query, nil)
			wantStatus(t, got, http.StatusOK)
			bytes, err := base64.StdEncoding.DecodeString(fmt.Sprint(got.members(t)["bytes"]))
			if err != nil || len(bytes) != want {
				t.Errorf("%q: %d bytes, %v", query, len(bytes), err)
			}
		}
		for _, query := range []string{"length=0", "length=4097", "length=-1", "length=x", "length=", "length=1.5",
			"length=99999999999999999999"} {
			wantStatus(t, c.send(t, "GET", "/v1/random?"+query, nil), http.StatusBadRequest)
		}
		first := c.send(t, "GET", "/v1/random?length=32", nil)
		second := c.send(t, "GET", "/v1/random?length=32", nil)
		if bytes.Equal(first.body, second.body) {
			t.Error("the same 32 random bytes twice")
		}
	})
}

// What OpenBao's ovhcloud seal does: read the key (it must allow encrypt and decrypt), then encrypt and
// decrypt a 32-byte key with an empty context.
func TestOvhcloudSealCalls(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		id := c.newAES(t, types.N256).Id
		key, err := c.GetServiceKey(t.Context(), site.Domain, id, nil)
		wantNone(t, err)
		if key.Operations == nil { // the seal dereferences it without a check
			t.Fatal("operations is missing")
		}
		has := map[types.CryptographicUsages]bool{}
		for _, operation := range *key.Operations {
			has[operation] = true
		}
		if !has[types.Encrypt] || !has[types.Decrypt] {
			t.Errorf("operations are %v", *key.Operations)
		}
		for range 3 {
			secret := randomBytes(32)
			token, err := c.Encrypt(t.Context(), site.Domain, id, "", secret)
			wantNone(t, err)
			back, err := c.Decrypt(t.Context(), site.Domain, id, "", token)
			wantNone(t, err)
			if !bytes.Equal(back, secret) {
				t.Error("came back changed")
			}
			// An empty context, written out, is the same as none.
			got := c.send(t, "POST", keyPath(id, "/decrypt"), object{"ciphertext": token, "context": ""})
			wantStatus(t, got, http.StatusOK)
		}
	})
}
