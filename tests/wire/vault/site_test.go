// These tests drive a running service with the two Go clients of Vault's KV version 2.
// CHATELAINE_CONNECT names the connect.json of the service's data directory.
package vault

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

type connection struct {
	Rest   string `json:"rest"`
	CA     string `json:"ca"`
	Domain string `json:"domain"`
	Token  string `json:"token"`
}

var site connection

func (c connection) address() string {
	return strings.TrimRight(c.Rest, "/") + "/api/" + c.Domain
}

func TestMain(m *testing.M) {
	content, err := os.ReadFile(os.Getenv("CHATELAINE_CONNECT"))
	if err == nil {
		err = json.Unmarshal(content, &site)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "CHATELAINE_CONNECT must name the connect.json of a running service:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func newPath() string {
	bytes := make([]byte, 8)
	rand.Read(bytes)
	return fmt.Sprintf("judge/%x/secret", bytes)
}

func want(t *testing.T, what string, got, expected any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(expected) {
		t.Errorf("%s is %v, expected %v", what, got, expected)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
