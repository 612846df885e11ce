// These tests drive a running service with the vendor's own SDK and with plain HTTP where the SDK
// cannot make the request. CHATELAINE_CONNECT names the connect.json of the service's data directory.
// Every answer of the whole run is held to the rules that clients rely on: no 5xx, JSON bodies say so,
// 204 has none, errors have their four members.
package wire

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/ovh/okms-sdk-go"
	"github.com/ovh/okms-sdk-go/types"
)

// connection is what connect.json says, as far as these tests need it.
type connection struct {
	Rest         string    `json:"rest"`
	Region       string    `json:"region"`
	CA           string    `json:"ca"`
	Domain       uuid.UUID `json:"domain"`
	ClientCert   string    `json:"client_cert"`
	ClientKey    string    `json:"client_key"`
	Identity     string    `json:"identity"`
	Token        string    `json:"token"`
	SecondCert   string    `json:"second_cert"`
	SecondKey    string    `json:"second_key"`
	StrangerCert string    `json:"stranger_cert"`
	StrangerKey  string    `json:"stranger_key"`
	OtherDomain  uuid.UUID `json:"other_domain"`
	OtherCert    string    `json:"other_cert"`
	OtherKey     string    `json:"other_key"`
	Keys         struct {
		AES uuid.UUID `json:"aes"`
		RSA uuid.UUID `json:"rsa"`
		EC  uuid.UUID `json:"ec"`
	} `json:"keys"`
}

var (
	site       connection
	violations struct {
		sync.Mutex
		list []string
	}
)

func TestMain(m *testing.M) {
	if err := readConnection(os.Getenv("CHATELAINE_CONNECT")); err != nil {
		fmt.Fprintln(os.Stderr, "wire:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func readConnection(file string) error {
	if file == "" {
		return errors.New("CHATELAINE_CONNECT must name the connect.json of a running service")
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, &site)
}

// watch holds every answer to the rules; a breach fails the test that made the request. For the SDK it
// also is an error at once: given a status or a type that is not the documented one, the SDK would go on
// with a nil body and panic, and end the whole run.
type watch struct {
	next   http.RoundTripper
	forSDK bool
}

func (w watch) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := w.next.RoundTrip(request)
	if err != nil {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	if breach := breachOf(request, response, body); breach != "" {
		told := fmt.Sprintf("%s %s: %s: %s", request.Method, request.URL.RequestURI(), response.Status, breach)
		violations.Lock()
		violations.list = append(violations.list, told)
		violations.Unlock()
		if w.forSDK && response.StatusCode < 400 {
			return nil, errors.New(told)
		}
	}
	return response, nil
}

// documentedSuccess is the one status of a success that the contract names.
func documentedSuccess(method, path string) int {
	switch {
	case method == "POST" && (strings.HasSuffix(path, "/servicekey") || strings.HasSuffix(path, "/datakey")):
		return http.StatusCreated
	case strings.Contains(path, "/v1/secret/") && method != "GET" && method != "LIST" &&
		(method == "DELETE" || !strings.Contains(path, "/v1/secret/data/")):
		return http.StatusNoContent
	case method == "DELETE", strings.HasSuffix(path, "/activate"), strings.HasSuffix(path, "/deactivate"):
		return http.StatusNoContent
	}
	return http.StatusOK
}

func breachOf(request *http.Request, response *http.Response, body []byte) string {
	isJSON := strings.Contains(response.Header.Get("Content-Type"), "json")
	switch {
	case response.StatusCode >= 500:
		return "a caller's request must not cause a 5xx: " + string(body)
	case response.StatusCode < 400 && response.StatusCode != documentedSuccess(request.Method, request.URL.Path):
		return fmt.Sprintf("the documented status is %d", documentedSuccess(request.Method, request.URL.Path))
	case response.StatusCode == http.StatusNoContent:
		if len(body) != 0 {
			return "204 with a body"
		}
	case !isJSON:
		return "Content-Type is " + response.Header.Get("Content-Type")
	case response.StatusCode >= 400:
		var members map[string]json.RawMessage
		if err := json.Unmarshal(body, &members); err != nil {
			return "error body is no object: " + string(body)
		}
		for _, name := range []string{"error_id", "error_code", "errors", "request_id"} {
			if _, there := members[name]; !there {
				return "error body without " + name + ": " + string(body)
			}
		}
		var list []string
		if json.Unmarshal(members["errors"], &list) != nil || len(list) == 0 {
			return "errors must be a list of texts and say something: " + string(body)
		}
	}
	return ""
}

// checkViolations reports what watch noted since the last call.
func checkViolations(t *testing.T) {
	t.Helper()
	violations.Lock()
	defer violations.Unlock()
	for _, breach := range violations.list {
		t.Error(breach)
	}
	violations.list = nil
}

// caller is one way to authenticate, with the SDK's client and a plain one.
type caller struct {
	*okms.Client
	name  string
	plain *http.Client
	token string
}

func tlsConfig(t *testing.T, cert, key string) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(site.CA)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", site.CA)
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config
}

func newCaller(t *testing.T, name, cert, key, token string) *caller {
	t.Helper()
	config := tlsConfig(t, cert, key)
	timeout := 60 * time.Second
	client, err := okms.NewRestAPIClient(site.Rest, okms.ClientConfig{
		TlsCfg:  config,
		Timeout: &timeout,
		// A retry would hide a 5xx.
		Retry:      &okms.RetryConfig{RetryMax: 0},
		Middleware: func(next http.RoundTripper) http.RoundTripper { return watch{next, true} },
	})
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		client.SetCustomHeader("Authorization", "Bearer "+token)
	}
	plain := &http.Client{
		Timeout:   timeout,
		Transport: watch{&http.Transport{TLSClientConfig: config}, false},
	}
	t.Cleanup(func() {
		plain.CloseIdleConnections()
		checkViolations(t)
	})
	return &caller{client, name, plain, token}
}

