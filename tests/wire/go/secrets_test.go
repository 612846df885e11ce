// Secrets v2 with the vendor's SDK, and with plain HTTP where the SDK cannot make the request. What each
// test holds is in its name.
package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/ovh/okms-sdk-go"
	"github.com/ovh/okms-sdk-go/types"
)

// secretNotFound is the code that clients compare literally.
const secretNotFound = 17125377

func codeOf(err error) int {
	if kms := okms.AsKmsError(err); kms != nil {
		return int(kms.ErrorCode)
	}
	return 0
}

// newPath is a path of its own folder, deleted at the test's end.
func (c *caller) newPath(t *testing.T) string {
	t.Helper()
	path := "wire/" + uuid.NewString() + "/secret"
	t.Cleanup(func() {
		c.DeleteSecretV2(t.Context(), site.Domain, path) // the test may have deleted it
	})
	return path
}

func (c *caller) newSecret(t *testing.T, metadata *types.SecretV2MetadataShort, data map[string]any) string {
	t.Helper()
	path := c.newPath(t)
	_, err := c.PostSecretV2(t.Context(), site.Domain, types.PostSecretV2Request{Path: path, Metadata: metadata,
		Version: types.SecretV2VersionShort{Data: &data}})
	wantNone(t, err)
	return path
}

func (c *caller) readSecret(t *testing.T, path string, version *uint32) *types.GetSecretV2Response {
	t.Helper()
	read, err := c.GetSecretV2(t.Context(), site.Domain, path, version, pointer(true))
	wantNone(t, err)
	return read
}

func dataOf(t *testing.T, version *types.SecretV2Version) string {
	t.Helper()
	if version == nil || version.Data == nil {
		return ""
	}
	text, err := json.Marshal(*version.Data)
	wantNone(t, err)
	return string(text)
}

func versioned(data map[string]any) *types.SecretV2VersionShort {
	return &types.SecretV2VersionShort{Data: &data}
}

