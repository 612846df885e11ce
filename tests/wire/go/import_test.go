// Bringing keys in and taking them out, in the plain and wrapped, every format, algorithm and type. What
// comes out is opened with the customer's own transport key and compared with what went in.
package wire

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/ovh/okms-sdk-go"
	"github.com/ovh/okms-sdk-go/types"
)

// rsaKey makes an RSA key of a size once for the whole run: it takes seconds.
var rsaKey = func() func(bits int) *rsa.PrivateKey {
	var lock sync.Mutex
	made := map[int]*rsa.PrivateKey{}
	return func(bits int) *rsa.PrivateKey {
		lock.Lock()
		defer lock.Unlock()
		if made[bits] == nil {
			key, err := rsa.GenerateKey(rand.Reader, bits)
			if err != nil {
				panic(err)
			}
			made[bits] = key
		}
		return made[bits]
	}
}()

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	wantNone(t, err)
	return key
}

func (c *caller) imported(t *testing.T, key any, usage []types.CryptographicUsages, options ...okms.ServiceKeyOption) *types.GetServiceKeyResponse {
	t.Helper()
	made, err := c.ImportKey(t.Context(), site.Domain, key, "wire import", "", usage, options...)
	wantNone(t, err)
	c.discard(t, made.Id)
	return made
}

// transport imports our own RSA key as a transport key, so that we can open what is wrapped for it.
func (c *caller) transport(t *testing.T, bits int) (uuid.UUID, *rsa.PrivateKey) {
	t.Helper()
	private := rsaKey(bits)
	return c.imported(t, private, forWrapping).Id, private
}

// exported takes a key out wrapped, and opens it on our side.
func (c *caller) exported(t *testing.T, key, transport uuid.UUID, private *rsa.PrivateKey,
	format types.KeyFormatTypes, alg types.WrappingAlgorithms) []byte {
	t.Helper()
	entries, err := c.GetWrappedServiceKey(t.Context(), site.Domain, key, transport, format, alg)
	if err != nil {
		t.Fatalf("export %s %s: %v", format, alg, err)
	}
	if len(entries) != 1 || entries[0].KeyFormatType != format || entries[0].WrappingKeyId != transport {
		t.Fatalf("export %s %s: %+v", format, alg, entries)
	}
	if length := len(entries[0].Ciphertext); length > 5000 {
		t.Errorf("export %s %s: %d characters, over the 5000 of the contract", format, alg, length)
	}
	plain, err := unwrapJWE(private, string(alg), entries[0].Ciphertext)
	if err != nil {
		t.Fatalf("export %s %s: %v", format, alg, err)
	}
	return plain
}

func number(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }

func coordinate(n *big.Int, curve elliptic.Curve) string {
	return base64.RawURLEncoding.EncodeToString(n.FillBytes(make([]byte, (curve.Params().BitSize+7)/8)))
}

// privateJWK is the JWK of a key, with every integer in full width.
func privateJWK(t *testing.T, key any) []byte {
	t.Helper()
	var jwk map[string]string
	switch key := key.(type) {
	case []byte:
		jwk = map[string]string{"kty": "oct", "k": base64.RawURLEncoding.EncodeToString(key)}
	case *rsa.PrivateKey:
		jwk = map[string]string{"kty": "RSA", "n": number(key.N), "e": number(big.NewInt(int64(key.E))), "d": number(key.D),
			"p": number(key.Primes[0]), "q": number(key.Primes[1]), "dp": number(key.Precomputed.Dp),
			"dq": number(key.Precomputed.Dq), "qi": number(key.Precomputed.Qinv)}
	case *ecdsa.PrivateKey:
		jwk = map[string]string{"kty": "EC", "crv": key.Params().Name, "x": coordinate(key.X, key.Curve),
			"y": coordinate(key.Y, key.Curve), "d": coordinate(key.D, key.Curve)}
	}
	encoded, err := json.Marshal(jwk)
	wantNone(t, err)
	return encoded
}

