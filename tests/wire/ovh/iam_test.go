// Package ovh drives a running service with the vendor's own client, github.com/ovh/go-ovh, by bearer
// token: policies, groups and tags, created, read, changed, imported and destroyed in the order and the form
// in which Terraform's provider does it. CHATELAINE_CONNECT names the connect.json of the data directory.
package ovh

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ovh/go-ovh/ovh"
)

type site struct {
	Control  string `json:"control"`
	Domain   string `json:"domain"`
	Identity string `json:"identity"`
	Token    string `json:"token"`
}

func connect(t *testing.T) (site, *ovh.Client) {
	t.Helper()
	content, err := os.ReadFile(os.Getenv("CHATELAINE_CONNECT"))
	if err != nil {
		t.Fatal(err)
	}
	var s site
	if err := json.Unmarshal(content, &s); err != nil {
		t.Fatal(err)
	}
	client, err := ovh.NewAccessTokenClient(strings.TrimSuffix(s.Control, "/")+"/1.0", s.Token)
	if err != nil {
		t.Fatal(err)
	}
	return s, client
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func unique(prefix string) string { return fmt.Sprintf("%s%d", prefix, time.Now().UnixNano()) }

// refused is an error of the service itself, with the vendor's class and a query id.
func refused(t *testing.T, err error, code int, class string) *ovh.APIError {
	t.Helper()
	var answer *ovh.APIError
	if !errors.As(err, &answer) {
		t.Fatalf("expected an answer of the service, got %v", err)
	}
	if answer.Code != code || answer.Class != class || answer.QueryID == "" || answer.Message == "" {
		t.Fatalf("expected %d %s with a query id, got %+v", code, class, answer)
	}
	return answer
}

type action struct {
	Action string `json:"action"`
}
type permissions struct {
	Allow  []action `json:"allow"`
	Except []action `json:"except"`
	Deny   []action `json:"deny"`
}
type urn struct {
	Urn string `json:"urn,omitempty"`
}
type conditions struct {
	Operator   string            `json:"operator"`
	Conditions []conditions      `json:"conditions,omitempty"`
	Values     map[string]string `json:"values,omitempty"`
}
type policy struct {
	ID                string      `json:"id,omitempty"`
	Name              string      `json:"name"`
	Description       string      `json:"description,omitempty"`
	Identities        []string    `json:"identities"`
	Resources         []urn       `json:"resources"`
	Permissions       permissions `json:"permissions"`
	PermissionsGroups []urn       `json:"permissionsGroups"`
	Conditions        *conditions `json:"conditions,omitempty"`
	ExpiredAt         *time.Time  `json:"expiredAt,omitempty"`
}
type policyRead struct {
	policy
	Owner     string    `json:"owner"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	ReadOnly  bool      `json:"readOnly"`
}

func plate(identity string) string { return strings.Split(identity, ":")[2] }

func TestPolicyIsCreatedReadChangedImportedAndDestroyed(t *testing.T) {
	s, client := connect(t)
	expires := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
	resource := fmt.Sprintf("urn:v1:%s:resource:okms:%s/*", plate(s.Identity), s.Domain)
	want := policy{
		Name: unique("p"), Description: "made by a judge",
		// Without a plate: so the provider writes an identity when the endpoint is an own URL.
		Identities: []string{strings.Replace(s.Identity, ":"+plate(s.Identity)+":", "::", 1)},
		Resources:  []urn{{resource}},
		Permissions: permissions{Allow: []action{{"okms:apikms:*"}},
			Except: []action{{"okms:apikms:serviceKey/delete"}}},
		PermissionsGroups: []urn{},
		Conditions: &conditions{Operator: "AND", Conditions: []conditions{
			{Operator: "MATCH", Values: map[string]string{"date(Europe/Paris).WeekDay.In": "monday,friday"}},
			{Operator: "NOT", Conditions: []conditions{
				{Operator: "MATCH", Values: map[string]string{"request.IP": "192.0.2.1"}}}}}},
		ExpiredAt: &expires,
	}
	var made policyRead
	must(t, client.Post("/v2/iam/policy", want, &made))
	if made.ID == "" || made.Owner == "" || made.CreatedAt.IsZero() || made.ReadOnly {
		t.Fatalf("what the server adds is missing: %+v", made)
	}
	same := func(got policyRead) {
		t.Helper()
		got.ID, want.ID = "", ""
		one, _ := json.Marshal(want)
		two, _ := json.Marshal(got.policy)
		if string(one) != string(two) {
			t.Fatalf("drift:\nwritten %s\nread    %s", one, two)
		}
	}
	same(made)
	path := "/v2/iam/policy/" + url.PathEscape(made.ID)
	var read policyRead
	must(t, client.Get(path, &read))
	same(read)
	// Of somebody else: who is under a denial cannot lift it.
	want.Identities = []string{s.Identity[:strings.LastIndex(s.Identity, "/")] + "/nobody"}
	want.Permissions = permissions{Deny: []action{{"okms:kmip:nothing"}}}
	want.Conditions, want.ExpiredAt, want.Description = nil, nil, ""
	must(t, client.Put(path, want, nil))
	read = policyRead{}
	must(t, client.Get(path, &read))
	same(read)
	var all []policyRead
	must(t, client.Get("/v2/iam/policy", &all))
	found := false
	for _, one := range all {
		found = found || one.ID == made.ID
	}
	if !found {
		t.Fatal("the list does not hold the policy")
	}
	refused(t, client.Post("/v2/iam/policy", want, nil), 409, "Client::Conflict")
	must(t, client.Delete(path, nil))
	refused(t, client.Get(path, nil), 404, "Client::NotFound")
	refused(t, client.Delete(path, nil), 404, "Client::NotFound")
}

func TestPermissionsGroupIsCalledByItsEscapedUrn(t *testing.T) {
	s, client := connect(t)
	body := map[string]any{"name": unique("g"), "description": "d",
		"permissions": permissions{Allow: []action{{"okms:apikms:secret/*"}}}}
	var made struct{ ID, Urn, Name, Owner string }
	must(t, client.Post("/v2/iam/permissionsGroup", body, &made))
	if !strings.HasPrefix(made.Urn, "urn:v1:"+plate(s.Identity)+":permissionsGroup:") {
		t.Fatalf("the URN is %q", made.Urn)
	}
	path := "/v2/iam/permissionsGroup/" + url.PathEscape(made.Urn)
	var read struct {
		Urn         string
		Permissions permissions
	}
	must(t, client.Get(path, &read))
	if read.Urn != made.Urn || len(read.Permissions.Allow) != 1 {
		t.Fatalf("read %+v", read)
	}
	body["permissions"] = permissions{Allow: []action{{"okms:apikms:secret/get"}}}
	must(t, client.Put(path, body, nil))
	use := policy{Name: unique("p"), Identities: []string{s.Identity},
		Resources:         []urn{{fmt.Sprintf("urn:v1::resource:okms:%s/*", s.Domain)}},
		PermissionsGroups: []urn{{made.Urn}}}
	var user policyRead
	must(t, client.Post("/v2/iam/policy", use, &user))
	refused(t, client.Delete(path, nil), 400, "Client::BadRequest")
	must(t, client.Delete("/v2/iam/policy/"+user.ID, nil))
	must(t, client.Delete(path, nil))
	refused(t, client.Get(path, nil), 404, "Client::NotFound")
}

func TestResourceGroupAndTags(t *testing.T) {
	s, client := connect(t)
	domain := fmt.Sprintf("urn:v1:%s:resource:okms:%s", plate(s.Identity), s.Domain)
	var made struct{ ID, Urn, Name string }
	must(t, client.Post("/v2/iam/resourceGroup", map[string]any{"name": unique("r"),
		"resources": []map[string]string{{"id": s.Domain}}}, &made))
	path := "/v2/iam/resourceGroup/" + url.PathEscape(made.ID)
	var read struct {
		ID        string
		Resources []struct{ ID, Urn string }
	}
	must(t, client.Get(path+"?details=true", &read))
	if read.ID != made.ID || len(read.Resources) != 1 || read.Resources[0].Urn != domain {
		t.Fatalf("read %+v", read)
	}
	must(t, client.Put(path, map[string]any{"name": made.Name,
		"resources": []map[string]string{{"urn": domain + "/*"}}}, nil))
	must(t, client.Delete(path, nil))

	resource := "/v2/iam/resource/" + url.PathEscape(domain)
	must(t, client.Put(resource, map[string]any{"tags": map[string]string{"env": "test"}}, nil))
	var tagged struct {
		Urn  string
		Tags map[string]string
	}
	must(t, client.Get(resource, &tagged))
	if tagged.Urn != domain || tagged.Tags["env"] != "test" {
		t.Fatalf("read %+v", tagged)
	}
	must(t, client.Put(resource, map[string]any{"tags": map[string]string{}}, nil))
}

func TestReferenceNamesEveryAction(t *testing.T) {
	_, client := connect(t)
	var actions []struct {
		Action, Description, ResourceType string
		Categories                        []string
	}
	must(t, client.Get("/v2/iam/reference/action?resourceType=okms", &actions))
	seen := map[string]string{}
	for _, one := range actions {
		if one.ResourceType != "okms" || one.Description == "" || len(one.Categories) == 0 {
			t.Fatalf("%+v", one)
		}
		seen[one.Action] = one.Categories[0]
	}
	for name, category := range map[string]string{"okms:apikms:serviceKey/create": "CREATE",
		"okms:apikms:serviceKey/encrypt": "OPERATE", "okms:apikms:serviceKey/delete": "DELETE",
		"okms:apikms:serviceKey/update": "EDIT", "okms:apikms:secret/get": "READ"} {
		if seen[name] != category {
			t.Errorf("%s is %q, expected %q", name, seen[name], category)
		}
	}
	var types []string
	must(t, client.Get("/v2/iam/reference/resource/type", &types))
	if len(types) == 0 {
		t.Fatal("no resource types")
	}
}

func TestRefusalNamesTheMissingAction(t *testing.T) {
	s, client := connect(t)
	err := client.Post("/v2/iam/policy", policy{Name: unique("p"), Identities: []string{s.Identity},
		Resources:   []urn{{"urn:v1::resource:okms:00000000-0000-4000-8000-000000000000/*"}},
		Permissions: permissions{Allow: []action{{"okms:apikms:serviceKey/encrypt"}}}}, nil)
	answer := refused(t, err, 403, "Client::Forbidden")
	if answer.Details["unauthorizedActionsByIAM"] != "okms:apikms:serviceKey/encrypt" {
		t.Fatalf("details %v", answer.Details)
	}
	bad := policy{Name: "ovh-reserved", Identities: []string{s.Identity}, Resources: []urn{{"*"}}}
	if field := refused(t, client.Post("/v2/iam/policy", bad, nil), 400,
		"Client::BadRequest").Details["field"]; field != "name" {
		t.Fatalf("the field is %q", field)
	}
}
