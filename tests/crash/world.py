"""What a customer and the provider can read of a service, as one value that can be compared.

Two reads of one state are equal. Facts that a second run of the same operation makes anew (ids,
times, key material) are replaced by a word for their kind, unless they were in the template.
"""

import base64
import json
import os
import re
import ssl
import time

from support import kmip
from support.service import Site, Unanswered, audit_records

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
LONG = re.compile(r"[A-Za-z0-9_-]{40,}")
PLAINTEXT = base64.b64encode(b"what was there stays there").decode()
AES = ["encrypt", "decrypt", "wrapKey", "unwrapKey"]


class Kmip:
    """One connection to the service's KMIP port, as the customer's application."""

    def __init__(self, site):
        path = os.path.join(site.folder, "app")
        try:
            self._connection = kmip.Connection({
                "kmip": site.endpoints["kmip"], "ca": os.path.join(site.data, "tls", "ca.pem"),
                "client_cert": path + ".pem", "client_key": path + ".key"})
        except (OSError, ssl.SSLError) as error:
            raise Unanswered(f"KMIP: {error!r}") from error

    def ask(self, *operations, **options):
        """(status, reason, payload) of each item."""
        try:
            return self._connection.ask(*operations, **options)
        except (OSError, EOFError) as error:
            raise Unanswered(f"KMIP: {error!r}") from error

    def done(self, *operations, **options):
        """The payloads of what must be done."""
        got = self.ask(*operations, **options)
        assert all(one[0] == kmip.SUCCESS for one in got), got
        return [one[2] for one in got]

    def close(self):
        self._connection.close()


def shown(items):
    """A decoded structure as JSON can have it: dates as text, bytes as hex."""
    found = []
    for tag, kind, value in items:
        if kind == 1:
            value = shown(value)
        elif kind == 9:
            at = time.gmtime(int.from_bytes(value, "big"))
            value = time.strftime("%Y-%m-%dT%H:%M:%SZ", at)
        elif isinstance(value, bytes):
            value = value.hex()
        found.append([f"{tag:06x}", value])
    return found


def make_template(binary, folder):
    """A stopped service with something of each kind; returns its Site."""
    site = Site(binary, folder)
    assert site.init() == 0, "init failed"
    site.start()
    site.bootstrap()
    rest = site.rest()
    keys = site.facts["keys"] = {}

    def make(name, **body):
        made = rest.post(site.keys_path, {"name": name, **body}).expect(201)
        keys[name] = made["id"]

    make("aes", type="oct", size=256, operations=AES)
    make("rsa", type="RSA", size=2048, operations=["sign", "verify"])
    make("ec", type="EC", curve="P-256", operations=["sign", "verify"])
    make("turned", type="oct", size=256, operations=AES)
    turned = f"{site.keys_path}/{keys['turned']}"
    for _ in range(2):
        rest.post(turned + "/rotate").expect(200)
    rest.call("PUT", turned + "/rotation", {"usesMax": 1000}).expect(200)
    for name in ("idle", "gone"):
        make(name, type="oct", size=128, operations=["encrypt", "decrypt"])
        rest.post(f"{site.keys_path}/{keys[name]}/deactivate",
                  {"reason": "superseded"}).expect(204)
    for name in ("db", "app/api", "gone"):
        rest.post(f"/api/{site.domain}/v2/secret", {
            "path": name, "metadata": {"maxVersions": 2},
            "version": {"data": {"value": name}}}).expect(200)
    rest.post(f"/api/{site.domain}/v1/secret/data/db", {
        "data": {"value": "x" * 6000}}).expect(200)
    aes = f"{site.keys_path}/{keys['aes']}"
    facts = site.facts
    facts["ciphertext"] = rest.post(aes + "/encrypt", {"plaintext": PLAINTEXT}).expect(
        200)["ciphertext"]
    facts["datakey"] = rest.post(aes + "/datakey", {"size": 256}).expect(201)["key"]
    client = Kmip(site)
    keys["kmip"] = kmip.find(client.done(kmip.create(
        kmip.attribute("Name", kmip.value_name("kmip")),
        kmip.attribute("x-note", kmip.text("attribute_value", "before"))))[0], "uid")
    client.done(kmip.named("activate", keys["kmip"]))
    client.close()
    for name in ("second", "spare"):
        site.add_identity(name, every_right=True)
        site.add_credential(name, name)
        site.add_token(name, name)
    site.add_identity("bystander")
    facts["claim"] = site.operator().post("/v1/account", {"name": "other"}).expect(201)["claimCode"]
    site.save()
    assert site.stop() == 0, "the template's service did not end well"
    return site