// material is a key in a format; empty when the format does not go with the type.
func material(t *testing.T, key any, format types.KeyFormatTypes) []byte {
	t.Helper()
	rsaPrivate, isRSA := key.(*rsa.PrivateKey)
	octets, isOct := key.([]byte)
	switch {
	case format == types.RAW && isOct:
		return octets
	case format == types.JWK:
		return privateJWK(t, key)
	case format == types.PKCS1 && isRSA:
		return x509.MarshalPKCS1PrivateKey(rsaPrivate)
	case format == types.PKCS8 && !isOct:
		der, err := x509.MarshalPKCS8PrivateKey(key)
		wantNone(t, err)
		return der
	}
	return nil
}

// sameKey says whether the material, in its format, is the key.
func sameKey(t *testing.T, format types.KeyFormatTypes, plain []byte, key any) error {
	t.Helper()
	switch format {
	case types.RAW:
		if !bytes.Equal(plain, key.([]byte)) {
			return fmt.Errorf("%d bytes that differ", len(plain))
		}
		return nil
	case types.JWK:
		var got, want map[string]any
		if err := json.Unmarshal(plain, &got); err != nil {
			return fmt.Errorf("%s: %w", plain, err)
		}
		wantNone(t, json.Unmarshal(privateJWK(t, key), &want))
		for name, value := range want {
			if got[name] != value {
				return fmt.Errorf("member %q differs", name)
			}
		}
		return nil
	}
	var parsed any
	var err error
	if format == types.PKCS1 {
		parsed, err = x509.ParsePKCS1PrivateKey(plain)
	} else {
		parsed, err = x509.ParsePKCS8PrivateKey(plain)
	}
	if err != nil {
		return err
	}
	if !key.(interface{ Equal(crypto.PrivateKey) bool }).Equal(parsed) {
		return fmt.Errorf("another key")
	}
	return nil
}

var formats = []types.KeyFormatTypes{types.RAW, types.JWK, types.PKCS1, types.PKCS8}
var algorithms = []types.WrappingAlgorithms{types.RSAOAEP, types.RSAOAEP256}

// keysOfAllTypes: every type and size that the service holds, made by us.
func keysOfAllTypes(t *testing.T) map[string]any {
	t.Helper()
	return map[string]any{
		"oct 128": randomBytes(16), "oct 192": randomBytes(24), "oct 256": randomBytes(32),
		"RSA 2048": rsaKey(2048), "RSA 3072": rsaKey(3072), "RSA 4096": rsaKey(4096),
		"P-256": ecKey(t, elliptic.P256()), "P-384": ecKey(t, elliptic.P384()), "P-521": ecKey(t, elliptic.P521()),
	}
}

func usageOf(key any) []types.CryptographicUsages {
	if _, isOct := key.([]byte); isOct {
		return forEncryption
	}
	return forSigning
}

// works uses an imported key, with the other side of it on ours.
func (c *caller) works(t *testing.T, id uuid.UUID, key any) {
	t.Helper()
	signer, isPair := key.(crypto.Signer)
	if !isPair {
		// That the key is the one that came in shows at export; here, that it is usable.
		token, err := c.Encrypt(t.Context(), site.Domain, id, "", []byte("message"))
		wantNone(t, err)
		back, err := c.Decrypt(t.Context(), site.Domain, id, "", token)
		wantNone(t, err)
		if string(back) != "message" {
			t.Error("came back changed")
		}
		return
	}
	alg := types.PS256
	if private, isEC := key.(*ecdsa.PrivateKey); isEC {
		alg = map[int]types.DigitalSignatureAlgorithms{256: types.ES256, 384: types.ES384, 521: types.ES512}[private.Params().BitSize]
	}
	text, err := c.Sign(t.Context(), site.Domain, id, nil, alg, false, []byte("message"))
	wantNone(t, err)
	signature, err := base64.StdEncoding.DecodeString(text)
	wantNone(t, err)
	wantNone(t, verifies(signer.Public(), alg, []byte("message"), signature))
}

