package kmipgo

import (
	"testing"
	"time"

	"github.com/ovh/kmip-go"
	"github.com/ovh/kmip-go/kmipclient"
	"github.com/ovh/kmip-go/payloads"
	"github.com/ovh/kmip-go/ttlv"
)

// The first version of an attribute that is younger than 1.0, and the last one of those that left.
var firstVersion = map[kmip.AttributeName]kmip.ProtocolVersion{
	kmip.AttributeNameCertificateLength:         kmip.V1_1,
	kmip.AttributeNameFresh:                     kmip.V1_1,
	kmip.AttributeNameX509CertificateIdentifier: kmip.V1_1,
	kmip.AttributeNameX509CertificateSubject:    kmip.V1_1,
	kmip.AttributeNameX509CertificateIssuer:     kmip.V1_1,
	kmip.AttributeNameDigitalSignatureAlgorithm: kmip.V1_1,
	kmip.AttributeNameAlternativeName:           kmip.V1_2,
	kmip.AttributeNameKeyValuePresent:           kmip.V1_2,
	kmip.AttributeNameKeyValueLocation:          kmip.V1_2,
	kmip.AttributeNameOriginalCreationDate:      kmip.V1_2,
	kmip.AttributeNameRandomNumberGenerator:     kmip.V1_3,
	kmip.AttributeNamePKCS_12FriendlyName:       kmip.V1_4,
	kmip.AttributeNameDescription:               kmip.V1_4,
	kmip.AttributeNameComment:                   kmip.V1_4,
	kmip.AttributeNameSensitive:                 kmip.V1_4,
	kmip.AttributeNameAlwaysSensitive:           kmip.V1_4,
	kmip.AttributeNameExtractable:               kmip.V1_4,
	kmip.AttributeNameNeverExtractable:          kmip.V1_4,
}

// all gives every attribute of the object; each one must be known to the version and the list.
func all(t *testing.T, client *kmipclient.Client, id string) map[kmip.AttributeName][]any {
	t.Helper()
	answer, err := client.GetAttributes(id).Exec()
	good(t, err)
	list, err := client.GetAttributeList(id).Exec()
	good(t, err)
	listed := map[kmip.AttributeName]bool{}
	for _, name := range list.AttributeName {
		same(t, "listed twice: "+string(name), listed[name], false)
		listed[name] = true
	}
	found := map[kmip.AttributeName][]any{}
	for _, attribute := range answer.Attribute {
		name := attribute.AttributeName
		if first, young := firstVersion[name]; young && !at(client, first) {
			t.Fatalf("%s is not known at %v", name, client.Version())
		}
		same(t, "listed: "+string(name), listed[name], true)
		found[name] = append(found[name], attribute.AttributeValue)
	}
	same(t, "names", len(found), len(listed))
	return found
}

// custom gives what an attribute holds that only the client knows the type of.
func custom(attribute any) any {
	if wrapped, is := attribute.(ttlv.Value); is {
		return wrapped.Value
	}
	return attribute
}

func TestAttributesOfEveryKindOfObject(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		began := time.Now().Truncate(time.Second)
		made, err := client.Create().AES(256, encryptDecrypt).WithName(unique(t)).
			WithAttribute(kmip.AttributeNameObjectGroup, "group one").
			WithAttribute(kmip.AttributeNameContactInformation, "the owner").
			WithAttribute("x-note", "of the client").
			WithAttribute("x-number", int32(-7)).
			WithAttribute(kmip.AttributeNameApplicationSpecificInformation,
				kmip.ApplicationSpecificInformation{ApplicationNamespace: "ssl",
					ApplicationData: "www.example.com"}).
			WithUsageLimit(1000, kmip.UsageLimitsUnitByte).Exec()
		good(t, err)
		found := all(t, client, made.UniqueIdentifier)
		same(t, "type", found[kmip.AttributeNameObjectType][0], any(kmip.ObjectTypeSymmetricKey))
		same(t, "length", found[kmip.AttributeNameCryptographicLength][0], any(int32(256)))
		same(t, "algorithm", found[kmip.AttributeNameCryptographicAlgorithm][0],
			any(kmip.CryptographicAlgorithmAES))
		same(t, "mask", found[kmip.AttributeNameCryptographicUsageMask][0], any(encryptDecrypt))
		same(t, "state", found[kmip.AttributeNameState][0], any(kmip.StatePreActive))
		same(t, "group", found[kmip.AttributeNameObjectGroup][0], any("group one"))
		same(t, "contact", found[kmip.AttributeNameContactInformation][0], any("the owner"))
		same(t, "x-note", custom(found["x-note"][0]), any("of the client"))
		same(t, "x-number", custom(found["x-number"][0]), any(int32(-7)))
		limits := found[kmip.AttributeNameUsageLimits][0].(kmip.UsageLimits)
		same(t, "limit", limits.UsageLimitsTotal, 1000)
		same(t, "left", *limits.UsageLimitsCount, 1000)
		initial := found[kmip.AttributeNameInitialDate][0].(time.Time)
		same(t, "Initial Date", initial.Before(began.Add(-time.Second)), false)

		pair, err := client.CreateKeyPair().RSA(2048, kmip.CryptographicUsageSign,
			kmip.CryptographicUsageVerify).Exec()
		good(t, err)
		for kind, id := range map[kmip.LinkType]string{
			kmip.LinkTypePublicKeyLink:  pair.PrivateKeyUniqueIdentifier,
			kmip.LinkTypePrivateKeyLink: pair.PublicKeyUniqueIdentifier} {
			link := all(t, client, id)[kmip.AttributeNameLink][0].(kmip.Link)
			same(t, "link", link.LinkType, kind)
		}
		curve, err := client.CreateKeyPair().ECDSA(kmip.RecommendedCurveP_256,
			kmip.CryptographicUsageSign, kmip.CryptographicUsageVerify).Exec()
		good(t, err)
		all(t, client, curve.PrivateKeyUniqueIdentifier)
		all(t, client, curve.PublicKeyUniqueIdentifier)
		cert, _ := certificate(t, unique(t))
		kept, err := client.Register().X509Certificate(cert).Exec()
		good(t, err)
		all(t, client, kept.UniqueIdentifier)
		secret, err := client.Register().SecretString(kmip.SecretDataTypePassword, "x").Exec()
		good(t, err)
		all(t, client, secret.UniqueIdentifier)
		opaque, err := client.Register().Object(&kmip.OpaqueObject{
			OpaqueDataType: 0x80000001, OpaqueDataValue: []byte("anything")}).Exec()
		good(t, err)
		all(t, client, opaque.UniqueIdentifier)
	})
}