class World:
    """Reads one service; `known` is the text of the template's facts, None for the template."""

    def __init__(self, site, known=None):
        self.site = site
        self.known = known

    def raw(self):
        site, rest = self.site, self.site.rest()
        control, operator = site.control(), site.operator()
        keys = rest.get(site.keys_path + "?state=all&max=100").expect(200)["objects_list"]
        identities = control.get("/v2/identity").expect(200)
        return {
            "domains": control.get("/v2/okms/resource").expect(200),
            "accounts": operator.get("/v1/account").expect(200),
            "identities": identities,
            "tokens": {one["name"]: control.get(f"/v2/identity/{one['id']}/token").expect(200)
                       for one in identities},
            "credentials": control.get(site.domain_path + "/credential").expect(200),
            "keys": {one["id"]: rest.get(f"{site.keys_path}/{one['id']}?format=jwk").expect(200)
                     for one in keys},
            "listed": keys,
            "key versions": {one["id"]: rest.get(f"{site.keys_path}/{one['id']}/version").expect(200)
                         for one in keys},
            **self.secrets(rest),
            "kmip": self.kmip(),
        }

    def kmip(self):
        """What KMIP shows of each object that has a name, and whether its material is there."""
        client = Kmip(self.site)
        found = []
        for uid in kmip.find_all(client.done(("locate",))[0], "uid"):
            shows = client.done(kmip.named("get_attributes", uid))[0]
            listed = client.done(kmip.named("get_attribute_list", uid))[0]
            found.append(json.dumps([shown(shows), kmip.find_all(listed, "attribute_name")]))
        client.close()
        return sorted(self.comparable(found))

    def secrets(self, rest):
        base = f"/api/{self.site.domain}"
        listed = rest.get(base + "/v2/secret").expect(200)
        path = lambda one: f"{base}/v2/secret/" + one["path"].replace("/", "%2F")
        versions = {one["path"]: rest.get(path(one) + "/version").expect(200) for one in listed}
        return {
            "secrets": sorted(listed, key=lambda one: one["path"]),
            "versions": versions,
            "data": {one["path"]: [rest.get(f"{path(one)}/version/{v['id']}?includeData=true").
                                   expect(200) for v in versions[one["path"]]]
                     for one in listed},
            "folders": rest.get(base + "/v1/secret/metadata/?list=true").expect(
                200)["data"]["keys"],
            "secret config": rest.get(base + "/v2/secretConfig").expect(200),
        }

    def facts(self):
        """Everything that can be read, made comparable."""
        return self.comparable(self.raw())

    def comparable(self, value):
        known = self.known or ""

        def text(found):
            for pattern, word in ((UUID, "<id>"), (TIME, "<time>"), (LONG, "<material>")):
                found = pattern.sub(lambda at: at[0] if at[0] in known else word, found)
            return found

        def walk(item):
            if isinstance(item, dict):
                # Endpoints are those of a run, not of the state.
                return {text(name): walk(of) for name, of in item.items()
                        if name not in ("restEndpoint", "kmipEndpoint")}
            if isinstance(item, list):
                return [walk(one) for one in item]
            if isinstance(item, str) and item.startswith("-----BEGIN"):
                return item if json.dumps(item)[1:-1] in known else "<pem>"
            return text(item) if isinstance(item, str) else item

        return walk(value)

    def uses(self):
        """What can be done with it: the status of a use of each key and of each credential."""
        site, rest = self.site, self.site.rest()
        found = {}
        for key in rest.get(site.keys_path + "?state=all&max=100").expect(200)["objects_list"]:
            path = f"{site.keys_path}/{key['id']}"
            if key["name"] == "turned":
                continue  # its uses change it
            if "encrypt" in key["operations"]:
                found[key["name"]] = self.round_trip(rest, path)
            elif "sign" in key["operations"]:
                found[key["name"]] = self.signature(rest, path, key["type"])
        aes = f"{site.keys_path}/{site.facts['keys']['aes']}"
        opened = rest.post(aes + "/decrypt", {"ciphertext": site.facts["ciphertext"]})
        found["ciphertext of before"] = opened.good and opened.json["plaintext"] == PLAINTEXT
        for name, token in site.facts["tokens"].items():
            found[f"token {name}"] = site.control(token["text"]).get("/v2/whoami").status
        for name in site.facts["credentials"]:
            found[f"certificate {name}"] = site.rest(name).get(site.keys_path).status
        return found

    @staticmethod
    def round_trip(rest, path):
        sealed = rest.post(path + "/encrypt", {"plaintext": PLAINTEXT, "context": "c"})
        if not sealed.good:
            return sealed.status
        opened = rest.post(path + "/decrypt",
                           {"ciphertext": sealed.json["ciphertext"], "context": "c"})
        return opened.good and opened.json["plaintext"] == PLAINTEXT

    @staticmethod
    def signature(rest, path, kind):
        body = {"message": PLAINTEXT, "alg": "ES256" if kind == "EC" else "PS256"}
        signed = rest.post(path + "/sign", body)
        if not signed.good:
            return signed.status
        return rest.post(path + "/verify", {**body, **signed.json}).json

    def audit(self):
        """Both logs, the customer's and the provider's: {log: [record]}."""
        return {"customer": audit_records(self.site.control(), self.site.domain_path + "/audit"),
                "provider": audit_records(self.site.operator(), "/v1/audit")}


