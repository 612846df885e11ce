package ovh

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ovh/go-ovh/ovh"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

type oauthClient struct {
	ClientID     string   `json:"clientId"`
	ClientSecret string   `json:"clientSecret"`
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	Flow         string   `json:"flow"`
	CallbackUrls []string `json:"callbackUrls"`
	Identity     string   `json:"identity"`
	CreatedAt    string   `json:"createdAt"`
}

func TestServiceAccountIsCreatedReadChangedUsedAndDestroyed(t *testing.T) {
	s, client := connect(t)
	var made oauthClient
	must(t, client.Post("/me/api/oauth2/client", map[string]any{"name": "ci", "description": "builds",
		"flow": "CLIENT_CREDENTIALS", "callbackUrls": []string{}}, &made))
	if made.ClientID == "" || made.ClientSecret == "" {
		t.Fatalf("id or secret is missing: %+v", made.Name)
	}
	path := "/me/api/oauth2/client/" + url.PathEscape(made.ClientID)
	var read oauthClient
	must(t, client.Get(path, &read))
	if read.ClientSecret != "" || read.Name != "ci" || read.Description != "builds" ||
		read.Flow != "CLIENT_CREDENTIALS" || read.CreatedAt == "" ||
		!strings.HasSuffix(read.Identity, "/oauth2-"+made.ClientID) ||
		!strings.HasPrefix(read.Identity, "urn:v1:"+plate(s.Identity)+":identity:credential:") {
		t.Fatalf("read %+v", read)
	}
	must(t, client.Put(path, map[string]any{"name": "ci2", "description": "d", "callbackUrls": []string{}}, nil))
	var ids []string
	must(t, client.Get("/me/api/oauth2/client", &ids))
	if !strings.Contains(strings.Join(ids, " "), made.ClientID) {
		t.Fatalf("the list %v does not hold it", ids)
	}

	// The library tries Basic and the form by itself; both must do.
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		for _, base := range []string{"", "/1.0", "/v1"} {
			config := clientcredentials.Config{ClientID: made.ClientID, ClientSecret: made.ClientSecret,
				TokenURL: strings.TrimSuffix(s.Control, "/") + base + "/auth/oauth2/token",
				Scopes:   []string{"all"}, AuthStyle: style}
			token, err := config.Token(context.Background())
			must(t, err)
			if token.TokenType != "Bearer" || token.Expiry.IsZero() {
				t.Fatalf("token of type %q until %v", token.TokenType, token.Expiry)
			}
			bearer, err := ovh.NewAccessTokenClient(strings.TrimSuffix(s.Control, "/")+"/1.0", token.AccessToken)
			must(t, err)
			var who map[string]any
			must(t, bearer.Get("/v2/whoami", &who))
			if text, _ := json.Marshal(who); !strings.Contains(string(text), read.Identity) {
				t.Fatalf("the bearer is %s", text)
			}
			refused(t, bearer.Get("/me/api/oauth2/client", &ids), 403, "Client::Forbidden")
		}
	}
	config := clientcredentials.Config{ClientID: made.ClientID, ClientSecret: made.ClientSecret + "x",
		TokenURL: strings.TrimSuffix(s.Control, "/") + "/auth/oauth2/token", AuthStyle: oauth2.AuthStyleInHeader}
	_, err := config.Token(context.Background())
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) || answer.ErrorCode != "invalid_client" || answer.Response.StatusCode != 401 {
		t.Fatalf("a wrong secret: %v", err)
	}
	must(t, client.Delete(path, nil))
	refused(t, client.Get(path, nil), 404, "Client::NotFound")
	refused(t, client.Delete(path, nil), 404, "Client::NotFound")
}

func TestServiceAccountOfAnotherFlowIsRefused(t *testing.T) {
	_, client := connect(t)
	err := client.Post("/me/api/oauth2/client", map[string]any{"name": "web", "flow": "AUTHORIZATION_CODE",
		"callbackUrls": []string{"https://example.org/"}}, nil)
	if field := refused(t, err, 400, "Client::BadRequest").Details["field"]; field != "flow" {
		t.Fatalf("the field is %q", field)
	}
}

func TestTokenEndpointAnswersAsTheStandardSays(t *testing.T) {
	s, _ := connect(t)
	form := "application/x-www-form-urlencoded"
	good := "grant_type=client_credentials&client_id=x&client_secret=y"
	for _, one := range []struct {
		kind, body, basic string
		status            int
		word              string
	}{
		{form, good, "", 401, "invalid_client"},
		{form, "grant_type=client_credentials", "", 401, "invalid_client"},
		{form, "grant_type=client_credentials", "not base64", 401, "invalid_client"},
		{form, good, "eDp5", 400, "invalid_request"},
		{form, good + "&scope=some", "", 400, "invalid_scope"},
		{form, good + "&client_id=x", "", 400, "invalid_request"},
		{form, "grant_type=password&client_id=x&client_secret=y", "", 400, "unsupported_grant_type"},
		{form, "client_id=x&client_secret=y", "", 400, "invalid_request"},
		{form, "grant_type=%zz", "", 400, "invalid_request"},
		{form, "grant_type=%ff", "", 400, "invalid_request"},
		{form, "", "", 400, "invalid_request"},
		{"application/json", `{"grant_type":"client_credentials"}`, "", 400, "invalid_request"},
	} {
		request, err := http.NewRequest("POST", s.Control+"/auth/oauth2/token", strings.NewReader(one.body))
		must(t, err)
		request.Header.Set("Content-Type", one.kind)
		if one.basic != "" {
			request.Header.Set("Authorization", "Basic "+one.basic)
		}
		got, err := http.DefaultClient.Do(request)
		must(t, err)
		text, _ := io.ReadAll(got.Body)
		got.Body.Close()
		var said struct {
			Error            string
			ErrorDescription string `json:"error_description"`
		}
		if json.Unmarshal(text, &said) != nil || got.StatusCode != one.status || said.Error != one.word ||
			said.ErrorDescription == "" || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: %d %s, expected %d %s", one.body, got.StatusCode, text, one.status, one.word)
		}
		if one.status == 401 && !strings.HasPrefix(got.Header.Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%q: WWW-Authenticate is %q", one.body, got.Header.Get("WWW-Authenticate"))
		}
	}
}
