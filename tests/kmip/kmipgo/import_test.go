package kmipgo

import (
	"context"
	"testing"

	"github.com/ovh/kmip-go"
	"github.com/ovh/kmip-go/kmipclient"
	"github.com/ovh/kmip-go/payloads"
	"github.com/ovh/kmip-go/ttlv"
)

// importing is the library's request with the object in it, which its own encoding leaves out.
type importing struct{ payloads.ImportRequestPayload }

func (pl *importing) TagEncodeTTLV(e *ttlv.Encoder, tag int) {
	e.Struct(tag, func(e *ttlv.Encoder) {
		e.TagAny(kmip.TagUniqueIdentifier, pl.UniqueIdentifier)
		if pl.ReplaceExisting {
			e.TagAny(kmip.TagReplaceExisting, true)
		}
		e.Any(pl.Attribute)
		e.Any(pl.Object)
	})
}

func imported(client *kmipclient.Client, id string, export *payloads.ExportResponsePayload,
	replace bool) error {
	_, err := client.Request(context.Background(), &importing{payloads.ImportRequestPayload{
		UniqueIdentifier: id, ReplaceExisting: replace, Attribute: export.Attribute,
		Object: export.Object}})
	return err
}

func TestImportAndExport(t *testing.T) {
	since(t, kmip.V1_4, func(t *testing.T, client *kmipclient.Client) {
		key, name := random(t, 32), unique(t)
		made, err := client.Register().
			SymmetricKey(kmip.CryptographicAlgorithmAES, encryptDecrypt, key).WithName(name).Exec()
		good(t, err)
		good(t, active(client, made.UniqueIdentifier))
		export, err := client.Export(made.UniqueIdentifier).Exec()
		good(t, err)
		same(t, "type", export.ObjectType, kmip.ObjectTypeSymmetricKey)
		material, err := export.Object.(*kmip.SymmetricKey).KeyMaterial()
		good(t, err)
		sameBytes(t, "key", material, key)
		id := made.UniqueIdentifier
		refused(t, imported(client, id, export, false), kmip.ResultReasonObjectAlreadyExists)
		_, err = client.Import(id, export.Object).WithAttributes(export.Attribute...).
			WithReplaceExisting(true).Exec()
		refused(t, err, kmip.ResultReasonInvalidMessage) // without the object
		good(t, imported(client, id, export, true))
		again, err := client.Export(made.UniqueIdentifier).Exec()
		good(t, err)
		for i, attribute := range again.Attribute {
			same(t, "attribute", attribute.AttributeName, export.Attribute[i].AttributeName)
			if attribute.AttributeName != kmip.AttributeNameLastChangeDate {
				sameBytes(t, string(attribute.AttributeName), ttlv.MarshalTTLV(attribute),
					ttlv.MarshalTTLV(export.Attribute[i]))
			}
		}
		const elsewhere = "6f0f5f0e-5f3c-4a0e-9d0a-3a1c5f1e0b77"
		good(t, imported(client, elsewhere, export, true))
		moved, err := client.Get(elsewhere).Exec()
		good(t, err)
		material, err = moved.SymmetricKey()
		good(t, err)
		sameBytes(t, "key", material, key)
		_, err = client.Revoke(id).Exec()
		good(t, err)
		_, err = client.Destroy(id).Exec()
		good(t, err)
	})
}
