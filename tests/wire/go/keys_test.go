// Service keys: create, read, list, change, life cycle. What each test holds is in its name.
package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/ovh/okms-sdk-go"
	"github.com/ovh/okms-sdk-go/types"
)

func TestGenerateEveryTypeAndSize(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		for _, size := range []types.KeySizes{types.N128, types.N192, types.N256} {
			key := c.newAES(t, size)
			if key.Type != types.Oct || key.Size == nil || *key.Size != size || key.Curve != nil {
				t.Errorf("oct %d: answered type %v size %v curve %v", size, key.Type, key.Size, key.Curve)
			}
			if key.Class == nil || *key.Class != types.SECRETKEY {
				t.Errorf("oct %d: class %v", size, key.Class)
			}
		}
		for _, curve := range []types.Curves{types.P256, types.P384, types.P521} {
			key := c.newEC(t, curve)
			if key.Type != types.EC || key.Curve == nil || *key.Curve != curve {
				t.Errorf("EC %s: answered type %v curve %v", curve, key.Type, key.Curve)
			}
			if key.Class == nil || *key.Class != types.KEYPAIR {
				t.Errorf("EC %s: class %v", curve, key.Class)
			}
		}
	})
	c := byCertificate(t)
	for _, size := range []types.KeySizes{types.N2048, types.N3072, types.N4096} {
		key := c.newRSA(t, size, forSigning)
		if key.Type != types.RSA || key.Size == nil || *key.Size != size {
			t.Errorf("RSA %d: answered type %v size %v", size, key.Type, key.Size)
		}
	}
}

func TestKeyAnswerHasWhatClientsRead(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		before := time.Now().Add(-2 * time.Second)
		created := c.send(t, "POST", "/v1/servicekey", object{
			"name": "wire answer", "context": "a context", "type": "oct", "size": 256,
			"operations": []string{"encrypt", "decrypt"}, "extractable": false})
		wantStatus(t, created, http.StatusCreated)
		members := created.members(t)
		id := created.id(t)
		c.discard(t, id)
		for _, name := range []string{"id", "name", "type", "class", "operations", "protectionLevel",
			"size", "attributes"} {
			if members[name] == nil {
				t.Errorf("member %q is missing or null in %s", name, created.body)
			}
		}
		for name, value := range members {
			if value == nil {
				t.Errorf("member %q is null; absent is the form", name)
			}
		}
		attributes, _ := members["attributes"].(object)
		if attributes["state"] != "active" {
			t.Errorf("a created key is %v, not active", attributes["state"])
		}
		for _, name := range []string{"original_creation_date", "activation_date"} {
			date, err := time.Parse(time.RFC3339, fmt.Sprint(attributes[name]))
			if err != nil || date.Before(before) || date.After(time.Now().Add(2*time.Second)) {
				t.Errorf("%s is %v (%v)", name, attributes[name], err)
			}
		}
		for _, name := range []string{"deactivation_date", "compromise_date"} {
			if value, there := attributes[name]; there {
				t.Errorf("%s is there (%v) and was never set", name, value)
			}
		}
		read := c.send(t, "GET", keyPath(id), nil)
		wantStatus(t, read, http.StatusOK)
		if got := read.members(t); got["name"] != "wire answer" || got["operations"] == nil {
			t.Errorf("read back: %s", read.body)
		}
	})
}

func TestChosenIdIsKeptAndTwiceIsConflict(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		id := uuid.New()
		key := c.newAES(t, types.N256, okms.WithKeyID(id))
		if key.Id != id {
			t.Fatalf("asked for %s, got %s", id, key.Id)
		}
		_, err := c.GenerateSymmetricKey(t.Context(), site.Domain, types.N256, "again", types.SOFTWARE, "",
			forEncryption, okms.WithKeyID(id))
		wantRefused(t, err, http.StatusConflict)
	})
}