func TestBYOKEveryFormatAlgorithmAndTypeBothWays(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		transport, private := c.transport(t, 4096)
		for name, key := range keysOfAllTypes(t) {
			for _, format := range formats {
				plain := material(t, key, format)
				for _, alg := range algorithms {
					if plain == nil {
						continue
					}
					t.Run(fmt.Sprintf("%s %s %s", name, format, alg), func(t *testing.T) {
						token, err := wrapJWE(&private.PublicKey, string(alg), "A256GCM", plain)
						wantNone(t, err)
						made, err := c.ImportWrappedServiceKey(t.Context(), site.Domain, transport, token, format,
							"wire byok", "", usageOf(key), okms.WithExtractable(true))
						wantNone(t, err)
						c.discard(t, made.Id)
						if attribute(t, made, "never_extractable") != "false" {
							t.Error("an imported key was outside: never_extractable must be false")
						}
						c.works(t, made.Id, key)
						out := c.exported(t, made.Id, transport, private, format, alg)
						if err := sameKey(t, format, out, key); err != nil {
							t.Error(err)
						}
					})
				}
			}
		}
	})
}

func TestBYOKGeneratedKeysLeaveAndComeBack(t *testing.T) {
	c := byCertificate(t)
	transport, private := c.transport(t, 2048)
	made := []*types.GetServiceKeyResponse{
		c.newAES(t, types.N256, okms.WithExtractable(true)),
		c.newRSA(t, types.N2048, forSigning, okms.WithExtractable(true)),
		c.newEC(t, types.P521, okms.WithExtractable(true))}
	for _, key := range made {
		for _, format := range formats {
			entries, err := c.GetWrappedServiceKey(t.Context(), site.Domain, key.Id, transport, format, types.RSAOAEP256)
			if err != nil {
				// RAW is for oct, PKCS1 for RSA, PKCS8 for pairs.
				wantRefused(t, err, http.StatusBadRequest)
				if format == types.JWK || (format == types.RAW && key.Type == types.Oct) ||
					(format == types.PKCS8 && key.Type != types.Oct) || (format == types.PKCS1 && key.Type == types.RSA) {
					t.Errorf("%s as %s: %v", key.Type, format, err)
				}
				continue
			}
			if _, err := unwrapJWE(private, "RSA-OAEP-256", entries[0].Ciphertext); err != nil {
				t.Errorf("%s as %s: %v", key.Type, format, err)
			}
			// What the service wrapped, it takes back as it is.
			again, err := c.ImportWrappedServiceKey(t.Context(), site.Domain, transport, entries[0].Ciphertext, format,
				"came back", "", *key.Operations)
			if err != nil {
				t.Errorf("%s as %s back in: %v", key.Type, format, err)
				continue
			}
			c.discard(t, again.Id)
			if again.Type != key.Type {
				t.Errorf("%s came back as %s", key.Type, again.Type)
			}
		}
	}
}

func TestBYOKEveryContentEncryption(t *testing.T) {
	c := byCertificate(t)
	transport, private := c.transport(t, 2048)
	for _, enc := range []string{"A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"} {
		key := randomBytes(32)
		token, err := wrapJWE(&private.PublicKey, "RSA-OAEP-256", enc, key)
		wantNone(t, err)
		made, err := c.ImportWrappedServiceKey(t.Context(), site.Domain, transport, token, types.RAW, "wire "+enc, "",
			forEncryption, okms.WithExtractable(true))
		if err != nil {
			t.Errorf("%s: %v", enc, err)
			continue
		}
		c.discard(t, made.Id)
		if out := c.exported(t, made.Id, transport, private, types.RAW, types.RSAOAEP); !bytes.Equal(out, key) {
			t.Errorf("%s: another key came out", enc)
		}
	}
}