func TestSecretLife(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		ctx := t.Context()
		path := c.newPath(t)
		seconds := regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$`)
		made, err := c.PostSecretV2(ctx, site.Domain, types.PostSecretV2Request{Path: path,
			Metadata: &types.SecretV2MetadataShort{CasRequired: pointer(true), DeactivateVersionAfter: pointer("1d"),
				MaxVersions: pointer(uint32(10)), CustomMetadata: &types.SecretV2CustomMetadata{"team": "a@b"}},
			Version: *versioned(map[string]any{"user": "x", "n": 1})})
		wantNone(t, err)
		if *made.Path != path || *made.Metadata.CurrentVersion != 1 || *made.Metadata.OldestVersion != 0 ||
			!*made.Metadata.CasRequired || *made.Metadata.DeactivateVersionAfter != "1d" ||
			*made.Metadata.MaxVersions != 10 || (*made.Metadata.CustomMetadata)["team"] != "a@b" ||
			!seconds.MatchString(*made.Metadata.UpdatedAt) || !seconds.MatchString(*made.Metadata.CreatedAt) {
			t.Errorf("created: %+v", *made.Metadata)
		}
		if want := "/secret/" + path; !strings.HasSuffix(*made.Metadata.Urn, want) {
			t.Errorf("urn %s, want …%s", *made.Metadata.Urn, want)
		}
		_, err = c.PostSecretV2(ctx, site.Domain, types.PostSecretV2Request{Path: path,
			Version: *versioned(map[string]any{})})
		wantRefused(t, err)

		read := c.readSecret(t, path, nil)
		if dataOf(t, read.Version) != `{"n":1,"user":"x"}` || read.Version.Id != 1 || read.Version.State != "active" ||
			!seconds.MatchString(read.Version.CreatedAt) {
			t.Errorf("read: %+v", read.Version)
		}
		bare, err := c.GetSecretV2(ctx, site.Domain, path, nil, nil)
		wantNone(t, err)
		if bare.Version.Data != nil {
			t.Error("data came without being asked for")
		}

		_, err = c.PutSecretV2(ctx, site.Domain, path, nil, types.PutSecretV2Request{
			Version: versioned(map[string]any{"n": 2})})
		wantRefused(t, err, http.StatusBadRequest) // casRequired
		_, err = c.PutSecretV2(ctx, site.Domain, path, pointer(uint32(7)), types.PutSecretV2Request{
			Version: versioned(map[string]any{"n": 2})})
		wantRefused(t, err, http.StatusBadRequest)
		put, err := c.PutSecretV2(ctx, site.Domain, path, pointer(uint32(1)), types.PutSecretV2Request{
			// As the vendor's CLI sends it when nothing is to change.
			Metadata: &types.SecretV2MetadataShort{CustomMetadata: &types.SecretV2CustomMetadata{}},
			Version:  versioned(map[string]any{"n": 2})})
		wantNone(t, err)
		if *put.Metadata.CurrentVersion != 2 || (*put.Metadata.CustomMetadata)["team"] != "a@b" {
			t.Errorf("put: %+v", *put.Metadata)
		}
		version, err := c.PostSecretVersionV2(ctx, site.Domain, path, pointer(uint32(2)),
			types.PostSecretVersionV2Request{Data: &map[string]any{"n": 3}})
		wantNone(t, err)
		if version.Id != 3 || version.State != "active" || version.Data != nil {
			t.Errorf("version: %+v", version)
		}
		// casRequired:false in the same request is applied first.
		put, err = c.PutSecretV2(ctx, site.Domain, path, nil, types.PutSecretV2Request{
			Metadata: &types.SecretV2MetadataShort{CasRequired: pointer(false)},
			Version:  versioned(map[string]any{"n": 4})})
		wantNone(t, err)
		if *put.Metadata.CurrentVersion != 4 || *put.Metadata.CasRequired {
			t.Errorf("put: %+v", *put.Metadata)
		}
		if got := dataOf(t, c.readSecret(t, path, pointer(uint32(2))).Version); got != `{"n":2}` {
			t.Errorf("version 2 is %s", got)
		}
		one, err := c.GetSecretVersionV2(ctx, site.Domain, path, 3, pointer(true))
		wantNone(t, err)
		if dataOf(t, one) != `{"n":3}` {
			t.Errorf("version 3 is %s", dataOf(t, one))
		}
		list, err := c.ListSecretVersionV2(ctx, site.Domain, path, nil, nil)
		wantNone(t, err)
		if len(list.ListSecretVersionV2Response) != 4 || list.PageCursorNext != "" {
			t.Errorf("versions: %+v", list)
		}
		wantNone(t, c.DeleteSecretV2(ctx, site.Domain, path))
		_, err = c.GetSecretV2(ctx, site.Domain, path, nil, nil)
		wantRefused(t, err, http.StatusNotFound)
		if codeOf(err) != secretNotFound {
			t.Errorf("code %d", codeOf(err))
		}
		// Made again it is another secret, and begins with 1.
		_, err = c.PostSecretV2(ctx, site.Domain, types.PostSecretV2Request{Path: path,
			Version: *versioned(map[string]any{"again": true})})
		wantNone(t, err)
		if again := c.readSecret(t, path, nil); again.Version.Id != 1 || dataOf(t, again.Version) != `{"again":true}` {
			t.Errorf("again: %+v", again.Version)
		}
	})
}

func TestSecretVersionStates(t *testing.T) {
	c := byCertificate(t)
	ctx := t.Context()
	path := c.newSecret(t, nil, map[string]any{"n": 1})
	change := func(number uint32, state types.SecretV2State) *types.SecretV2Version {
		t.Helper()
		version, err := c.PutSecretVersionV2(ctx, site.Domain, path, number, types.PutSecretVersionV2Request{State: state})
		wantNone(t, err)
		return version
	}
	if got := change(1, "deactivated"); got.State != "deactivated" || got.DeactivatedAt == nil || got.Data != nil {
		t.Errorf("deactivated: %+v", got)
	}
	// A newest version that is out of use is 200 without data.
	if got := c.readSecret(t, path, nil).Version; got.State != "deactivated" || got.Data != nil {
		t.Errorf("read: %+v", got)
	}
	if got := change(1, "active"); got.State != "active" || got.DeactivatedAt != nil {
		t.Errorf("active: %+v", got)
	}
	if got := dataOf(t, c.readSecret(t, path, nil).Version); got != `{"n":1}` {
		t.Errorf("brought back: %s", got)
	}
	if got := change(1, "deleted"); got.State != "deleted" {
		t.Errorf("deleted: %+v", got)
	}
	change(1, "deleted") // again is no fault
	_, err := c.PutSecretVersionV2(ctx, site.Domain, path, 1, types.PutSecretVersionV2Request{State: "active"})
	wantRefused(t, err)
	if got := c.readSecret(t, path, nil).Version; got.State != "deleted" || got.Data != nil {
		t.Errorf("read: %+v", got)
	}
	for _, body := range []any{object{"state": "activated"}, object{}, object{"state": 1}, nil} {
		wantStatus(t, c.send(t, "PUT", "/v2/secret/"+url.PathEscape(path)+"/version/1", body), http.StatusBadRequest)
	}
	_, err = c.PutSecretVersionV2(ctx, site.Domain, path, 2, types.PutSecretVersionV2Request{State: "active"})
	wantRefused(t, err, http.StatusNotFound)
}

func TestSecretDropsOldestVersions(t *testing.T) {
	c := byCertificate(t)
	path := c.newSecret(t, &types.SecretV2MetadataShort{MaxVersions: pointer(uint32(3))}, map[string]any{"n": 1})
	for n := 2; n <= 5; n++ {
		_, err := c.PostSecretVersionV2(t.Context(), site.Domain, path, nil,
			types.PostSecretVersionV2Request{Data: &map[string]any{"n": n, "fill": strings.Repeat("x", 3000)}})
		wantNone(t, err)
	}
	read := c.readSecret(t, path, nil)
	if *read.Metadata.CurrentVersion != 5 || *read.Metadata.OldestVersion != 3 {
		t.Errorf("%+v", read.Metadata)
	}
	for n := uint32(1); n <= 5; n++ {
		version, err := c.GetSecretVersionV2(t.Context(), site.Domain, path, n, pointer(true))
		if n < 3 {
			wantRefused(t, err, http.StatusNotFound)
			continue
		}
		wantNone(t, err)
		if got := fmt.Sprint((*version.Data)["n"]); got != fmt.Sprint(n) {
			t.Errorf("version %d holds %s", n, got)
		}
	}
}

func TestSecretDataComesBackAsItWas(t *testing.T) {
	c := byCertificate(t)
	texts := []string{`{}`, `{"b":18446744073709551616,"a":1e400,"c":123456789012345678901234567890,"d":-0.0,"e":1E+2}`,
		`{"z":{"y":[1,2,{"x":null}],"a":true},"m":"` + strings.Repeat("é", 10) + `","":"","A":"\u0000\"\\/"}`,
		`{"v":"` + strings.Repeat("x", 65536-8) + `"}`}
	texts[3] = texts[3][:65536-2] + `"}`
	for _, text := range texts {
		path := c.newPath(t)
		body := fmt.Sprintf(`{"path":%q,"version":{"data":%s}}`, path, text)
		wantStatus(t, c.send(t, "POST", "/v2/secret", body), http.StatusOK)
		read := c.send(t, "GET", "/v2/secret/"+url.PathEscape(path)+"?includeData=true", nil)
		wantStatus(t, read, http.StatusOK)
		if !strings.Contains(string(read.body), `"data":`+text+"}") {
			t.Errorf("%.80s came back as %.300s", text, read.body)
		}
	}
	over := `{"v":"` + strings.Repeat("x", 65536-7) + `"}`
	wantStatus(t, c.send(t, "POST", "/v2/secret", fmt.Sprintf(`{"path":%q,"version":{"data":%s}}`, c.newPath(t), over)),
		http.StatusBadRequest)
}