func TestUnknownKeyIsLiteralCode17190913(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		_, err := c.GetServiceKey(t.Context(), site.Domain, uuid.New(), nil)
		wantRefused(t, err, http.StatusNotFound)
		if kms := okms.AsKmsError(err); kms == nil || kms.ErrorCode != 17190913 || kms.ErrorId == "" || kms.RequestId == "" {
			t.Errorf("error is %+v", kms)
		}
		_, err = c.Encrypt(t.Context(), site.Domain, uuid.New(), "", []byte("x"))
		wantRefused(t, err, http.StatusNotFound)
		if kms := okms.AsKmsError(err); kms == nil || kms.ErrorCode != 17190913 {
			t.Errorf("error is %+v", kms)
		}
	})
}

func TestCreateRefusesWhatTheSchemaForbids(t *testing.T) {
	good := func() object {
		return object{"name": "wire", "type": "oct", "size": 256, "operations": []string{"encrypt", "decrypt"}}
	}
	with := func(name string, value any) object {
		body := good()
		if value == nil {
			delete(body, name)
		} else {
			body[name] = value
		}
		return body
	}
	bad := map[string]any{
		"no name":              with("name", nil),
		"empty name":           with("name", ""),
		"name of 33":           with("name", strings.Repeat("n", 33)),
		"name is a number":     with("name", 3),
		"context of 65":        with("context", strings.Repeat("c", 65)),
		"unknown member":       with("colour", "blue"),
		"unknown type":         with("type", "DSA"),
		"size of another type": with("size", 2048),
		"size unknown":         with("size", 255),
		"size is text":         with("size", "256"),
		"curve on oct":         with("curve", "P-256"),
		"unknown operation":    with("operations", []string{"fly"}),
		"deriveKey":            with("operations", []string{"deriveKey"}),
		"deriveBits":           with("operations", []string{"deriveBits"}),
		"sign on oct":          with("operations", []string{"sign"}),
		"operations of 33":     with("operations", slices.Repeat([]string{"encrypt"}, 33)),
		"id no UUID":           with("id", "not-a-uuid"),
		"protection unknown":   with("protectionLevel", "PAPER"),
		"extractable is text":  with("extractable", "yes"),
		"EC without curve":     object{"name": "x", "type": "EC", "operations": []string{"sign"}},
		"EC unknown curve":     object{"name": "x", "type": "EC", "curve": "P-224", "operations": []string{"sign"}},
		"EC for encrypt":       object{"name": "x", "type": "EC", "curve": "P-256", "operations": []string{"encrypt"}},
		"RSA without size":     object{"name": "x", "type": "RSA", "operations": []string{"sign"}},
		"RSA wrap and sign": object{"name": "x", "type": "RSA", "size": 2048,
			"operations": []string{"sign", "wrapKey"}},
		"no body":             nil,
		"not JSON":            `{"name":`,
		"an array":            `[]`,
		"duplicate member":    `{"name":"a","name":"b","type":"oct","size":256,"operations":["encrypt"]}`,
		"bytes after the end": `{"name":"a","type":"oct","size":256,"operations":["encrypt"]} x`,
		"bad UTF-8":           "{\"name\":\"\xff\xfe\",\"type\":\"oct\",\"size\":256,\"operations\":[\"encrypt\"]}",
		"number of 400 digits": `{"name":"a","type":"oct","size":` + strings.Repeat("9", 400) +
			`,"operations":["encrypt"]}`,
		"deep": `{"name":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `}`,
	}
	eachWay(t, func(t *testing.T, c *caller) {
		for name, body := range bad {
			t.Run(name, func(t *testing.T) {
				wantStatus(t, c.send(t, "POST", "/v1/servicekey", body), http.StatusBadRequest)
			})
		}
		// The good twin, so that a server which refuses all fails here.
		made := c.send(t, "POST", "/v1/servicekey", good())
		wantStatus(t, made, http.StatusCreated)
		c.discard(t, made.id(t))
	})
}

func TestNullStandsForAbsentInCreate(t *testing.T) {
	c := byCertificate(t)
	made := c.send(t, "POST", "/v1/servicekey", `{"name":"nulls","type":"oct","size":128,"curve":null,
		"context":null,"id":null,"keys":null,"wrappedKeys":null,"protectionLevel":null,
		"extractable":null,"operations":["encrypt","decrypt"]}`)
	wantStatus(t, made, http.StatusCreated)
	c.discard(t, made.id(t))
}

func TestNamesAndContextsAtTheirLimits(t *testing.T) {
	c := byCertificate(t)
	name := strings.Repeat("é", 32)
	made := c.send(t, "POST", "/v1/servicekey", object{"name": name, "context": strings.Repeat("c", 64),
		"type": "oct", "size": 256, "operations": []string{"encrypt", "decrypt"}})
	wantStatus(t, made, http.StatusCreated)
	c.discard(t, made.id(t))
	if made.members(t)["name"] != name {
		t.Errorf("name came back as %v", made.members(t)["name"])
	}
}

func TestListPagesAreFullAndComplete(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		mine := map[uuid.UUID]bool{}
		for range 25 {
			mine[c.newAES(t, types.N128).Id] = true
		}
		seen := map[uuid.UUID]int{}
		var token *string
		for pages := 0; ; pages++ {
			page, err := c.ListServiceKeys(t.Context(), site.Domain, token, pointer[uint32](10), pointer(types.KeyStatesActive))
			wantNone(t, err)
			for _, key := range page.ObjectsList {
				seen[key.Id]++
				if key.Operations == nil {
					t.Errorf("listed key %s has no operations", key.Id)
				}
			}
			if !page.IsTruncated {
				break
			}
			if len(page.ObjectsList) == 0 {
				t.Fatal("an empty page that is not the last ends the SDK's iteration")
			}
			if len(page.ContinuationToken) == 0 || len(page.ContinuationToken) > 500 || pages > 1000 {
				t.Fatalf("continuation token of %d characters on page %d", len(page.ContinuationToken), pages)
			}
			token = &page.ContinuationToken
		}
		for id := range mine {
			if seen[id] != 1 {
				t.Errorf("key %s was listed %d times", id, seen[id])
			}
		}
	})
}

func TestListIterationFollowsTheStateFilter(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		key := c.newAES(t, types.N256)
		listed := func(state types.KeyStates) bool {
			list := c.ListAllServiceKeys(site.Domain, pointer[uint32](100), &state)
			for one, err := range list.Iter(t.Context()) {
				wantNone(t, err)
				if one.Id == key.Id {
					return true
				}
			}
			return false
		}
		if !listed(types.KeyStatesActive) || !listed(types.KeyStatesAll) || listed(types.KeyStatesDeactivated) {
			t.Error("an active key is not where it belongs")
		}
		wantNone(t, c.DeactivateServiceKey(t.Context(), site.Domain, key.Id, types.Unspecified))
		if listed(types.KeyStatesActive) || !listed(types.KeyStatesAll) || !listed(types.KeyStatesDeactivated) {
			t.Error("a deactivated key is not where it belongs")
		}
		wantNone(t, c.DeactivateServiceKey(t.Context(), site.Domain, key.Id, types.KeyCompromise))
		if listed(types.KeyStatesDeactivated) || !listed(types.KeyStatesCompromised) {
			t.Error("a compromised key is not where it belongs")
		}
	})
}

func TestEmptyListHasAllThreeMembers(t *testing.T) {
	c := byCertificate(t)
	list := c.send(t, "GET", "/v1/servicekey?state=pre_active&max=100", nil)
	wantStatus(t, list, http.StatusOK)
	var members map[string]json.RawMessage
	wantNone(t, json.Unmarshal(list.body, &members))
	for _, name := range []string{"objects_list", "continuation_token", "is_truncated"} {
		if _, there := members[name]; !there {
			t.Errorf("%s is missing in %s", name, list.body)
		}
	}
	if string(members["objects_list"]) != "[]" || string(members["is_truncated"]) != "false" {
		t.Errorf("an empty list must be [] and whole: %s", list.body)
	}
}

func TestListRefusesWrongParameters(t *testing.T) {
	c := byCertificate(t)
	for _, query := range []string{"max=9", "max=101", "max=x", "max=-1", "state=asleep",
		"continuation-token=" + strings.Repeat("a", 501), "continuation-token=not-one-of-ours"} {
		t.Run(query[:min(len(query), 30)], func(t *testing.T) {
			wantStatus(t, c.send(t, "GET", "/v1/servicekey?"+query, nil), http.StatusBadRequest)
		})
	}
	for _, query := range []string{"", "?max=10", "?max=100", "?state=all"} {
		wantStatus(t, c.send(t, "GET", "/v1/servicekey"+query, nil), http.StatusOK)
	}
}

func TestPatchNameAndExtractable(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		key := c.newAES(t, types.N256, okms.WithExtractable(false))
		if attribute(t, key, "never_extractable") != "true" {
			t.Error("a generated key that may not leave must be never_extractable")
		}
		patched, err := c.UpdateServiceKey(t.Context(), site.Domain, key.Id, types.PatchServiceKeyRequest{
			Name: pointer("renamed"), Extractable: pointer(true)})
		wantNone(t, err)
		if patched.Name != "renamed" || attribute(t, patched, "extractable") != "true" ||
			attribute(t, patched, "never_extractable") != "false" {
			t.Errorf("after PATCH: %+v %v", patched, *patched.Attributes)
		}
		patched, err = c.UpdateServiceKey(t.Context(), site.Domain, key.Id, types.PatchServiceKeyRequest{
			Extractable: pointer(false)})
		wantNone(t, err)
		if patched.Name != "renamed" || attribute(t, patched, "never_extractable") != "false" {
			t.Errorf("never_extractable came back, or the name went: %v", *patched.Attributes)
		}
	})
}

func TestPatchTakesTheDocumentedMediaTypes(t *testing.T) {
	c := byCertificate(t)
	key := c.newAES(t, types.N128)
	for i, media := range []string{"application/json", "text/json", "application/merge-patch+json",
		"application/json; charset=utf-8"} {
		name := fmt.Sprintf("by %d", i)
		got := c.send(t, "PATCH", keyPath(key.Id), object{"name": name}, "Content-Type", media)
		wantStatus(t, got, http.StatusOK)
		if got.members(t)["name"] != name {
			t.Errorf("%s: name is %v", media, got.members(t)["name"])
		}
	}
	for _, body := range []any{object{"name": ""}, object{"name": strings.Repeat("x", 33)},
		object{"size": 128}, object{"name": 3}} {
		wantStatus(t, c.send(t, "PATCH", keyPath(key.Id), body), http.StatusBadRequest)
	}
}

func TestLifeCycle(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		ctx := t.Context()
		key := c.newAES(t, types.N256)
		state := func(want string) {
			t.Helper()
			if got := c.stateOf(t, key.Id); got != want {
				t.Fatalf("state is %s, want %s", got, want)
			}
		}
		dates := func() (deactivated, compromised bool) {
			read, err := c.GetServiceKey(ctx, site.Domain, key.Id, nil)
			wantNone(t, err)
			_, deactivated = (*read.Attributes)["deactivation_date"]
			_, compromised = (*read.Attributes)["compromise_date"]
			return
		}
		state("active")
		wantNone(t, c.ActivateServiceKey(ctx, site.Domain, key.Id)) // active on active is 204
		state("active")
		wantRefused(t, c.DeleteServiceKey(ctx, site.Domain, key.Id))
		state("active")

		wantNone(t, c.DeactivateServiceKey(ctx, site.Domain, key.Id, types.Unspecified))
		state("deactivated")
		if deactivated, compromised := dates(); !deactivated || compromised {
			t.Errorf("deactivated: dates are %v %v", deactivated, compromised)
		}
		_, err := c.Encrypt(ctx, site.Domain, key.Id, "", []byte("x"))
		wantRefused(t, err)
		wantNone(t, c.DeactivateServiceKey(ctx, site.Domain, key.Id, types.Superseded)) // again works
		state("deactivated")

		wantNone(t, c.DeactivateServiceKey(ctx, site.Domain, key.Id, types.KeyCompromise))
		state("compromised")
		if _, compromised := dates(); !compromised {
			t.Error("compromise_date is missing")
		}
		wantNone(t, c.ActivateServiceKey(ctx, site.Domain, key.Id))
		state("active")
		if deactivated, compromised := dates(); deactivated || compromised {
			t.Errorf("reactivated: dates are still there: %v %v", deactivated, compromised)
		}
		_, err = c.Encrypt(ctx, site.Domain, key.Id, "", []byte("x"))
		wantNone(t, err)

		wantNone(t, c.DeactivateServiceKey(ctx, site.Domain, key.Id, types.KeyCompromise)) // from active
		state("compromised")
		wantNone(t, c.DeleteServiceKey(ctx, site.Domain, key.Id))
		read, err := c.GetServiceKey(ctx, site.Domain, key.Id, nil)
		if err != nil {
			wantRefused(t, err, http.StatusNotFound)
		} else if got := attribute(t, read, "state"); !strings.HasPrefix(got, "destroyed") {
			t.Errorf("deleted, and state is %s", got)
		}
		wantRefused(t, c.ActivateServiceKey(ctx, site.Domain, key.Id))
		_, err = c.Encrypt(ctx, site.Domain, key.Id, "", []byte("x"))
		wantRefused(t, err)
	})
}

func TestEveryRevocationReason(t *testing.T) {
	c := byCertificate(t)
	reasons := []types.RevocationReasons{types.Unspecified, types.KeyCompromise, types.CaCompromise,
		types.AffiliationChanged, types.Superseded, types.CessationOfOperation, types.PrivilegeWithdrawn}
	key := c.newAES(t, types.N128)
	for _, reason := range reasons {
		wantNone(t, c.DeactivateServiceKey(t.Context(), site.Domain, key.Id, reason))
		want := "deactivated"
		if reason == types.KeyCompromise {
			want = "compromised"
		}
		got := c.stateOf(t, key.Id)
		// The second kind of compromise may be taken for one, too.
		if got != want && !(reason == types.CaCompromise && got == "compromised") {
			t.Errorf("%s gives %s", reason, got)
		}
		wantNone(t, c.ActivateServiceKey(t.Context(), site.Domain, key.Id))
	}
	for _, body := range []any{object{"reason": "boredom"}, object{}, nil, object{"reason": 3},
		object{"reason": "unspecified", "more": 1}} {
		wantStatus(t, c.send(t, "POST", keyPath(key.Id, "/deactivate"), body), http.StatusBadRequest)
	}
}

func TestStatusesAreExactlyTheDocumentedOnes(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		key := c.newAES(t, types.N256)
		plain := object{"plaintext": "AAECAw=="}
		encrypted := c.send(t, "POST", keyPath(key.Id, "/encrypt"), plain)
		wantStatus(t, encrypted, 200)
		wantStatus(t, c.send(t, "POST", keyPath(key.Id, "/decrypt"),
			object{"ciphertext": encrypted.members(t)["ciphertext"]}), 200)
		dataKey := c.send(t, "POST", keyPath(key.Id, "/datakey"), object{"size": 256})
		wantStatus(t, dataKey, 201)
		wantStatus(t, c.send(t, "POST", keyPath(key.Id, "/datakey/decrypt"),
			object{"key": dataKey.members(t)["key"]}), 200)
		wantStatus(t, c.send(t, "GET", keyPath(key.Id), nil), 200)
		wantStatus(t, c.send(t, "POST", keyPath(key.Id, "/activate"), nil), 204)
		wantStatus(t, c.send(t, "POST", keyPath(key.Id, "/deactivate"), object{"reason": "superseded"}), 204)
		wantStatus(t, c.send(t, "DELETE", keyPath(key.Id), nil), 204)
	})
}

func TestUnknownPathsAndMethods(t *testing.T) {
	c := byCertificate(t)
	wantStatus(t, c.send(t, "GET", "/v1/nothing", nil), http.StatusNotFound)
	wantStatus(t, c.send(t, "PUT", "/v1/servicekey", object{}), http.StatusMethodNotAllowed)
	wantStatus(t, c.send(t, "GET", "/v1/servicekey/not-a-uuid", nil), http.StatusBadRequest, http.StatusNotFound)
}
