// Who is calling, and what they are told: the ways in, the refusals, and that "not yours" looks like "not
// there".
package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/ovh/okms-sdk-go"
	"github.com/ovh/okms-sdk-go/types"
)

var uuidPattern = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// withoutRequestId is an answer's body without what differs from one request to the next.
func withoutRequestId(t *testing.T, a answer) any {
	t.Helper()
	members := a.members(t)
	delete(members, "request_id")
	return members
}

func category(t *testing.T, a answer) okms.Category {
	t.Helper()
	code, isNumber := a.members(t)["error_code"].(float64)
	if !isNumber || code != float64(int32(code)) {
		t.Fatalf("error_code is no int32: %s", a.body)
	}
	return okms.ErrorCode(uint32(code)).Category()
}

func TestNoCredentialIs401(t *testing.T) {
	nobody := newCaller(t, "nobody", "", "", "")
	for _, path := range []string{"/v1/servicekey", keyPath(site.Keys.AES), "/v1/random", keyPath(uuid.New())} {
		got := nobody.send(t, "GET", path, nil)
		wantStatus(t, got, http.StatusUnauthorized)
		if category(t, got) != okms.CategoryAuthentication {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

func TestBadTokensAre401(t *testing.T) {
	middle := len(site.Token) / 2
	for name, token := range map[string]string{"empty": "", "made up": "not-a-token", "cut": site.Token[:len(site.Token)-1],
		"longer": site.Token + "A", "changed": site.Token[:middle] + flipped(site.Token[middle:]),
		"huge": strings.Repeat("a", 4000)} {
		nobody := newCaller(t, name, "", "", "")
		got := nobody.send(t, "GET", keyPath(site.Keys.AES), nil, "Authorization", "Bearer "+token)
		if got.status != http.StatusUnauthorized {
			t.Errorf("%s: status %d: %s", name, got.status, got.body)
		}
	}
	nobody := newCaller(t, "other scheme", "", "", "")
	wantStatus(t, nobody.send(t, "GET", keyPath(site.Keys.AES), nil, "Authorization", "Basic "+site.Token), http.StatusUnauthorized)
	// The good twin.
	wantStatus(t, nobody.send(t, "GET", keyPath(site.Keys.AES), nil, "Authorization", "Bearer "+site.Token), http.StatusOK)
}

func TestVaultTokenHeader(t *testing.T) {
	nobody := newCaller(t, "vault", "", "", "")
	wantStatus(t, nobody.send(t, "GET", keyPath(site.Keys.AES), nil, "X-Vault-Token", site.Token, "X-Vault-Request", "true"), http.StatusOK)
}

func TestTwoDifferentIdentitiesInOneRequestAre401(t *testing.T) {
	second := newCaller(t, "second", site.SecondCert, site.SecondKey, "")
	wantStatus(t, second.send(t, "GET", keyPath(site.Keys.AES), nil), http.StatusOK)
	wantStatus(t, second.send(t, "GET", keyPath(site.Keys.AES), nil, "Authorization", "Bearer "+site.Token), http.StatusUnauthorized)
}

func TestShortFormTakesTheDomainFromTheCredential(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		wantStatus(t, c.sendTo(t, "GET", "/v1/servicekey", nil), http.StatusOK)
		got := c.sendTo(t, "POST", "/v1/servicekey/"+site.Keys.AES.String()+"/encrypt", object{"plaintext": "AAECAw=="})
		wantStatus(t, got, http.StatusOK)
		wantStatus(t, c.sendTo(t, "GET", "/v1/random?length=8", nil), http.StatusOK)
	})
}

func TestEndpointWithATrailingSlash(t *testing.T) {
	client, err := okms.NewRestAPIClient(strings.TrimRight(site.Rest, "/")+"/", okms.ClientConfig{
		TlsCfg: tlsConfig(t, site.ClientCert, site.ClientKey), Retry: &okms.RetryConfig{RetryMax: 0}})
	wantNone(t, err)
	_, err = client.GetServiceKey(t.Context(), site.Domain, site.Keys.AES, nil)
	wantNone(t, err)
}

func TestDomainInThePathThatIsNotTheCredentials(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		var first any
		// A domain that exists and one that does not must not be told apart.
		for _, domain := range []uuid.UUID{site.OtherDomain, uuid.New()} {
			got := c.sendTo(t, "GET", fmt.Sprintf("/api/%s/v1/servicekey", domain), nil)
			wantStatus(t, got, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
			if first == nil {
				first = withoutRequestId(t, got)
			} else if now := withoutRequestId(t, got); !reflect.DeepEqual(first, now) {
				t.Errorf("told apart: %v and %v", first, now)
			}
		}
		wantStatus(t, c.sendTo(t, "GET", "/api/not-a-uuid/v1/servicekey", nil), 400, 401, 404)
	})
}

