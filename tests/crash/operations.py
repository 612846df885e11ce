"""The operations at whose every failpoint the service is killed."""

import base64
import os
from dataclasses import dataclass
from typing import Callable

from crash.world import AES, PLAINTEXT, Kmip
from support import kmip
from support.service import Reply


@dataclass(frozen=True)
class Operation:
    name: str
    row: str             # the name under which the audit knows it
    act: Callable        # act(site) sends it and returns the Reply
    changes: bool = True
    log: str = "customer"


def jwk():
    material = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    return {"kty": "oct", "k": material, "alg": "A256GCM", "key_ops": ["encrypt", "decrypt"]}


def key_call(key, path, body=None, method="POST"):
    return lambda site: site.rest().call(
        method, f"{site.keys_path}/{site.facts['keys'][key]}{path}", body)


def create(**body):
    return lambda site: site.rest().post(site.keys_path, {"name": "made", **body})


def secret_call(path, body=None, method="POST"):
    return lambda site: site.rest().call(method, f"/api/{site.domain}{path}", body)


def identity_path(site, name):
    return f"/v2/identity/{site.facts['identities'][name]['id']}"


def kmip_call(operations, **options):
    """One message; its worst item stands for it: what is no fault of the caller's is a 500."""
    def act(site):
        client = Kmip(site)
        got = client.ask(*operations(site), **options)
        client.close()
        worst = next((one for one in got if one[0] == kmip.FAILED), got[0])
        status = {kmip.SUCCESS: 200}.get(worst[0], 500 if worst[1] == kmip.GENERAL else 400)
        return Reply(status, repr(got).encode())
    return act


def kmip_name(name):
    return kmip.attribute("Name", kmip.value_name(name))


def key_pair():
    def one(tag, *attributes):
        return kmip.structure(tag, *attributes)

    def mask(bits):
        return kmip.attribute("Cryptographic Usage Mask", kmip.integer("attribute_value", bits))

    return ("create_key_pair",
            one("common",
                kmip.attribute("Cryptographic Algorithm", kmip.enumeration("attribute_value", 6)),
                kmip.attribute("Cryptographic Length", kmip.integer("attribute_value", 256))),
            one("private_template", kmip_name("made-private"), mask(1)),
            one("public_template", kmip_name("made-public"), mask(2)))


def undo_batch(site):
    """Three objects made, one changed, one re-keyed: as one, or not at all."""
    old = site.facts["keys"]["kmip"]
    return [kmip.create(kmip_name("made-1")), key_pair(),
            kmip.named("add_attribute", old, kmip.attribute(
                "x-mark", kmip.text("attribute_value", "marked"))),
            kmip.create(kmip_name("made-2")), ("activate",)]


def kmip_operations():
    def add(name, row, operations, **options):
        return Operation(name, row, kmip_call(operations, **options))

    return [
        add("KMIP Create", "kmip.create", lambda site: [kmip.create(kmip_name("made"))]),
        add("KMIP Create Key Pair", "kmip.createKeyPair", lambda site: [key_pair()]),
        add("KMIP Re-key", "kmip.rekey",
            lambda site: [kmip.named("rekey", site.facts["keys"]["kmip"])]),
        add("KMIP Undo batch", "kmip.addAttribute", undo_batch, continuation=3),
    ]


