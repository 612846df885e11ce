// KV version 2 with HashiCorp Vault's Go client: every method of its KV client. The other client's file is the
// same test, since the two have the same methods.
package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	api "github.com/hashicorp/vault/api"
)

func vaultClient(t *testing.T) *api.Client {
	t.Helper()
	config := api.DefaultConfig()
	config.Address = site.address()
	config.MaxRetries = 0
	ok(t, config.ConfigureTLS(&api.TLSConfig{CACert: site.CA}))
	client, err := api.NewClient(config)
	ok(t, err)
	client.SetToken(site.Token)
	return client
}

func TestVaultEveryMethodOfKV2(t *testing.T) {
	ctx := context.Background()
	kv := vaultClient(t).KVv2("secret")
	path := newPath()
	_, err := kv.Get(ctx, path)
	want(t, "nothing there", errors.Is(err, api.ErrSecretNotFound), true)

	made, err := kv.Put(ctx, path, map[string]any{"user": "ann", "n": json.Number("18446744073709551616")}, api.WithCheckAndSet(0))
	ok(t, err)
	want(t, "version", made.VersionMetadata.Version, 1)
	want(t, "age", time.Since(made.VersionMetadata.CreatedTime) < time.Minute, true)
	_, err = kv.Put(ctx, path, map[string]any{}, api.WithCheckAndSet(0))
	want(t, "a failed cas", err != nil && strings.Contains(err.Error(), "check-and-set"), true)
	read, err := kv.Get(ctx, path)
	ok(t, err)
	want(t, "data", read.Data, map[string]any{"user": "ann", "n": "18446744073709551616"})
	want(t, "custom metadata", read.CustomMetadata == nil, true)
	want(t, "deletion time", read.VersionMetadata.DeletionTime.IsZero(), true)

	for _, method := range []string{"patch", "rw"} {
		_, err = kv.Patch(ctx, path, map[string]any{"role": method}, api.WithMergeMethod(method))
		ok(t, err)
	}
	_, err = kv.Patch(ctx, path, map[string]any{"user": nil}, api.WithCheckAndSet(3))
	ok(t, err)
	_, err = kv.Patch(ctx, path, map[string]any{"user": nil}, api.WithCheckAndSet(3))
	want(t, "a patch with a failed cas", err != nil, true)
	read, err = kv.Get(ctx, path)
	ok(t, err)
	want(t, "patched", read.Data, map[string]any{"role": "rw", "n": "18446744073709551616"})
	want(t, "version", read.VersionMetadata.Version, 4)
	_, err = kv.Patch(ctx, path+"/none", map[string]any{"a": 1})
	want(t, "a patch of nothing", errors.Is(err, api.ErrSecretNotFound), true)

	first, err := kv.GetVersion(ctx, path, 1)
	ok(t, err)
	want(t, "version 1", first.Data["user"], "ann")
	_, err = kv.GetVersion(ctx, path, 9)
	want(t, "version 9", errors.Is(err, api.ErrSecretNotFound), true)
	rolled, err := kv.Rollback(ctx, path, 1)
	ok(t, err)
	want(t, "rolled back to", rolled.VersionMetadata.Version, 5)
	read, err = kv.Get(ctx, path)
	ok(t, err)
	want(t, "rolled back", read.Data["user"], "ann")

	// A deleted version: metadata with the time, and no data.
	ok(t, kv.Delete(ctx, path))
	read, err = kv.Get(ctx, path)
	ok(t, err)
	want(t, "data of a deleted version", read.Data == nil, true)
	want(t, "its deletion time", time.Since(read.VersionMetadata.DeletionTime) < time.Minute, true)
	_, err = kv.Rollback(ctx, path, 5)
	want(t, "rollback to a deleted version", err != nil, true)
	ok(t, kv.DeleteVersions(ctx, path, []int{1, 2}))
	read, err = kv.GetVersion(ctx, path, 2)
	ok(t, err)
	want(t, "deleted by number", read.Data == nil && !read.VersionMetadata.DeletionTime.IsZero(), true)
	ok(t, kv.Undelete(ctx, path, []int{1, 5}))
	read, err = kv.Get(ctx, path)
	ok(t, err)
	want(t, "undeleted", read.Data["user"], "ann")
	ok(t, kv.Destroy(ctx, path, []int{3}))
	read, err = kv.GetVersion(ctx, path, 3)
	ok(t, err)
	want(t, "destroyed", read.VersionMetadata.Destroyed && read.Data == nil, true)
	ok(t, kv.Undelete(ctx, path, []int{3}))

	list, err := kv.GetVersionsAsList(ctx, path)
	ok(t, err)
	var states []string
	for _, version := range list {
		states = append(states, fmt.Sprint(version.Version, version.DeletionTime.IsZero(), version.Destroyed))
	}
	want(t, "versions", states, "[1 true false 2 false false 3 true true 4 true false 5 true false]")

	ok(t, kv.PutMetadata(ctx, path, api.KVMetadataPutInput{CASRequired: true, MaxVersions: 7,
		DeleteVersionAfter: 36 * time.Hour, CustomMetadata: map[string]any{"team": "blue", "tier": "1"}}))
	metadata, err := kv.GetMetadata(ctx, path)
	ok(t, err)
	want(t, "metadata", fmt.Sprint(metadata.CASRequired, metadata.MaxVersions, metadata.DeleteVersionAfter,
		metadata.CustomMetadata, metadata.CurrentVersion, metadata.OldestVersion), "true 7 36h0m0s map[team:blue tier:1] 5 0")
	_, err = kv.Put(ctx, path, map[string]any{})
	want(t, "a write without the cas that is required", err != nil, true)
	_, err = kv.Put(ctx, path, map[string]any{"a": 1}, api.WithCheckAndSet(5))
	ok(t, err)
	read, err = kv.Get(ctx, path)
	ok(t, err)
	want(t, "custom metadata of a read", read.CustomMetadata, "map[team:blue tier:1]")
	left := time.Until(read.VersionMetadata.DeletionTime)
	want(t, "expiry", left > 35*time.Hour && left <= 36*time.Hour, true)
	off, days := false, 24*time.Hour
	ok(t, kv.PatchMetadata(ctx, path, api.KVMetadataPatchInput{CASRequired: &off, DeleteVersionAfter: &days,
		CustomMetadata: map[string]any{"tier": nil, "zone": "a"}}))
	metadata, err = kv.GetMetadata(ctx, path)
	ok(t, err)
	want(t, "patched metadata", fmt.Sprint(metadata.CASRequired, metadata.MaxVersions, metadata.DeleteVersionAfter,
		metadata.CustomMetadata), "false 7 24h0m0s map[team:blue zone:a]")
	ok(t, kv.PatchMetadata(ctx, path, api.KVMetadataPatchInput{CustomMetadata: map[string]any{}}))
	metadata, err = kv.GetMetadata(ctx, path)
	ok(t, err)
	want(t, "cleared", len(metadata.CustomMetadata), 0)
	ok(t, kv.PutMetadata(ctx, path, api.KVMetadataPutInput{}))
	metadata, err = kv.GetMetadata(ctx, path)
	ok(t, err)
	want(t, "replaced", fmt.Sprint(metadata.MaxVersions, metadata.DeleteVersionAfter), "0 0s")

	ok(t, kv.DeleteMetadata(ctx, path))
	ok(t, kv.DeleteMetadata(ctx, path))
	_, err = kv.GetMetadata(ctx, path)
	want(t, "gone", errors.Is(err, api.ErrSecretNotFound), true)
	again, err := kv.Put(ctx, path, map[string]any{"a": 1}, api.WithCheckAndSet(0))
	ok(t, err)
	want(t, "made again", again.VersionMetadata.Version, 1)
	ok(t, kv.DeleteMetadata(ctx, path))
	// Metadata can come before the first version.
	ok(t, kv.PutMetadata(ctx, path, api.KVMetadataPutInput{MaxVersions: 2}))
	_, err = kv.Get(ctx, path)
	want(t, "metadata alone", errors.Is(err, api.ErrSecretNotFound), true)
	ok(t, kv.DeleteMetadata(ctx, path))
}

