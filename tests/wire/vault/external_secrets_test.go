// External Secrets' Vault provider, by its own client library: the calls of a store that is checked, of an
// ExternalSecret that is read, and of a PushSecret that is written, changed by a property and deleted.
package vault

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/vault/api"
)

const manager = "external-secrets"

// The provider keeps its hands off what it does not manage: this is where it looks.
func managedBy(t *testing.T, logical *api.Logical, path string) any {
	t.Helper()
	read, err := logical.ReadWithDataWithContext(context.Background(), "secret/metadata/"+path, nil)
	ok(t, err)
	custom, _ := read.Data["custom_metadata"].(map[string]any)
	return custom["managed-by"]
}

func currentData(t *testing.T, logical *api.Logical, path string) map[string]any {
	t.Helper()
	read, err := logical.ReadWithDataWithContext(context.Background(), "secret/data/"+path, nil)
	ok(t, err)
	if read == nil {
		return nil
	}
	data, _ := read.Data["data"].(map[string]any)
	return data
}

func push(t *testing.T, logical *api.Logical, path string, data map[string]any, cas int) {
	t.Helper()
	_, err := logical.WriteWithContext(context.Background(), "secret/metadata/"+path,
		map[string]any{"custom_metadata": map[string]string{"managed-by": manager}})
	ok(t, err)
	body := map[string]any{"data": data}
	if cas >= 0 {
		body["options"] = map[string]any{"cas": cas}
	}
	_, err = logical.WriteWithContext(context.Background(), "secret/data/"+path, body)
	ok(t, err)
}

func TestExternalSecretsVaultProvider(t *testing.T) {
	ctx := context.Background()
	client := vaultClient(t)
	logical := client.Logical()
	self, err := client.Auth().Token().LookupSelfWithContext(ctx)
	ok(t, err)
	want(t, "no batch token", self.Data["type"] != "batch", true)
	_, there := self.Data["expire_time"]
	want(t, "expire_time is there", there, true)
	_, err = self.TokenTTL()
	ok(t, err)

	path := newPath()
	want(t, "nothing to read", currentData(t, logical, path) == nil, true)
	push(t, logical, path, map[string]any{"user": "ann", "password": "one"}, 0)
	want(t, "manager", managedBy(t, logical, path), any(manager))
	want(t, "pushed", currentData(t, logical, path), map[string]any{"user": "ann", "password": "one"})
	metadata, err := logical.ReadWithDataWithContext(ctx, "secret/metadata/"+path, nil)
	ok(t, err)
	want(t, "current version", metadata.Data["current_version"], "1")
	push(t, logical, path, map[string]any{"user": "ann", "password": "two"}, 1)
	// An ExternalSecret that names a version.
	old, err := logical.ReadWithDataWithContext(ctx, "secret/data/"+path, map[string][]string{"version": {"1"}})
	ok(t, err)
	want(t, "version 1", old.Data["data"].(map[string]any)["password"], any("one"))
	_, err = logical.WriteWithContext(ctx, "secret/data/"+path,
		map[string]any{"data": map[string]any{}, "options": map[string]any{"cas": 1}})
	want(t, "a failed cas", err != nil, true)
	// Found by name: the folder above lists it.
	list, err := logical.ListWithContext(ctx, "secret/metadata/"+strings.TrimSuffix(path, "/secret"))
	ok(t, err)
	want(t, "keys", len(list.Data["keys"].([]any)) >= 1, true)

	// Deleted: the data first, the metadata then.
	_, err = logical.DeleteWithContext(ctx, "secret/data/"+path)
	ok(t, err)
	want(t, "deleted", currentData(t, logical, path) == nil, true)
	_, err = logical.DeleteWithContext(ctx, "secret/metadata/"+path)
	ok(t, err)
	gone, err := logical.ReadWithDataWithContext(ctx, "secret/metadata/"+path, nil)
	ok(t, err)
	want(t, "metadata gone", gone == nil, true)
}