func byCertificate(t *testing.T) *caller {
	return newCaller(t, "certificate", site.ClientCert, site.ClientKey, "")
}

func byToken(t *testing.T) *caller {
	return newCaller(t, "token", "", "", site.Token)
}

// eachWay runs a test by certificate and by token.
func eachWay(t *testing.T, test func(t *testing.T, c *caller)) {
	t.Helper()
	run := func(way func(t *testing.T) *caller) func(t *testing.T) {
		return func(t *testing.T) {
			// A panic would end the run and hide what the other tests find.
			defer func() {
				if cause := recover(); cause != nil {
					t.Errorf("panic: %v\n%s", cause, debug.Stack())
				}
			}()
			test(t, way(t))
		}
	}
	t.Run("certificate", run(byCertificate))
	t.Run("token", run(byToken))
}

// answer is what plain HTTP brought back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) members(t *testing.T) map[string]any {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal(a.body, &members); err != nil {
		t.Fatalf("status %d, no JSON object: %s", a.status, a.body)
	}
	return members
}

// send makes a request below /api/{domain}. body: nil, a string of JSON, or a value to encode.
func (c *caller) send(t *testing.T, method, path string, body any, header ...string) answer {
	t.Helper()
	return c.sendTo(t, method, fmt.Sprintf("/api/%s%s", site.Domain, path), body, header...)
}

// sendTo makes a request to a path of the endpoint; header holds names and values in turns.
func (c *caller) sendTo(t *testing.T, method, path string, body any, header ...string) answer {
	t.Helper()
	var content io.Reader
	switch value := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(value)
	default:
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, strings.TrimRight(site.Rest, "/")+path, content)
	if err != nil {
		t.Fatal(err)
	}
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := c.plain.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, read}
}

// id is the id of the key that an answer describes.
func (a answer) id(t *testing.T) uuid.UUID {
	t.Helper()
	id, err := uuid.Parse(fmt.Sprint(a.members(t)["id"]))
	if err != nil {
		t.Fatalf("id: %v: %s", err, a.body)
	}
	return id
}