func TestAttributeChanges(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		made, err := client.Create().AES(128, encryptDecrypt).Exec()
		good(t, err)
		id := made.UniqueIdentifier
		for _, text := range []string{"first", "second"} {
			added, err := client.AddAttribute(id, "x-list", text).Exec()
			good(t, err)
			same(t, "identifier", added.UniqueIdentifier, id)
			same(t, "added", custom(added.Attribute.AttributeValue), any(text))
		}
		same(t, "instances", len(all(t, client, id)["x-list"]), 2)
		modify := client.ModifyAttribute(id, "x-list", "changed")
		index := int32(1)
		modify.RequestPayload().Attribute.AttributeIndex = &index
		modified, err := modify.Exec()
		good(t, err)
		same(t, "modified", custom(modified.Attribute.AttributeValue), any("changed"))
		same(t, "index", *modified.Attribute.AttributeIndex, 1)
		remove := client.DeleteAttribute(id, "x-list")
		index = 0
		remove.RequestPayload().AttributeIndex = &index
		removed, err := remove.Exec()
		good(t, err)
		same(t, "deleted", custom(removed.Attribute.AttributeValue), any("first"))
		left := all(t, client, id)["x-list"]
		same(t, "left", len(left), 1)
		same(t, "left", custom(left[0]), any("changed"))
		name := unique(t)
		_, err = client.AddAttribute(id, kmip.AttributeNameName,
			kmip.Name{NameValue: name, NameType: kmip.NameTypeUninterpretedTextString}).Exec()
		good(t, err)
		found, err := client.Locate().WithName(name).Exec()
		good(t, err)
		same(t, "found by its new name", len(found.UniqueIdentifier), 1)
		_, err = client.ModifyAttribute(id, kmip.AttributeNameState, kmip.StateActive).Exec()
		refused(t, err, kmip.ResultReasonPermissionDenied)
	})
}

func TestAttributesOfTheirVersion(t *testing.T) {
	texts := map[kmip.AttributeName]any{
		kmip.AttributeNameComment:             "a comment",
		kmip.AttributeNameDescription:         "a description",
		kmip.AttributeNamePKCS_12FriendlyName: "a friend",
		kmip.AttributeNameAlternativeName: kmip.AlternativeName{
			AlternativeNameValue: "kmip.example.com",
			AlternativeNameType:  kmip.AlternativeNameTypeDNSName},
	}
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		made, err := client.Create().AES(128, encryptDecrypt).Exec()
		good(t, err)
		for name, text := range texts {
			_, err := client.AddAttribute(made.UniqueIdentifier, name, text).Exec()
			if !at(client, firstVersion[name]) {
				refused(t, err, kmip.ResultReasonInvalidField)
				continue
			}
			good(t, err)
			same(t, string(name), value(t, client, made.UniqueIdentifier, name), text)
		}
	})
}