// operations is every operation on a key with a body that the right caller could send.
func operations(id uuid.UUID) map[string]func(t *testing.T, c *caller) answer {
	with := func(method, rest string, body any) func(t *testing.T, c *caller) answer {
		return func(t *testing.T, c *caller) answer { return c.send(t, method, keyPath(id, rest), body) }
	}
	return map[string]func(t *testing.T, c *caller) answer{
		"get": with("GET", "", nil), "export": with("GET", "?format=jwk", nil), "patch": with("PATCH", "", object{"name": "x"}),
		"delete": with("DELETE", "", nil), "activate": with("POST", "/activate", nil),
		"deactivate": with("POST", "/deactivate", object{"reason": "unspecified"}),
		"encrypt":    with("POST", "/encrypt", object{"plaintext": "AAECAw=="}),
		"decrypt":    with("POST", "/decrypt", object{"ciphertext": "eyJhbGciOiJkaXIifQ..AAAA.AAAA.AAAA"}),
		"datakey":    with("POST", "/datakey", object{"size": 256}),
		"datakey decrypt": with("POST", "/datakey/decrypt",
			object{"key": "eyJhbGciOiJkaXIifQ..AAAA.AAAA.AAAA"}),
		"sign":   with("POST", "/sign", object{"message": "AAECAw==", "alg": "ES256"}),
		"verify": with("POST", "/verify", object{"message": "AAECAw==", "alg": "ES256", "signature": "AAAA"}),
		"wrapped export": with("GET", "?wrappingKeyId="+uuid.NewString()+
			"&wrappedKeyFormat=RAW&wrappingAlgorithm=RSA-OAEP", nil),
	}
}

func TestStrangerInTheDomainMayNothing(t *testing.T) {
	stranger := newCaller(t, "stranger", site.StrangerCert, site.StrangerKey, "")
	victim := byCertificate(t).newEC(t, types.P256).Id
	missing := operations(uuid.New())
	for name, operation := range operations(victim) {
		got := operation(t, stranger)
		if got.status != http.StatusUnauthorized && got.status != http.StatusForbidden && got.status != http.StatusNotFound {
			t.Errorf("%s: status %d: %s", name, got.status, got.body)
			continue
		}
		absent := missing[name](t, stranger)
		if absent.status != got.status || !reflect.DeepEqual(shapeOf(t, got), shapeOf(t, absent)) {
			t.Errorf("%s: there %d %s, not there %d %s", name, got.status, got.body, absent.status, absent.body)
		}
	}
	for _, request := range [][2]string{{"POST", "/v1/servicekey"}, {"GET", "/v1/random"}} {
		var body any
		if request[0] == "POST" {
			body = object{"name": "x", "type": "oct", "size": 256, "operations": []string{"encrypt"}}
		}
		wantStatus(t, stranger.send(t, request[0], request[1], body), 401, 403, 404)
	}
	// The list holds what the caller may get: nothing, or a refusal.
	list := stranger.send(t, "GET", "/v1/servicekey?state=all", nil)
	wantStatus(t, list, 200, 401, 403, 404)
	if listed, _ := list.members(t)["objects_list"].([]any); list.status == http.StatusOK && len(listed) != 0 {
		t.Errorf("a stranger sees keys: %s", list.body)
	}
}

// shapeOf is the body without the request id, and with the object's own id taken out of the texts.
func shapeOf(t *testing.T, a answer) any {
	t.Helper()
	encoded, err := json.Marshal(withoutRequestId(t, a))
	wantNone(t, err)
	return uuidPattern.ReplaceAllString(string(encoded), "ID")
}