// object is short for a JSON object.
type object = map[string]any

func pointer[T any](value T) *T { return &value }

func randomBytes(count int) []byte {
	bytes := make([]byte, count)
	rand.Read(bytes)
	return bytes
}

func wantStatus(t *testing.T, got answer, want ...int) {
	t.Helper()
	if !slices.Contains(want, got.status) {
		t.Fatalf("status %d, want %v: %s", got.status, want, got.body)
	}
}

func wantNone(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantRefused: the SDK brought an error, from an answer with one of the statuses (any 4xx when none).
func wantRefused(t *testing.T, err error, statuses ...int) {
	t.Helper()
	if err == nil {
		t.Fatal("accepted, but should have been refused")
	}
	status := okms.ErrStatusCode(err)
	if len(statuses) == 0 && status >= 400 && status < 500 {
		return
	}
	if !slices.Contains(statuses, status) {
		t.Fatalf("status %d, want %v: %v", status, statuses, err)
	}
}

// Usages of keys.
var (
	forEncryption = []types.CryptographicUsages{types.Encrypt, types.Decrypt, types.WrapKey, types.UnwrapKey}
	forSigning    = []types.CryptographicUsages{types.Sign, types.Verify}
	forWrapping   = []types.CryptographicUsages{types.WrapKey, types.UnwrapKey}
)

// discard deletes a key at the test's end, so that a run leaves the domain as it found it.
func (c *caller) discard(t *testing.T, id uuid.UUID) {
	t.Cleanup(func() {
		ctx := context.Background()
		if err := c.DeactivateServiceKey(ctx, site.Domain, id, types.Superseded); err != nil {
			// The test itself deleted it.
			if status := okms.ErrStatusCode(err); status < 400 || status > 499 {
				t.Errorf("deactivate: %v", err)
			}
			return
		}
		if err := c.DeleteServiceKey(ctx, site.Domain, id); err != nil {
			t.Errorf("delete: %v", err)
		}
	})
}

func (c *caller) newAES(t *testing.T, size types.KeySizes, options ...okms.ServiceKeyOption) *types.GetServiceKeyResponse {
	t.Helper()
	key, err := c.GenerateSymmetricKey(t.Context(), site.Domain, size, "wire aes", types.SOFTWARE, "wire",
		forEncryption, options...)
	wantNone(t, err)
	c.discard(t, key.Id)
	return key
}

func (c *caller) newRSA(t *testing.T, size types.KeySizes, usage []types.CryptographicUsages, options ...okms.ServiceKeyOption) *types.GetServiceKeyResponse {
	t.Helper()
	key, err := c.GenerateRSAKeyPair(t.Context(), site.Domain, size, "wire rsa", types.SOFTWARE, "", usage, options...)
	wantNone(t, err)
	c.discard(t, key.Id)
	return key
}

func (c *caller) newEC(t *testing.T, curve types.Curves, options ...okms.ServiceKeyOption) *types.GetServiceKeyResponse {
	t.Helper()
	key, err := c.GenerateECKeyPair(t.Context(), site.Domain, curve, "wire ec", types.SOFTWARE, "", forSigning, options...)
	wantNone(t, err)
	c.discard(t, key.Id)
	return key
}

func (c *caller) stateOf(t *testing.T, id uuid.UUID) string {
	t.Helper()
	key, err := c.GetServiceKey(t.Context(), site.Domain, id, nil)
	wantNone(t, err)
	return attribute(t, key, "state")
}

func attribute(t *testing.T, key *types.GetServiceKeyResponse, name string) string {
	t.Helper()
	if key.Attributes == nil {
		t.Fatal("the key has no attributes")
	}
	value, there := (*key.Attributes)[name]
	if !there {
		t.Fatalf("attribute %q is missing in %v", name, *key.Attributes)
	}
	return fmt.Sprint(value)
}

func keyPath(id uuid.UUID, rest ...string) string {
	return "/v1/servicekey/" + id.String() + strings.Join(rest, "")
}