func TestSecretPathsAreSplitBeforeTheyAreDecoded(t *testing.T) {
	c := byCertificate(t)
	base := "split-" + uuid.NewString()
	for _, path := range []string{base, base + "/version", base + "/version/1", base + "/a:b@c=d.e_f-g"} {
		wantStatus(t, c.send(t, "POST", "/v2/secret", object{"path": path, "version": object{"data": object{"is": path}}}), 200)
		t.Cleanup(func() { c.send(t, "DELETE", "/v2/secret/"+url.PathEscape(path), nil) })
	}
	for _, path := range []string{base, base + "/version", base + "/version/1", base + "/a:b@c=d.e_f-g"} {
		escaped := strings.ReplaceAll(path, "/", "%2F")
		read := c.send(t, "GET", "/v2/secret/"+escaped+"?includeData=true", nil)
		wantStatus(t, read, 200)
		if got := read.members(t)["version"].(object)["data"].(object)["is"]; got != path {
			t.Errorf("%s gave %v", path, got)
		}
	}
	list := c.send(t, "GET", "/v2/secret/"+base+"/version", nil)
	wantStatus(t, list, 200)
	if !strings.HasPrefix(string(list.body), "[") {
		t.Errorf("…/version is no list: %s", list.body)
	}
	wantStatus(t, c.send(t, "GET", "/v2/secret/"+base+"/version/1", nil), 200)
	for _, path := range []string{"", strings.Repeat("x", 256), "a b", "a%b", "é", "a\x00"} {
		wantStatus(t, c.send(t, "POST", "/v2/secret", object{"path": path, "version": object{"data": object{}}}), 400)
	}
	longest := strings.Repeat("x", 255)
	wantStatus(t, c.send(t, "POST", "/v2/secret", object{"path": longest, "version": object{"data": object{}}}), 200)
	wantStatus(t, c.send(t, "DELETE", "/v2/secret/"+longest, nil), 204)
}