func TestWrappedExportIsRefusedWhereItShouldBe(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		transport, _ := c.transport(t, 2048)
		locked := c.newAES(t, types.N256, okms.WithExtractable(false))
		free := c.newAES(t, types.N256, okms.WithExtractable(true))
		byDefault := c.newAES(t, types.N256)
		export := func(key, transport uuid.UUID) error {
			_, err := c.GetWrappedServiceKey(t.Context(), site.Domain, key, transport, types.RAW, types.RSAOAEP256)
			return err
		}
		wantNone(t, export(free.Id, transport))
		wantRefused(t, export(locked.Id, transport))
		wantRefused(t, export(byDefault.Id, transport)) // extractable is false unless said
		wantRefused(t, export(free.Id, locked.Id))      // the transport key must be RSA
		wantRefused(t, export(free.Id, c.newRSA(t, types.N2048, forSigning).Id))
		wantRefused(t, export(free.Id, uuid.New()))
		wantRefused(t, export(uuid.New(), transport), http.StatusNotFound)
		all := object{"wrappingKeyId": transport.String(), "wrappedKeyFormat": "RAW", "wrappingAlgorithm": "RSA-OAEP"}
		query := func(without string) string {
			var parts []string
			for name, value := range all {
				if name != without {
					parts = append(parts, fmt.Sprintf("%s=%s", name, value))
				}
			}
			return "?" + strings.Join(parts, "&")
		}
		for name := range all { // required together
			wantStatus(t, c.send(t, "GET", keyPath(free.Id)+query(name), nil), http.StatusBadRequest)
		}
		got := c.send(t, "GET", keyPath(free.Id)+query("")+"&format=jwk", nil) // format is ignored then
		wantStatus(t, got, http.StatusOK)
		if members := got.members(t); members["wrappedKeys"] == nil || members["keys"] != nil {
			t.Errorf("wrappedKeys instead of keys: %s", got.body)
		}
		wantStatus(t, c.send(t, "GET", keyPath(free.Id)+strings.Replace(query(""), "RSA-OAEP", "RSA1_5", 1), nil), http.StatusBadRequest)
		wantStatus(t, c.send(t, "GET", keyPath(free.Id)+strings.Replace(query(""), "RAW", "PEM", 1), nil), http.StatusBadRequest)
	})
}

func TestWrappedImportRefusesBadInput(t *testing.T) {
	c := byCertificate(t)
	transport, private := c.transport(t, 2048)
	good, err := wrapJWE(&private.PublicKey, "RSA-OAEP-256", "A256GCM", randomBytes(32))
	wantNone(t, err)
	wrap := func(plain []byte) string {
		token, err := wrapJWE(&private.PublicKey, "RSA-OAEP-256", "A256GCM", plain)
		wantNone(t, err)
		return token
	}
	for name, one := range map[string]struct {
		token  string
		format types.KeyFormatTypes
	}{
		"altered":         {good[:len(good)-4] + flipped(good[len(good)-4:]), types.RAW},
		"no JWE":          {"hello", types.RAW},
		"empty":           {"", types.RAW},
		"17 bytes":        {wrap(randomBytes(17)), types.RAW},
		"no bytes":        {wrap(nil), types.RAW},
		"RAW as JWK":      {good, types.JWK},
		"RAW as PKCS8":    {good, types.PKCS8},
		"RAW as PKCS1":    {good, types.PKCS1},
		"JWK public only": {wrap([]byte(`{"kty":"EC","crv":"P-256"}`)), types.JWK},
		"too long":        {strings.Repeat("a", 5001), types.RAW},
	} {
		_, err := c.ImportWrappedServiceKey(t.Context(), site.Domain, transport, one.token, one.format, "bad", "", forEncryption)
		if err == nil {
			t.Errorf("%s was taken", name)
			continue
		}
		if status := okms.ErrStatusCode(err); status != http.StatusBadRequest && status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = c.ImportWrappedServiceKey(t.Context(), site.Domain, uuid.New(), good, types.RAW, "bad", "", forEncryption)
	wantRefused(t, err)
}

func TestPlainImportOfEveryType(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		transport, private := c.transport(t, 4096)
		for name, key := range keysOfAllTypes(t) {
			made := c.imported(t, key, usageOf(key), okms.WithExtractable(true))
			c.works(t, made.Id, key)
			out := c.exported(t, made.Id, transport, private, types.JWK, types.RSAOAEP256)
			if err := sameKey(t, types.JWK, out, key); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if made.Operations == nil || len(*made.Operations) != len(usageOf(key)) {
				t.Errorf("%s: usage in key_ops came back as %v", name, made.Operations)
			}
		}
	})
}

