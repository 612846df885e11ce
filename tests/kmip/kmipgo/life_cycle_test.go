package kmipgo

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/ovh/kmip-go"
	"github.com/ovh/kmip-go/kmipclient"
)

func state(t *testing.T, client *kmipclient.Client, id string) kmip.State {
	t.Helper()
	return value(t, client, id, kmip.AttributeNameState).(kmip.State)
}

func TestLifeCycle(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		made, err := client.Create().AES(256, encryptDecrypt).Exec()
		good(t, err)
		id := made.UniqueIdentifier
		same(t, "state", state(t, client, id), kmip.StatePreActive)
		good(t, active(client, id))
		same(t, "state", state(t, client, id), kmip.StateActive)
		_, err = client.Destroy(id).Exec()
		refused(t, err, kmip.ResultReasonPermissionDenied)
		_, err = client.Revoke(id).WithRevocationReasonCode(kmip.RevocationReasonCodeSuperseded).
			WithRevocationMessage("there is a newer one").Exec()
		good(t, err)
		same(t, "state", state(t, client, id), kmip.StateDeactivated)
		reason := value(t, client, id, kmip.AttributeNameRevocationReason).(kmip.RevocationReason)
		same(t, "reason", reason.RevocationReasonCode, kmip.RevocationReasonCodeSuperseded)
		same(t, "message", reason.RevocationMessage, "there is a newer one")
		_, err = client.Destroy(id).Exec()
		good(t, err)
		same(t, "state", state(t, client, id), kmip.StateDestroyed)
		_, err = client.Get(id).Exec()
		refused(t, err, kmip.ResultReasonItemNotFound)
	})
}

func TestCompromise(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		made, err := client.Create().AES(256, encryptDecrypt).Exec()
		good(t, err)
		when := time.Now().Add(-time.Hour).Truncate(time.Second)
		_, err = client.Revoke(made.UniqueIdentifier).
			WithRevocationReasonCode(kmip.RevocationReasonCodeKeyCompromise).
			WithCompromiseOccurrenceDate(when).Exec()
		good(t, err)
		same(t, "state", state(t, client, made.UniqueIdentifier), kmip.StateCompromised)
		occurred := value(t, client, made.UniqueIdentifier,
			kmip.AttributeNameCompromiseOccurrenceDate).(time.Time)
		same(t, "occurred", occurred.Unix(), when.Unix())
		_, err = client.ObtainLease(made.UniqueIdentifier).Exec()
		refused(t, err, kmip.ResultReasonPermissionDenied)
		_, err = client.Destroy(made.UniqueIdentifier).Exec()
		good(t, err)
		same(t, "state", state(t, client, made.UniqueIdentifier), kmip.StateDestroyedCompromised)
	})
}

func TestArchive(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		made, err := client.Create().AES(256, encryptDecrypt).Exec()
		good(t, err)
		_, err = client.Archive(made.UniqueIdentifier).Exec()
		good(t, err)
		_, err = client.Get(made.UniqueIdentifier).Exec()
		refused(t, err, kmip.ResultReasonObjectArchived)
		_, err = client.Recover(made.UniqueIdentifier).Exec()
		good(t, err)
		_, err = client.Get(made.UniqueIdentifier).Exec()
		good(t, err)
	})
}

func TestLeaseAndAllocation(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		made, err := client.Create().AES(256, encryptDecrypt).
			WithUsageLimit(100, kmip.UsageLimitsUnitByte).
			WithAttribute(kmip.AttributeNameActivationDate, time.Now()).Exec()
		good(t, err)
		lease, err := client.ObtainLease(made.UniqueIdentifier).Exec()
		good(t, err)
		leased := value(t, client, made.UniqueIdentifier, kmip.AttributeNameLeaseTime)
		same(t, "lease", any(lease.LeaseTime), leased)
		_, err = client.GetUsageAllocation(made.UniqueIdentifier, 60).Exec()
		good(t, err)
		limits := value(t, client, made.UniqueIdentifier,
			kmip.AttributeNameUsageLimits).(kmip.UsageLimits)
		same(t, "left", *limits.UsageLimitsCount, 40)
		_, err = client.GetUsageAllocation(made.UniqueIdentifier, 41).Exec()
		refused(t, err, kmip.ResultReasonPermissionDenied)
	})
}

func linked(t *testing.T, client *kmipclient.Client, id string, kind kmip.LinkType) string {
	t.Helper()
	answer, err := client.GetAttributes(id, kmip.AttributeNameLink).Exec()
	good(t, err)
	for _, attribute := range answer.Attribute {
		if link := attribute.AttributeValue.(kmip.Link); link.LinkType == kind {
			return link.LinkedObjectIdentifier
		}
	}
	return ""
}

func TestRekey(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		name := unique(t)
		old, err := client.Create().AES(256, encryptDecrypt).WithName(name).Exec()
		good(t, err)
		good(t, active(client, old.UniqueIdentifier))
		next, err := client.Rekey(old.UniqueIdentifier).WithOffset(0).Exec()
		good(t, err)
		same(t, "another key", next.UniqueIdentifier == old.UniqueIdentifier, false)
		same(t, "replaced by", linked(t, client, old.UniqueIdentifier,
			kmip.LinkTypeReplacementObjectLink), next.UniqueIdentifier)
		same(t, "in place of", linked(t, client, next.UniqueIdentifier,
			kmip.LinkTypeReplacedObjectLink), old.UniqueIdentifier)
		found, err := client.Locate().WithName(name).Exec()
		good(t, err)
		same(t, "of that name", len(found.UniqueIdentifier), 1)
		same(t, "of that name", found.UniqueIdentifier[0], next.UniqueIdentifier)
		same(t, "the old state", state(t, client, old.UniqueIdentifier), kmip.StateActive)
		digests := map[string]bool{}
		for _, id := range []string{old.UniqueIdentifier, next.UniqueIdentifier} {
			got, err := client.Get(id).Exec()
			good(t, err)
			key, err := got.SymmetricKey()
			good(t, err)
			sum := sha256.Sum256(key)
			digests[string(sum[:])] = true
		}
		same(t, "different keys", len(digests), 2)
	})
}

func TestRekeyKeyPair(t *testing.T) {
	since(t, kmip.V1_1, func(t *testing.T, client *kmipclient.Client) {
		old, err := client.CreateKeyPair().ECDSA(kmip.RecommendedCurveP_256,
			kmip.CryptographicUsageSign, kmip.CryptographicUsageVerify).Exec()
		good(t, err)
		next, err := client.RekeyKeyPair(old.PrivateKeyUniqueIdentifier).Exec()
		good(t, err)
		same(t, "private", linked(t, client, old.PrivateKeyUniqueIdentifier,
			kmip.LinkTypeReplacementObjectLink), next.PrivateKeyUniqueIdentifier)
		same(t, "public", linked(t, client, old.PublicKeyUniqueIdentifier,
			kmip.LinkTypeReplacementObjectLink), next.PublicKeyUniqueIdentifier)
		same(t, "of the pair", linked(t, client, next.PrivateKeyUniqueIdentifier,
			kmip.LinkTypePublicKeyLink), next.PublicKeyUniqueIdentifier)
	})
}