func TestSecretShortFormsAndSlashes(t *testing.T) {
	for _, c := range []*caller{byCertificate(t), byToken(t)} {
		path := c.newPath(t)
		body := object{"path": path, "metadata": object{"cas_required": true, "max_versions": 5, "custom_metadata": object{"a": "b"},
			"deactivate_version_after": "10h30m10s"}, "version": object{"data": object{"a": 1}}}
		made := c.sendTo(t, "POST", "/v2/secret/", body)
		wantStatus(t, made, 200)
		metadata := made.members(t)["metadata"].(object)
		if metadata["casRequired"] != true || metadata["maxVersions"] != 5.0 || metadata["deactivateVersionAfter"] != "10h30m10s" {
			t.Errorf("snake case was dropped: %s", made.body)
		}
		wantStatus(t, c.sendTo(t, "GET", "/v2/secret/"+url.PathEscape(path), nil), 200)
		wantStatus(t, c.sendTo(t, "PUT", "/v2/secret/"+url.PathEscape(path)+"/version?cas=1", object{"data": object{}}), 200)
		for _, metadata := range []any{object{"casrequired": true}, object{"casRequired": "yes"}, object{"maxVersions": 24001},
			object{"maxVersions": -1}, object{"customMetadata": object{"a": ""}}, object{"customMetadata": object{"a": "b c"}},
			object{"customMetadata": object{"a": 1}}, object{"deactivateVersionAfter": "soon"},
			object{"casRequired": true, "cas_required": true}, "x"} {
			wantStatus(t, c.sendTo(t, "PUT", "/v2/secret/"+url.PathEscape(path), object{"metadata": metadata}), 400)
		}
	}
}

func TestSecretListPages(t *testing.T) {
	c := byCertificate(t)
	ctx := t.Context()
	want := map[string]bool{}
	for range 25 {
		want[c.newSecret(t, nil, map[string]any{})] = true
	}
	seen := map[string]int{}
	for secret, err := range c.ListAllSecrets(site.Domain, pointer(uint32(10))).Iter(ctx) {
		wantNone(t, err)
		if secret.Metadata == nil || secret.Version != nil {
			t.Fatalf("listed: %+v", secret)
		}
		seen[*secret.Path]++
	}
	for path := range want {
		if seen[path] != 1 {
			t.Errorf("%s was listed %d times", path, seen[path])
		}
	}
	path := c.newSecret(t, &types.SecretV2MetadataShort{MaxVersions: pointer(uint32(100))}, map[string]any{})
	for range 20 {
		_, err := c.PostSecretVersionV2(ctx, site.Domain, path, nil, types.PostSecretVersionV2Request{Data: &map[string]any{}})
		wantNone(t, err)
	}
	next := uint32(1)
	for version, err := range c.ListAllSecretVersions(site.Domain, path, pointer(uint32(10))).Iter(ctx) {
		wantNone(t, err)
		if version.Id != next {
			t.Fatalf("version %d where %d was expected", version.Id, next)
		}
		next++
	}
	if next != 22 {
		t.Errorf("%d versions were listed", next-1)
	}
	for name, value := range map[string]string{"X-Pagination-Size": "9", "X-Pagination-Cursor": "AAAA"} {
		wantStatus(t, c.send(t, "GET", "/v2/secret", nil, name, value), 400)
	}
	wantStatus(t, c.send(t, "GET", "/v2/secret", nil, "X-Pagination-Size", "101"), 400)
}