func TestLocate(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		group := unique(t)
		var ids []string
		for range 5 {
			made, err := client.Create().AES(128, encryptDecrypt).
				WithAttribute(kmip.AttributeNameObjectGroup, group).Exec()
			good(t, err)
			ids = append(ids, made.UniqueIdentifier)
		}
		locate := func() kmipclient.ExecLocate {
			return client.Locate().WithAttribute(kmip.AttributeNameObjectGroup, group)
		}
		found, err := locate().Exec()
		good(t, err)
		same(t, "found", len(found.UniqueIdentifier), 5)
		same(t, "newest first", found.UniqueIdentifier[0], ids[4])
		found, err = locate().WithMaxItems(2).Exec()
		good(t, err)
		same(t, "at most", len(found.UniqueIdentifier), 2)
		if at(client, kmip.V1_3) {
			found, err = locate().WithMaxItems(3).WithOffset(3).Exec()
			good(t, err)
			same(t, "after the offset", len(found.UniqueIdentifier), 2)
			same(t, "Located Items", *found.LocatedItems, 5)
		}
		if at(client, kmip.V1_1) {
			_, err = client.Get(ids[0]).Exec()
			good(t, err)
			found, err = locate().WithObjectGroupMember(kmip.ObjectGroupMemberFresh).Exec()
			good(t, err)
			same(t, "fresh", len(found.UniqueIdentifier), 4)
		}
		_, err = client.Archive(ids[1]).Exec()
		good(t, err)
		found, err = locate().WithStorageStatusMask(kmip.StorageStatusArchivalStorage).Exec()
		good(t, err)
		same(t, "archived", len(found.UniqueIdentifier), 1)
		same(t, "archived", found.UniqueIdentifier[0], ids[1])
		found, err = locate().WithAttribute(kmip.AttributeNameState, kmip.StateActive).Exec()
		good(t, err)
		same(t, "active", len(found.UniqueIdentifier), 0)
		good(t, active(client, ids[2]))
		found, err = locate().WithAttribute(kmip.AttributeNameState, kmip.StateActive).Exec()
		good(t, err)
		same(t, "active", len(found.UniqueIdentifier), 1)
		_, err = client.Locate().WithAttribute("No Such Attribute", "x").Exec()
		refused(t, err, kmip.ResultReasonInvalidField)
	})
}

func TestBatch(t *testing.T) {
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		answers, err := client.Create().AES(256, encryptDecrypt).
			Then(func(client *kmipclient.Client) kmipclient.PayloadBuilder {
				return client.Activate("")
			}).
			Then(func(client *kmipclient.Client) kmipclient.PayloadBuilder {
				return client.GetAttributes("", kmip.AttributeNameState)
			}).Exec()
		good(t, err)
		for _, answer := range answers {
			good(t, answer.Err())
		}
		state := answers[2].ResponsePayload.(*payloads.GetAttributesResponsePayload)
		same(t, "state", state.Attribute[0].AttributeValue, any(kmip.StateActive))

		name := unique(t)
		broken := func(option kmip.BatchErrorContinuationOption) kmipclient.BatchResult {
			result, err := client.Create().AES(256, encryptDecrypt).WithName(name).
				Then(func(client *kmipclient.Client) kmipclient.PayloadBuilder {
					return client.Get("f1c7a1d2-0000-4000-8000-000000000000")
				}).
				Then(func(client *kmipclient.Client) kmipclient.PayloadBuilder {
					return client.GetAttributeList("")
				}).Exec(kmipclient.OnBatchErr(option))
			good(t, err)
			return result
		}
		undone := broken(kmip.BatchErrorContinuationOptionUndo)
		same(t, "undone", undone[0].ResultStatus, kmip.ResultStatusOperationUndone)
		found, err := client.Locate().WithName(name).Exec()
		good(t, err)
		same(t, "left of what was undone", len(found.UniqueIdentifier), 0)
		stopped := broken(kmip.BatchErrorContinuationOptionStop)
		good(t, stopped[0].Err())
		refused(t, stopped[1].Err(), kmip.ResultReasonItemNotFound)
		refused(t, stopped[2].Err(), kmip.ResultReasonOperationCanceledByRequester)
		continued := broken(kmip.BatchErrorContinuationOptionContinue)
		refused(t, continued[1].Err(), kmip.ResultReasonItemNotFound)
		good(t, continued[2].Err())
	})
}

func TestStrangers(t *testing.T) {
	site := connect(t)
	since(t, kmip.V1_0, func(t *testing.T, client *kmipclient.Client) {
		made, err := client.Create().AES(256, encryptDecrypt).Exec()
		good(t, err)
		stranger := dialAs(t, client.Version(), site.StrangerCert, site.StrangerKey)
		_, err = stranger.Get(made.UniqueIdentifier).Exec()
		refused(t, err, kmip.ResultReasonPermissionDenied)
		other := dialAs(t, client.Version(), site.OtherCert, site.OtherKey)
		_, err = other.Get(made.UniqueIdentifier).Exec()
		refused(t, err, kmip.ResultReasonItemNotFound)
	})
}