func TestOtherCustomerSeesNothingOfOurs(t *testing.T) {
	other := newCaller(t, "other", site.OtherCert, site.OtherKey, "")
	victim := byCertificate(t).newEC(t, types.P256).Id
	// In our domain by the path, and with our key's id in its own domain.
	for name, operation := range operations(victim) {
		got := operation(t, other)
		if got.status != http.StatusUnauthorized && got.status != http.StatusForbidden && got.status != http.StatusNotFound {
			t.Errorf("%s in our domain: status %d: %s", name, got.status, got.body)
		}
	}
	there := other.sendTo(t, "GET", fmt.Sprintf("/api/%s%s", site.OtherDomain, keyPath(victim)), nil)
	absent := other.sendTo(t, "GET", fmt.Sprintf("/api/%s%s", site.OtherDomain, keyPath(uuid.New())), nil)
	wantStatus(t, there, http.StatusNotFound)
	if absent.status != there.status || !reflect.DeepEqual(shapeOf(t, there), shapeOf(t, absent)) {
		t.Errorf("told apart: %s and %s", there.body, absent.body)
	}
	// The good twin: in its own domain it works, with an id that is taken in ours.
	made := other.sendTo(t, "POST", fmt.Sprintf("/api/%s/v1/servicekey", site.OtherDomain), object{"id": victim.String(),
		"name": "mine", "type": "oct", "size": 256, "operations": []string{"encrypt", "decrypt"}})
	wantStatus(t, made, http.StatusCreated)
	path := fmt.Sprintf("/api/%s%s", site.OtherDomain, keyPath(victim))
	wantStatus(t, other.sendTo(t, "POST", path+"/deactivate", object{"reason": "unspecified"}), http.StatusNoContent)
	wantStatus(t, other.sendTo(t, "DELETE", path, nil), http.StatusNoContent)
}

func TestSecondIdentitySharesTheDomainsKeys(t *testing.T) {
	second := newCaller(t, "second", site.SecondCert, site.SecondKey, "")
	first := byCertificate(t)
	key := first.newAES(t, types.N256)
	token, err := first.Encrypt(t.Context(), site.Domain, key.Id, "", []byte("shared"))
	wantNone(t, err)
	back, err := second.Decrypt(t.Context(), site.Domain, key.Id, "", token)
	if err != nil || string(back) != "shared" {
		t.Errorf("%q, %v", back, err)
	}
}

func TestErrorCodesAreStructured(t *testing.T) {
	c := byCertificate(t)
	bad := c.send(t, "POST", keyPath(site.Keys.AES, "/encrypt"), object{"plaintext": 5})
	wantStatus(t, bad, http.StatusBadRequest)
	if got := category(t, bad); got != okms.CategoryArgument && got != okms.CategoryBadArgument {
		t.Errorf("category %v: %s", got, bad.body)
	}
	if !strings.Contains(string(bad.body), "plaintext") {
		t.Errorf("errors does not name the field: %s", bad.body)
	}
	absent := c.send(t, "GET", keyPath(uuid.New()), nil)
	if got := category(t, absent); got != okms.CategoryNotFound {
		t.Errorf("category %v: %s", got, absent.body)
	}
	first, second := absent.members(t)["request_id"], c.send(t, "GET", keyPath(uuid.New()), nil).members(t)["request_id"]
	if first == second {
		t.Error("two requests have one request id")
	}
	if _, err := uuid.Parse(fmt.Sprint(first)); err != nil {
		t.Errorf("request_id %v: %v", first, err)
	}
}

func TestBodyOverItsLimitIs413AndTheConnectionLives(t *testing.T) {
	c := byCertificate(t)
	got := c.send(t, "POST", keyPath(site.Keys.AES, "/encrypt"), object{"plaintext": strings.Repeat("A", 200_000)})
	wantStatus(t, got, http.StatusRequestEntityTooLarge, http.StatusBadRequest)
	wantStatus(t, c.send(t, "GET", keyPath(site.Keys.AES), nil), http.StatusOK)
}