func TestVaultListsAndSubkeys(t *testing.T) {
	ctx := context.Background()
	client := vaultClient(t)
	kv := client.KVv2("secret")
	base := strings.TrimSuffix(newPath(), "/secret")
	for _, name := range []string{"db", "db/replica", "web/eu/1", "web/us/1", "a"} {
		_, err := kv.Put(ctx, base+"/"+name, map[string]any{"deep": map[string]any{"down": map[string]any{"x": 1}}, "list": []int{1}})
		ok(t, err)
	}
	list := func(path string) string {
		t.Helper()
		secret, err := client.Logical().ListWithContext(ctx, "secret/metadata/"+path)
		ok(t, err)
		if secret == nil {
			return "nothing"
		}
		return fmt.Sprint(secret.Data["keys"])
	}
	want(t, "folder", list(base), "[a db db/ web/]")
	want(t, "folder with a slash", list(base+"/"), "[a db db/ web/]")
	want(t, "folder below", list(base+"/web"), "[eu/ us/]")
	want(t, "no folder", list(base+"/a"), "nothing")
	want(t, "root", strings.Contains(list(""), "judge/"), true)
	ok(t, kv.DeleteMetadata(ctx, base+"/web/us/1"))
	want(t, "a folder with nothing left", list(base+"/web"), "[eu/]")
	subkeys := func(query map[string][]string) string {
		secret, err := client.Logical().ReadWithDataWithContext(ctx, "secret/subkeys/"+base+"/db", query)
		ok(t, err)
		return fmt.Sprint(secret.Data["subkeys"])
	}
	want(t, "subkeys", subkeys(nil), "map[deep:map[down:map[x:<nil>]] list:<nil>]")
	want(t, "two levels", subkeys(map[string][]string{"depth": {"2"}}), "map[deep:map[down:<nil>] list:<nil>]")
	want(t, "one level", subkeys(map[string][]string{"depth": {"1"}}), "map[deep:<nil> list:<nil>]")
	for _, name := range []string{"db", "db/replica", "web/eu/1", "a"} {
		ok(t, kv.DeleteMetadata(ctx, base+"/"+name))
	}
	want(t, "all gone", list(base), "nothing")
}

