package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"strings"

	"crypto/rand"
)

// Compact JWE (RFC 7516, RFC 7518 sections 4.3 and 5), both ways, with nothing of the service's: the
// customer's side of bringing keys in and taking them out.

func oaepHash(alg string) (func() hash.Hash, error) {
	switch alg {
	case "RSA-OAEP":
		return sha1.New, nil
	case "RSA-OAEP-256":
		return sha256.New, nil
	}
	return nil, fmt.Errorf("alg %q", alg)
}

type cbcParameters struct {
	keyBytes int
	hash     func() hash.Hash
}

var cbc = map[string]cbcParameters{
	"A128CBC-HS256": {32, sha256.New}, "A192CBC-HS384": {48, sha512.New384}, "A256CBC-HS512": {64, sha512.New}}
var gcm = map[string]int{"A128GCM": 16, "A192GCM": 24, "A256GCM": 32}

func wrapJWE(public *rsa.PublicKey, alg, enc string, plain []byte) (string, error) {
	newHash, err := oaepHash(alg)
	if err != nil {
		return "", err
	}
	header, err := json.Marshal(map[string]string{"alg": alg, "enc": enc})
	if err != nil {
		return "", err
	}
	protected := base64.RawURLEncoding.EncodeToString(header)
	size := gcm[enc]
	if size == 0 {
		size = cbc[enc].keyBytes
	}
	if size == 0 {
		return "", fmt.Errorf("enc %q", enc)
	}
	key := randomBytes(size)
	wrapped, err := rsa.EncryptOAEP(newHash(), rand.Reader, public, key, nil)
	if err != nil {
		return "", err
	}
	iv, ciphertext, tag, err := seal(enc, key, []byte(protected), plain)
	if err != nil {
		return "", err
	}
	parts := []string{protected}
	for _, part := range [][]byte{wrapped, iv, ciphertext, tag} {
		parts = append(parts, base64.RawURLEncoding.EncodeToString(part))
	}
	return strings.Join(parts, "."), nil
}

func unwrapJWE(private *rsa.PrivateKey, wantedAlg, token string) ([]byte, error) {
	segments := strings.Split(token, ".")
	if len(segments) != 5 {
		return nil, fmt.Errorf("%d parts", len(segments))
	}
	var parts [5][]byte
	for i, segment := range segments {
		var err error
		if parts[i], err = base64.RawURLEncoding.DecodeString(segment); err != nil {
			return nil, fmt.Errorf("part %d: %w", i, err)
		}
	}
	var header struct{ Alg, Enc string }
	if err := json.Unmarshal(parts[0], &header); err != nil {
		return nil, err
	}
	if header.Alg != wantedAlg {
		return nil, fmt.Errorf("alg is %q, %q was asked for", header.Alg, wantedAlg)
	}
	newHash, err := oaepHash(header.Alg)
	if err != nil {
		return nil, err
	}
	key, err := rsa.DecryptOAEP(newHash(), nil, private, parts[1], nil)
	if err != nil {
		return nil, err
	}
	return open(header.Enc, key, []byte(segments[0]), parts[2], parts[3], parts[4])
}

func cbcTag(parameters cbcParameters, key, aad, iv, ciphertext []byte) []byte {
	mac := hmac.New(parameters.hash, key[:parameters.keyBytes/2])
	mac.Write(aad)
	mac.Write(iv)
	mac.Write(ciphertext)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(aad))*8))
	return mac.Sum(nil)[:parameters.keyBytes/2]
}

func seal(enc string, key, aad, plain []byte) (iv, ciphertext, tag []byte, err error) {
	parameters, isCBC := cbc[enc]
	if !isCBC {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, nil, nil, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, nil, nil, err
		}
		iv = randomBytes(12)
		sealed := aead.Seal(nil, iv, plain, aad)
		return iv, sealed[:len(plain)], sealed[len(plain):], nil
	}
	block, err := aes.NewCipher(key[parameters.keyBytes/2:])
	if err != nil {
		return nil, nil, nil, err
	}
	iv = randomBytes(16)
	padding := 16 - len(plain)%16
	ciphertext = append([]byte{}, plain...)
	for range padding {
		ciphertext = append(ciphertext, byte(padding))
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(ciphertext, ciphertext)
	return iv, ciphertext, cbcTag(parameters, key, aad, iv, ciphertext), nil
}

func open(enc string, key, aad, iv, ciphertext, tag []byte) ([]byte, error) {
	if size, isGCM := gcm[enc]; isGCM {
		if len(key) != size || len(iv) != 12 || len(tag) != 16 {
			return nil, fmt.Errorf("%s: key %d, iv %d, tag %d bytes", enc, len(key), len(iv), len(tag))
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		return aead.Open(nil, iv, append(append([]byte{}, ciphertext...), tag...), aad)
	}
	parameters, isCBC := cbc[enc]
	if !isCBC || len(key) != parameters.keyBytes || len(iv) != 16 || len(ciphertext)%16 != 0 || len(ciphertext) == 0 {
		return nil, fmt.Errorf("enc %q with a key of %d bytes", enc, len(key))
	}
	if subtle.ConstantTimeCompare(cbcTag(parameters, key, aad, iv, ciphertext), tag) != 1 {
		return nil, errors.New("the tag does not verify")
	}
	block, err := aes.NewCipher(key[parameters.keyBytes/2:])
	if err != nil {
		return nil, err
	}
	plain := append([]byte{}, ciphertext...)
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, plain)
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > 16 {
		return nil, errors.New("bad padding")
	}
	return plain[:len(plain)-padding], nil
}