func TestSecretCheckAndSetHasOneWinner(t *testing.T) {
	c := byCertificate(t)
	path := c.newSecret(t, &types.SecretV2MetadataShort{CasRequired: pointer(true)}, map[string]any{"by": 0})
	const callers, rounds = 64, 20
	for round := uint32(1); round <= rounds; round++ {
		var wait sync.WaitGroup
		var lock sync.Mutex
		winners := 0
		for by := range callers {
			wait.Go(func() {
				_, err := c.PutSecretV2(t.Context(), site.Domain, path, pointer(round), types.PutSecretV2Request{
					Version: versioned(map[string]any{"by": by})})
				lock.Lock()
				defer lock.Unlock()
				if err == nil {
					winners++
				} else if okms.ErrStatusCode(err) != http.StatusBadRequest {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if winners != 1 {
			t.Fatalf("round %d had %d winners", round, winners)
		}
	}
	// Without a condition all of them win, one after the other; creations of one path have one winner.
	blind := c.newSecret(t, nil, map[string]any{})
	contended := c.newPath(t)
	var wait sync.WaitGroup
	var lock sync.Mutex
	created := 0
	for range callers {
		wait.Go(func() {
			_, err := c.PutSecretV2(t.Context(), site.Domain, blind, nil, types.PutSecretV2Request{Version: versioned(map[string]any{})})
			if err != nil {
				t.Error(err)
			}
			_, err = c.PostSecretV2(t.Context(), site.Domain, types.PostSecretV2Request{Path: contended, Version: *versioned(map[string]any{})})
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				created++
			}
		})
	}
	wait.Wait()
	if got := *c.readSecret(t, blind, nil).Metadata.CurrentVersion; got != callers+1 || created != 1 {
		t.Errorf("version %d after %d writes; %d created one path", got, callers, created)
	}
}

func TestSecretConfig(t *testing.T) {
	c := byCertificate(t)
	ctx := t.Context()
	reset := func() {
		_, err := c.PutSecretConfigV2(ctx, site.Domain, types.PutSecretConfigV2Request{CasRequired: pointer(false),
			DeactivateVersionAfter: pointer("0s"), MaxVersions: pointer(uint32(0))})
		wantNone(t, err)
	}
	t.Cleanup(func() { c.send(t, "PUT", "/v2/secretConfig", `{"casRequired":false,"deactivateVersionAfter":"0s","maxVersions":0}`) })
	reset()
	config, err := c.GetSecretConfigV2(ctx, site.Domain)
	wantNone(t, err)
	if *config.MaxVersions != 10 || *config.CasRequired {
		t.Errorf("default: %+v", config)
	}
	put, err := c.PutSecretConfigV2(ctx, site.Domain, types.PutSecretConfigV2Request{MaxVersions: pointer(uint32(2)),
		DeactivateVersionAfter: pointer("1d")})
	wantNone(t, err)
	if *put.MaxVersions != 2 || *put.DeactivateVersionAfter != "1d" {
		t.Errorf("put: %+v", put)
	}
	path := c.newSecret(t, nil, map[string]any{"n": 1})
	for range 2 {
		_, err = c.PostSecretVersionV2(ctx, site.Domain, path, nil, types.PostSecretVersionV2Request{Data: &map[string]any{}})
		wantNone(t, err)
	}
	if read := c.readSecret(t, path, nil); *read.Metadata.OldestVersion != 2 {
		t.Errorf("the domain's maxVersions does not hold: %+v", read.Metadata)
	}
	_, err = c.PutSecretConfigV2(ctx, site.Domain, types.PutSecretConfigV2Request{CasRequired: pointer(true)})
	wantNone(t, err)
	_, err = c.PostSecretVersionV2(ctx, site.Domain, path, nil, types.PostSecretVersionV2Request{Data: &map[string]any{}})
	wantRefused(t, err, http.StatusBadRequest)
	reset()
}

func TestSecretsOfOthersAreNotThere(t *testing.T) {
	c := byCertificate(t)
	path := c.newSecret(t, nil, map[string]any{"a": 1})
	stranger := newCaller(t, "stranger", site.StrangerCert, site.StrangerKey, "")
	_, err := stranger.GetSecretV2(t.Context(), site.Domain, path, nil, pointer(true))
	wantRefused(t, err, http.StatusForbidden)
	list, err := stranger.ListSecretV2(t.Context(), site.Domain, nil, nil)
	wantNone(t, err)
	if len(list.ListSecretV2Response) != 0 {
		t.Error("a stranger sees secrets in the list")
	}
	other := newCaller(t, "other", site.OtherCert, site.OtherKey, "")
	_, err = other.GetSecretV2(t.Context(), site.OtherDomain, path, nil, nil)
	wantRefused(t, err, http.StatusNotFound)
	_, err = other.GetSecretV2(t.Context(), site.Domain, path, nil, nil)
	wantRefused(t, err, http.StatusNotFound)
}

// The vendor's SDK on the KV2 paths, which it escapes whole.
func TestSecretsV1BySDK(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		ctx := t.Context()
		path := c.newPath(t)
		data := func(values map[string]any, cas *uint32) types.PostSecretRequest {
			return types.PostSecretRequest{Data: &values, Options: &types.PostSecretOptions{Cas: cas}}
		}
		made, err := c.PostSecretRequest(ctx, site.Domain, path, data(map[string]any{"a": "b", "deep": map[string]any{"x": 1}}, pointer(uint32(0))))
		wantNone(t, err)
		if *made.Data.Version != 1 || *made.Data.Destroyed || *made.Data.DeletionTime != "" {
			t.Errorf("made: %+v", *made.Data)
		}
		if _, err := time.Parse(time.RFC3339Nano, *made.Data.CreatedTime); err != nil {
			t.Error(err)
		}
		_, err = c.PostSecretRequest(ctx, site.Domain, path, data(map[string]any{}, pointer(uint32(0))))
		wantRefused(t, err, http.StatusBadRequest)
		_, err = c.PatchSecretRequest(ctx, site.Domain, path, data(map[string]any{"a": nil, "c": 2}, pointer(uint32(1))))
		wantNone(t, err)
		read, err := c.GetSecretRequest(ctx, site.Domain, path, nil)
		wantNone(t, err)
		if got, _ := json.Marshal(read.Data.Data); string(got) != `{"c":2,"deep":{"x":1}}` || *read.Data.Metadata.Version != 2 {
			t.Errorf("patched: %s %+v", got, *read.Data.Metadata)
		}
		subkeys, err := c.GetSecretSubkeys(ctx, site.Domain, path, pointer(uint32(1)), pointer(uint32(1)))
		wantNone(t, err)
		if got, _ := json.Marshal(subkeys.Data.Subkeys); string(got) != `{"a":null,"deep":null}` {
			t.Errorf("subkeys: %s", got)
		}
		wantNone(t, c.PostSecretMetadata(ctx, site.Domain, path, types.SecretUpdatableMetadata{MaxVersions: pointer(uint32(5)),
			DeleteVersionAfter: pointer("1d"), CustomMetadata: &map[string]string{"k": "v"}}))
		wantNone(t, c.PatchSecretMetadata(ctx, site.Domain, path, types.SecretUpdatableMetadata{CasRequired: pointer(true)}))
		metadata, err := c.GetSecretsMetadata(ctx, site.Domain, path, false)
		wantNone(t, err)
		if m := metadata.Data; *m.MaxVersions != 5 || *m.DeleteVersionAfter != "24h0m0s" || !*m.CasRequired ||
			(*m.CustomMetadata)["k"] != "v" || *m.CurrentVersion != 2 || *m.OldestVersion != 0 || len(*m.Versions) != 2 {
			t.Errorf("metadata: %+v", *metadata.Data)
		}
		// The same secret on the other face.
		if v2 := c.readSecret(t, path, nil); *v2.Metadata.DeactivateVersionAfter != "1d" || dataOf(t, v2.Version) != `{"c":2,"deep":{"x":1}}` {
			t.Errorf("by v2: %+v", v2.Metadata)
		}
		wantNone(t, c.DeleteSecretRequest(ctx, site.Domain, path))
		_, err = c.GetSecretRequest(ctx, site.Domain, path, nil)
		wantRefused(t, err, http.StatusNotFound)
		if codeOf(err) != secretNotFound {
			t.Errorf("code %d", codeOf(err))
		}
		wantNone(t, c.PostSecretUndelete(ctx, site.Domain, path, []uint32{2}))
		wantNone(t, c.DeleteSecretVersions(ctx, site.Domain, path, []uint32{1}))
		wantNone(t, c.PutSecretDestroy(ctx, site.Domain, path, []uint32{1}))
		if states := c.send(t, "GET", "/v2/secret/"+url.PathEscape(path)+"/version", nil); !strings.Contains(string(states.body), `"state":"deleted"`) {
			t.Errorf("states: %s", states.body)
		}
		folder := strings.TrimSuffix(path, "/secret")
		list, err := c.GetSecretsMetadata(ctx, site.Domain, folder, true)
		wantNone(t, err)
		if fmt.Sprint(*list.Data.Keys) != "[secret]" {
			t.Errorf("list: %v", *list.Data.Keys)
		}
		wantNone(t, c.PostSecretConfig(ctx, site.Domain, types.PostConfigRequest{DeleteVersionAfter: pointer("1d"), MaxVersions: pointer(uint32(24))}))
		config, err := c.GetSecretConfigV2(ctx, site.Domain)
		wantNone(t, err)
		old, err := c.GetSecretConfig(ctx, site.Domain)
		wantNone(t, err)
		if *config.DeactivateVersionAfter != "1d" || *config.MaxVersions != 24 || *old.Data.DeleteVersionAfter != "1d" {
			t.Errorf("config: %+v %+v", config, old.Data)
		}
		wantNone(t, c.PostSecretConfig(ctx, site.Domain, types.PostConfigRequest{DeleteVersionAfter: pointer("0s"), MaxVersions: pointer(uint32(0))}))
		wantNone(t, c.DeleteSecretMetadata(ctx, site.Domain, path))
		_, err = c.GetSecretsMetadata(ctx, site.Domain, path, false)
		wantRefused(t, err, http.StatusNotFound)
	})
}

// The requests of External Secrets' two providers, as they are sent.
func TestExternalSecretsRequests(t *testing.T) {
	c := newCaller(t, "vault provider", "", "", "")
	path := byToken(t).newSecret(t, nil, map[string]any{"user": "x"})
	vault := func(method, path string) answer { return c.send(t, method, path, nil, "X-Vault-Token", site.Token, "X-Vault-Request", "true") }
	self := vault("GET", "/v1/auth/token/lookup-self")
	wantStatus(t, self, 200)
	data := self.members(t)["data"].(object)
	_, numeric := data["ttl"].(float64)
	if _, there := data["expire_time"]; !there || !numeric || data["type"] == "batch" {
		t.Errorf("lookup-self: %s", self.body)
	}
	read := vault("GET", "/v1/secret/data/"+path)
	wantStatus(t, read, 200)
	if got := read.members(t)["data"].(object)["data"].(object)["user"]; got != "x" {
		t.Errorf("read: %s", read.body)
	}
	wantStatus(t, vault("GET", "/v1/secret/metadata/"+path), 200)
	wantStatus(t, vault("LIST", "/v1/secret/metadata/wire"), 200)
	// The vendor's provider: lists from the root with a slash, reads by v2.
	list := byToken(t).send(t, "GET", "/v1/secret/metadata/?list=true", nil)
	wantStatus(t, list, 200)
	if !strings.Contains(string(list.body), `"wire/"`) {
		t.Errorf("root: %s", list.body)
	}
	none := byToken(t).send(t, "GET", "/v2/secret/none?includeData=true", nil)
	wantStatus(t, none, 404)
	if none.members(t)["error_code"] != float64(secretNotFound) {
		t.Errorf("none: %s", none.body)
	}
}

// The vendor's provider with the vendor's SDK: a store that is checked, a secret that is pushed and pushed
// again, versions and folders that are read.
func TestExternalSecretsVendorProvider(t *testing.T) {
	eachWay(t, func(t *testing.T, c *caller) {
		ctx := t.Context()
		_, err := c.ListSecretV2(ctx, site.Domain, nil, nil)
		wantNone(t, err)
		path := c.newPath(t)
		push := func(data map[string]any) {
			t.Helper()
			read, err := c.GetSecretV2(ctx, site.Domain, path, nil, pointer(true))
			if err != nil {
				if codeOf(err) != secretNotFound {
					t.Fatalf("code %d: %v", codeOf(err), err)
				}
				_, err = c.PostSecretV2(ctx, site.Domain, types.PostSecretV2Request{Path: path, Version: *versioned(data)})
				wantNone(t, err)
				return
			}
			_, err = c.PutSecretV2(ctx, site.Domain, path, read.Metadata.CurrentVersion, types.PutSecretV2Request{Version: versioned(data)})
			wantNone(t, err)
		}
		push(map[string]any{"user": "x", "port": 5432})
		push(map[string]any{"user": "y"})
		if got := c.readSecret(t, path, pointer(uint32(1))); dataOf(t, got.Version) != `{"port":5432,"user":"x"}` {
			t.Errorf("version 1: %s", dataOf(t, got.Version))
		}
		if got := c.readSecret(t, path, nil); dataOf(t, got.Version) != `{"user":"y"}` || *got.Metadata.CurrentVersion != 2 {
			t.Errorf("current: %s", dataOf(t, got.Version))
		}
		// GetAllSecrets goes down the folders, from the root too, by lists without a slash at their end.
		folder, name := strings.TrimSuffix(path, "/secret"), "secret"
		for _, step := range []struct{ at, shows string }{{"", "wire/"}, {"wire", strings.TrimPrefix(folder, "wire/") + "/"}, {folder, name}} {
			list, err := c.GetSecretsMetadata(ctx, site.Domain, step.at, true)
			wantNone(t, err)
			if !strings.Contains(fmt.Sprint(*list.Data.Keys), step.shows) {
				t.Errorf("%q lists %v", step.at, *list.Data.Keys)
			}
		}
		wantNone(t, c.DeleteSecretV2(ctx, site.Domain, path))
		_, err = c.GetSecretV2(ctx, site.Domain, path, nil, pointer(true))
		if codeOf(err) != secretNotFound {
			t.Errorf("deleted: %v", err)
		}
	})
}

func TestSecretSearch(t *testing.T) {
	c := byCertificate(t)
	base := "search-" + uuid.NewString()
	// The word is no hexadecimal, as the random part of the path is.
	for _, name := range []string{"a/sql", "a/b/sql", "b/sql", "ab"} {
		wantStatus(t, c.send(t, "POST", "/v2/secret", object{"path": base + "/" + name, "version": object{"data": object{}}}), 200)
		t.Cleanup(func() { c.send(t, "DELETE", "/v2/secret/"+url.PathEscape(base+"/"+name), nil) })
	}
	for query, want := range map[string]int{"prefix=" + base + "/": 4, "prefix=" + base + "/a": 3, "prefix=" + base + "/a/": 2,
		"prefix=" + base + "/&text=sql": 3, "prefix=" + base + "/none/": 0} {
		found := c.send(t, "GET", "/v2/secretSearch?"+query, nil)
		wantStatus(t, found, 200)
		var list []object
		wantNone(t, json.Unmarshal(found.body, &list))
		if len(list) != want {
			t.Errorf("%s found %d", query, len(list))
		}
	}
}