// The SDK writes integers without leading zeros, so one AES key in 256 arrives short. It must be padded,
// or refused loudly, never stored short.
func TestAESImportWithLeadingZeros(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		transport, private := c.transport(t, 2048)
		for _, size := range []int{16, 24, 32} {
			for zeros := 1; zeros <= 7; zeros++ {
				key := randomBytes(size)
				clear(key[:zeros])
				key[zeros] |= 1
				made, err := c.ImportKey(t.Context(), site.Domain, key, "zeros", "", forEncryption, okms.WithExtractable(true))
				if err != nil {
					wantRefused(t, err, http.StatusBadRequest)
					continue
				}
				c.discard(t, made.Id)
				if made.Size == nil || int(*made.Size) != size*8 {
					t.Errorf("%d bytes, %d zeros: size %v", size, zeros, made.Size)
				}
				if out := c.exported(t, made.Id, transport, private, types.RAW, types.RSAOAEP256); !bytes.Equal(out, key) {
					t.Errorf("%d bytes, %d zeros: another key was stored", size, zeros)
				}
			}
		}
	})
}

func TestECImportWithLeadingZerosIsPadded(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
			width := (curve.Params().BitSize + 7) / 8
			short := func(n *big.Int) bool { return len(n.Bytes()) < width }
			for which, isShort := range map[string]func(k *ecdsa.PrivateKey) bool{
				"x": func(k *ecdsa.PrivateKey) bool { return short(k.X) },
				"y": func(k *ecdsa.PrivateKey) bool { return short(k.Y) },
				"d": func(k *ecdsa.PrivateKey) bool { return short(k.D) }} {
				key := ecKey(t, curve)
				for tries := 0; !isShort(key) && tries < 20_000; tries++ {
					key = ecKey(t, curve)
				}
				made := c.imported(t, key, forSigning)
				c.works(t, made.Id, key)
				jwk, err := c.ExportJwkPublicKey(t.Context(), site.Domain, made.Id)
				wantNone(t, err)
				if *jwk.X != coordinate(key.X, curve) || *jwk.Y != coordinate(key.Y, curve) {
					t.Errorf("%s with a short %s: coordinates are not padded or differ", curve.Params().Name, which)
				}
			}
		}
	})
}

func TestPEMImportsOfTheSDK(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		private, ec := rsaKey(2048), ecKey(t, elliptic.P256())
		pkcs8 := func(key any) []byte { der, err := x509.MarshalPKCS8PrivateKey(key); wantNone(t, err); return der }
		sec1, err := x509.MarshalECPrivateKey(ec)
		wantNone(t, err)
		for _, one := range []struct {
			kind string
			der  []byte
			key  any
		}{{"PRIVATE KEY", pkcs8(private), private}, {"PRIVATE KEY", pkcs8(ec), ec},
			{"RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private), private}, {"EC PRIVATE KEY", sec1, ec}} {
			text := pem.EncodeToMemory(&pem.Block{Type: one.kind, Bytes: one.der})
			made, err := c.ImportKeyPairPEM(t.Context(), site.Domain, text, "pem", "", forSigning)
			wantNone(t, err)
			c.discard(t, made.Id)
			c.works(t, made.Id, one.key)
		}
	})
}