def change_operations():
    def add(name, row, act, log="customer"):
        return Operation(name, row, act, True, log)

    return [
        add("create an AES key", "serviceKey.create",
            create(type="oct", size=256, operations=AES)),
        add("create an RSA key", "serviceKey.create",
            create(type="RSA", size=2048, operations=["sign", "verify"])),
        add("create an EC key", "serviceKey.create",
            create(type="EC", curve="P-384", operations=["sign", "verify"])),
        add("import a key", "serviceKey.import",
            lambda site: site.rest().post(site.keys_path, {"name": "made", "keys": [jwk()]})),
        add("update a key", "serviceKey.update",
            key_call("aes", "", {"name": "renamed"}, "PATCH")),
        add("deactivate a key", "serviceKey.deactivate",
            key_call("ec", "/deactivate", {"reason": "superseded"})),
        add("deactivate a key as compromised", "serviceKey.deactivate",
            key_call("rsa", "/deactivate", {"reason": "key_compromise"})),
        add("activate a key", "serviceKey.activate", key_call("idle", "/activate")),
        add("rotate an AES key", "serviceKey.rotate", key_call("aes", "/rotate")),
        add("rotate an EC key", "serviceKey.rotate", key_call("ec", "/rotate")),
        add("rotate by a use", "serviceKey.encrypt",
            key_call("turned", "/encrypt", {"plaintext": PLAINTEXT})),
        add("destroy a version", "serviceKey.version.delete",
            key_call("turned", "/version/1", None, "DELETE")),
        add("schedule rotation", "serviceKey.rotation.update",
            key_call("aes", "/rotation", {"periodDays": 90}, "PUT")),
        add("delete a key", "serviceKey.delete", key_call("gone", "", None, "DELETE")),
        add("create a secret in a new folder", "secret.create",
            secret_call("/v2/secret", {"path": "new/deep/one", "version": {"data": {"a": 1}}})),
        add("write a version that drops one", "secret.put",
            secret_call("/v2/secret/db?cas=2", {"version": {"data": {"value": "y" * 6000}}}, "PUT")),
        add("write a secret by KV2", "secret.kv.write",
            secret_call("/v1/secret/data/app/other", {"data": {"a": 1}, "options": {"cas": 0}})),
        add("patch a secret", "secret.kv.patch",
            secret_call("/v1/secret/data/app/api", {"data": {"more": 2}}, "PATCH")),
        add("deactivate a version", "secret.version.deactivate",
            secret_call("/v2/secret/db/version/2", {"state": "deactivated"}, "PUT")),
        add("delete a version's data", "secret.version.delete",
            secret_call("/v2/secret/db/version/2", {"state": "deleted"}, "PUT")),
        add("change a secret's metadata", "secret.kv.putMetadata",
            secret_call("/v1/secret/metadata/db", {"max_versions": 5})),
        add("delete a secret", "secret.delete", secret_call("/v2/secret/gone", None, "DELETE")),
        add("change the settings for secrets", "secretConfig.update",
            secret_call("/v2/secretConfig", {"maxVersions": 7}, "PUT")),
        add("create a credential", "credential.create",
            lambda site: site.control().post(site.domain_path + "/credential", {
                "name": "made", "identityURNs": [site.facts["identities"]["app"]["urn"]]})),
        add("revoke a credential", "credential.revoke",
            lambda site: site.control().call(
                "DELETE", f"{site.domain_path}/credential/{site.facts['credentials']['spare']}")),
        add("create a token", "token.create",
            lambda site: site.control().post(identity_path(site, "app") + "/token",
                                             {"name": "made", "domain": site.domain})),
        add("revoke a token", "token.revoke",
            lambda site: site.control().call(
                "DELETE", identity_path(site, "spare") + "/token/" +
                site.facts["tokens"]["spare"]["id"])),
        add("create an identity", "identity.create",
            lambda site: site.control().post("/v2/identity", {"name": "made"})),
        add("update an identity", "identity.update",
            lambda site: site.control().call("PUT", identity_path(site, "second"),
                                             {"grants": [], "description": "nothing any more"})),
        add("switch an identity off", "identity.update",
            lambda site: site.control().call("PUT", identity_path(site, "second"),
                                             {"disabled": True})),
        add("delete an identity", "identity.delete",
            lambda site: site.control().call("DELETE", identity_path(site, "bystander"))),
        add("create an account", "account.create",
            lambda site: site.operator().post("/v1/account", {"name": "made"}), "provider"),
        add("invite an operator", "operator.create",
            lambda site: site.operator().post("/v1/operator", {"name": "made"}), "provider"),
        add("claim an account", "claim.redeem",
            lambda site: site.client("control").post("/v1/claim", {"code": site.facts["claim"]}),
            "provider"),
        add("create a domain", "domain.create",
            lambda site: site.control().post("/v2/okms/resource",
                                             {"region": "local", "name": "made"})),
    ]


def use_operations():
    def add(name, row, act):
        return Operation(name, row, act, False)

    message = {"message": PLAINTEXT}
    return [
        add("encrypt", "serviceKey.encrypt", key_call("aes", "/encrypt", {"plaintext": PLAINTEXT})),
        add("decrypt", "serviceKey.decrypt",
            lambda site: key_call(
                "aes", "/decrypt", {"ciphertext": site.facts["ciphertext"]})(site)),
        add("re-encrypt", "serviceKey.reEncrypt",
            lambda site: key_call(
                "aes", "/reencrypt", {"ciphertext": site.facts["ciphertext"]})(site)),
        add("a batch", "serviceKey.encrypt",
            lambda site: site.rest().post(f"/api/{site.domain}/v1/batch", {
                "operation": "encrypt", "keyId": site.facts["keys"]["aes"],
                "items": [{"plaintext": PLAINTEXT}]})),
        add("make a data key", "serviceKey.dataKey.create",
            key_call("aes", "/datakey", {"size": 256})),
        add("open a data key", "serviceKey.dataKey.decrypt",
            lambda site: key_call("aes", "/datakey/decrypt", {"key": site.facts["datakey"]})(site)),
        add("sign with RSA", "serviceKey.sign",
            key_call("rsa", "/sign", {**message, "alg": "PS256"})),
        add("sign with EC", "serviceKey.sign",
            key_call("ec", "/sign", {**message, "alg": "ES256"})),
        add("verify", "serviceKey.verify",
            key_call("ec", "/verify", {**message, "alg": "ES256", "signature": PLAINTEXT})),
        add("read a secret", "secret.read",
            secret_call("/v2/secret/db?includeData=true", None, "GET")),
        add("read a secret by KV2", "secret.kv.read",
            secret_call("/v1/secret/data/app/api", None, "GET")),
        add("get a key", "serviceKey.get", key_call("aes", "", None, "GET")),
        add("random bytes", "random.get",
            lambda site: site.rest().get(f"/api/{site.domain}/v1/random?length=32")),
    ]