func TestVaultTokensAndMounts(t *testing.T) {
	ctx := context.Background()
	client := vaultClient(t)
	self, err := client.Auth().Token().LookupSelfWithContext(ctx)
	ok(t, err)
	_, there := self.Data["expire_time"]
	_, numeric := self.Data["ttl"].(json.Number)
	want(t, "lookup-self", fmt.Sprintf("%v %v %v", self.Data["type"], there, numeric), "service true true")
	mount, err := client.Logical().ReadWithContext(ctx, "sys/internal/ui/mounts/secret/some/path")
	ok(t, err)
	want(t, "mount", fmt.Sprintf("%v %v %v", mount.Data["path"], mount.Data["type"], mount.Data["options"]), "secret/ kv map[version:2]")
	all, err := client.Logical().ReadWithContext(ctx, "sys/internal/ui/mounts")
	ok(t, err)
	want(t, "mounts", all.Data["secret"] != nil, true)
	health, err := client.Sys().HealthWithContext(ctx)
	ok(t, err)
	want(t, "health", fmt.Sprint(health.Initialized, health.Sealed, health.Standby), "true false false")

	// As Terraform's provider makes its own.
	renewable := false
	child, err := client.Auth().Token().CreateWithContext(ctx, &api.TokenCreateRequest{DisplayName: "terraform",
		TTL: "20m", ExplicitMaxTTL: "20m", Renewable: &renewable})
	ok(t, err)
	want(t, "child", fmt.Sprint(child.Auth.LeaseDuration, child.Auth.Renewable), "1200 false")
	other := vaultClient(t)
	other.SetToken(child.Auth.ClientToken)
	path := newPath()
	_, err = other.KVv2("secret").Put(ctx, path, map[string]any{"a": 1})
	ok(t, err)
	ok(t, other.KVv2("secret").DeleteMetadata(ctx, path))
	looked, err := client.Auth().Token().LookupWithContext(ctx, child.Auth.ClientToken)
	ok(t, err)
	want(t, "lookup", fmt.Sprintf("%v %v", looked.Data["accessor"], looked.Data["orphan"]), child.Auth.Accessor+" false")
	_, err = client.Auth().Token().LookupWithContext(ctx, child.Auth.ClientToken+"A")
	want(t, "lookup of another text", err != nil, true)
	other.SetToken("okms_nothing")
	_, err = other.Auth().Token().LookupSelfWithContext(ctx)
	want(t, "an invalid token", err != nil, true)
}