func TestPublicKeyAloneVerifiesAndIsPublic(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		private := ecKey(t, elliptic.P256())
		made := c.imported(t, &private.PublicKey, []types.CryptographicUsages{types.Verify})
		if made.Class == nil || *made.Class != types.PUBLICKEY {
			t.Errorf("class is %v", made.Class)
		}
		digest, _ := digestOf(types.ES256, []byte("message"))
		r, s, err := ecdsa.Sign(rand.Reader, private, digest)
		wantNone(t, err)
		raw := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		good, err := c.Verify(t.Context(), site.Domain, made.Id, types.ES256, false, []byte("message"),
			base64.StdEncoding.EncodeToString(raw))
		if err != nil || !good {
			t.Errorf("%v, %v", good, err)
		}
		_, err = c.Sign(t.Context(), site.Domain, made.Id, nil, types.ES256, false, []byte("message"))
		wantRefused(t, err)
		back, err := c.ExportPublicKey(t.Context(), site.Domain, made.Id)
		wantNone(t, err)
		if !private.PublicKey.Equal(back) {
			t.Error("another public key came out")
		}
	})
}

// The vendor's guide posts type, operations and key_ops together: taken when they agree.
func TestImportWithUsageInBothPlaces(t *testing.T) {
	c := byCertificate(t)
	private := ecKey(t, elliptic.P256())
	jwk := object{"kty": "EC", "crv": "P-256", "x": coordinate(private.X, private.Curve),
		"y": coordinate(private.Y, private.Curve), "key_ops": []string{"verify"}}
	body := object{"name": "both", "type": "EC", "operations": []string{"verify"}, "keys": []object{jwk}}
	made := c.send(t, "POST", "/v1/servicekey?format=jwk", body)
	wantStatus(t, made, http.StatusCreated)
	c.discard(t, made.id(t))
	body["operations"] = []string{"sign"}
	refused := c.send(t, "POST", "/v1/servicekey?format=jwk", body)
	wantStatus(t, refused, http.StatusBadRequest)
	for _, name := range []string{"operations", "key_ops"} {
		if !bytes.Contains(refused.body, []byte(name)) {
			t.Errorf("the refusal does not name %s: %s", name, refused.body)
		}
	}
}

func TestPlainImportRefusesBadKeys(t *testing.T) {
	c := byCertificate(t)
	good := ecKey(t, elliptic.P256())
	point := object{"kty": "EC", "crv": "P-256", "x": coordinate(good.X, good.Curve), "y": coordinate(good.Y, good.Curve)}
	changed := func(base object, name string, value any) object {
		copied := object{"key_ops": []string{"verify"}}
		for member, content := range base {
			copied[member] = content
		}
		if value == nil {
			delete(copied, name)
		} else {
			copied[name] = value
		}
		return copied
	}
	oct := object{"kty": "oct", "k": base64.RawURLEncoding.EncodeToString(randomBytes(32))}
	octUse := func(name string, value any) object {
		jwk := changed(oct, name, value)
		if name != "key_ops" {
			jwk["key_ops"] = []string{"encrypt", "decrypt"}
		}
		return jwk
	}
	for name, jwk := range map[string]any{
		"no kty": changed(point, "kty", nil), "kty unknown": changed(point, "kty", "OKP"), "crv unknown": changed(point, "crv", "P-192"),
		"off the curve": changed(point, "x", coordinate(new(big.Int).Xor(good.X, big.NewInt(1)), good.Curve)),
		"x missing":     changed(point, "x", nil), "x too long": changed(point, "x", base64.RawURLEncoding.EncodeToString(randomBytes(33))),
		"x with padding": changed(point, "x", coordinate(good.X, good.Curve)+"="), "x standard base64": changed(point, "x", "+/+/"),
		"d of another": changed(point, "d", coordinate(new(big.Int).Add(good.D, big.NewInt(1)), good.Curve)),
		"d zero":       changed(point, "d", "AAAA"), "unknown member": changed(point, "x5c", []string{"a"}),
		"k missing": octUse("k", nil), "k empty": octUse("k", ""), "k of 40": octUse("k", base64.RawURLEncoding.EncodeToString(randomBytes(40))),
		"k of 8": octUse("k", "AAAAAAAAAAA"), "ops for sign": octUse("key_ops", []string{"sign"}),
		"RSA of 512 bits": object{"kty": "RSA", "n": base64.RawURLEncoding.EncodeToString(append([]byte{0xff}, randomBytes(63)...)),
			"e": "AQAB", "key_ops": []string{"verify"}},
		"RSA even n": object{"kty": "RSA", "n": base64.RawURLEncoding.EncodeToString(append(bytes.Repeat([]byte{0xff}, 255), 0xfe)),
			"e": "AQAB", "key_ops": []string{"verify"}},
		"not an object": "key",
	} {
		got := c.send(t, "POST", "/v1/servicekey?format=jwk", object{"name": "bad", "keys": []any{jwk}})
		if got.status != http.StatusBadRequest {
			t.Errorf("%s: status %d: %s", name, got.status, got.body)
			if got.status == http.StatusCreated {
				c.discard(t, got.id(t))
			}
		}
	}
	for name, body := range map[string]object{
		"no key": {"name": "bad", "keys": []any{}}, "two keys": {"name": "bad", "keys": []any{octUse("kid", "a"), octUse("kid", "b")}},
		"keys and wrappedKeys": {"name": "bad", "keys": []any{octUse("kid", "a")}, "wrappedKeys": []any{object{
			"keyFormatType": "RAW", "wrappingKeyId": uuid.NewString(), "ciphertext": "a.b.c.d.e"}}},
		"keys and size": {"name": "bad", "keys": []any{octUse("kid", "a")}, "size": 128},
	} {
		wantStatus(t, c.send(t, "POST", "/v1/servicekey?format=jwk", body), http.StatusBadRequest)
		_ = name
	}
}