def gaps(records):
    """Streams that do not count on without a gap, as sentences.

    A stream begins at 1; a part of a log, as one reads it from a time on, where it begins.
    """
    streams = {}
    for record in records:
        streams.setdefault(record["stream"], []).append(record["sequence"])
    return [f"stream {stream} has the sequences {numbers}" for stream, numbers in streams.items()
            if numbers != list(range(numbers[0], numbers[0] + len(numbers)))]


def difference(expected, found, path=""):
    """The first place where two values differ, as a sentence; empty when they are equal."""
    if expected == found:
        return ""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted(set(expected) | set(found)):
            if expected.get(name) != found.get(name):
                return difference(expected.get(name), found.get(name), f"{path}/{name}")
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (one, other) in enumerate(zip(expected, found)):
            if one != other:
                return difference(one, other, f"{path}/{index}")
    return f"{path}: {json.dumps(found)[:300]} where {json.dumps(expected)[:300]} was expected"


def template_text(world):
    """The text in which facts of the template are looked up."""
    return json.dumps(world.raw()) + json.dumps(world.site.facts) + os.path.basename(
        world.site.folder)


def dirty_copy(template, folder):
    """The template after changes and uses whose service was killed: work for the next start."""
    site = template.copy(folder)
    site.start()
    rest = site.rest()
    aes = f"{site.keys_path}/{site.facts['keys']['aes']}"
    for number in range(20):
        rest.call("PATCH", aes, {"name": f"aes {number}"}).expect(200)
        rest.post(aes + "/encrypt", {"plaintext": PLAINTEXT}).expect(200)
    site.kill()
    site.save()
    return site