// Only public parts leave in the plain, whatever the key allows; kid is the key's own UUID, which the
// SDK's signer parses.
func TestPlainExportIsPublicOnly(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		for _, key := range []*types.GetServiceKeyResponse{
			c.newEC(t, types.P256, okms.WithExtractable(true)), c.newEC(t, types.P521),
			c.newRSA(t, types.N2048, forSigning, okms.WithExtractable(true))} {
			jwk, err := c.ExportJwkPublicKey(t.Context(), site.Domain, key.Id)
			wantNone(t, err)
			if jwk.Kid != key.Id.String() {
				t.Errorf("kid is %q, the key is %s", jwk.Kid, key.Id)
			}
			if jwk.D != nil || jwk.P != nil || jwk.Q != nil || jwk.Dp != nil || jwk.Dq != nil || jwk.Qi != nil || jwk.K != nil {
				t.Error("private parts left in the plain")
			}
		}
		for _, extractable := range []bool{false, true} {
			key := c.newAES(t, types.N256, okms.WithExtractable(extractable))
			got := c.send(t, "GET", keyPath(key.Id)+"?format=jwk", nil)
			if got.status == http.StatusOK && got.members(t)["keys"] != nil {
				t.Errorf("a secret key left in the plain: %v", extractable)
			}
		}
		wantStatus(t, c.send(t, "GET", keyPath(c.newEC(t, types.P256).Id)+"?format=pem", nil), http.StatusBadRequest)
	})
}

// The judge's own tool must be right before it judges.
func TestOwnJWERoundTrip(t *testing.T) {
	private := rsaKey(2048)
	for _, alg := range algorithms {
		for _, enc := range []string{"A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"} {
			for _, length := range []int{0, 1, 15, 16, 17, 3000} {
				plain := randomBytes(length)
				token, err := wrapJWE(&private.PublicKey, string(alg), enc, plain)
				wantNone(t, err)
				back, err := unwrapJWE(private, string(alg), token)
				wantNone(t, err)
				if !bytes.Equal(back, plain) {
					t.Errorf("%s %s %d bytes: came back changed", alg, enc, length)
				}
			}
		}
	}
}
