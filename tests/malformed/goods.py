"""The good request of each operation that malformed ones are made from."""
import base64
import uuid

from variants import Good
from world import AES


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


PLAIN_JWK = {"kty": "oct", "k": b64url(bytes(range(32))), "alg": "A256GCM", "kid": "mine"}
LONG_BASE64 = b64(bytes(4098))          # 5,464 characters are the bound, and are 4,096 bytes


def service_keys(world):
    ours, app = world.ours, world.app
    keys = world.keys
    root = f"/api/{ours.domain}/v1/servicekey"
    aes, rsa, ec = (f"{root}/{keys[k]}" for k in ("aes", "rsa", "ec"))
    post = lambda path, body: app.need("rest", "POST", path, body)
    encrypted = post(aes + "/encrypt", {"plaintext": b64(b"good"), "context": "c"})["ciphertext"]
    data_key = post(aes + "/datakey", {"size": 256})["key"]
    message = {"message": b64(b"a message"), "alg": "RS256", "isdigest": False}
    signature = post(rsa + "/sign", message)["signature"]
    jws = post(ec + "/sign?format=jws", {"message": b64(b"m"), "alg": "ES256"})["signature"]
    export = (f"?wrappingKeyId={keys['transport']}&wrappedKeyFormat=RAW"
              "&wrappingAlgorithm=RSA-OAEP-256")
    wrapped = app.need("rest", "GET", aes + export)["wrappedKeys"][0]["ciphertext"]
    ids = lambda *kinds: (ours.domain, *(keys[k] for k in kinds))

    def new_key(deactivated):
        key = ours.key(app, **AES)
        if deactivated:
            post(f"{root}/{key}/deactivate", {"reason": "unspecified"})
        return key

    # What changes a key gets one of its own: a request changed at random may be a good one.
    victim = new_key(False)
    changing = f"{root}/{victim}"

    def once(good, deactivated):
        good.once = lambda: good.path.replace(victim, new_key(deactivated))
        good.ids = (ours.domain, victim)
        return good

    yield Good("serviceKey.create", "rest", "POST", root, "?format=jwk", {
        "name": "made", "context": "c", "type": "oct", "size": 256, "extractable": False,
        "operations": ["encrypt", "decrypt"]}, 201, integers=("size",),
        bounds=(("name", "n" * 33), ("name", ""), ("name", "é" * 33), ("context", "c" * 65),
                ("operations", []), ("operations", ["encrypt", "fly"]), ("operations", ["encrypt"] * 33),
                ("size", 255), ("size", 64), ("size", 512), ("size", 257), ("type", "OCT"), ("type", "DSA"),
                ("type", "")),
        queries=(("format", None),), ids=(ours.domain,))
    yield Good("serviceKey.create (EC)", "rest", "POST", root, "", {
        "name": "made", "type": "EC", "curve": "P-256", "operations": ["sign", "verify"]}, 201,
        bounds=(("curve", "P-999"), ("curve", ""), ("curve", "p-256"), ("operations", ["encrypt"])),
        ids=(ours.domain,))
    yield Good("serviceKey.import (plain)", "rest", "POST", root, "", {
        "name": "brought", "keys": [PLAIN_JWK]}, 201,
        bounds=(("keys", []), ("keys", [PLAIN_JWK, PLAIN_JWK]), ("keys", [{}]),
                ("keys", [{**PLAIN_JWK, "k": "AA"}]), ("keys", [{**PLAIN_JWK, "k": ""}]),
                ("keys", [{**PLAIN_JWK, "k": PLAIN_JWK["k"] + "="}]),
                ("keys", [{**PLAIN_JWK, "k": "!" * 43}]), ("keys", [{**PLAIN_JWK, "kty": "DSA"}]),
                ("keys", [{"kty": "RSA", "n": "AA", "e": "AQAB"}]),
                ("keys", [{"kty": "RSA", "n": "_" * 342, "e": "AA"}]),
                ("keys", [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]),
                ("keys", [{"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}])),
        ids=(ours.domain,))
    yield Good("serviceKey.import (wrapped)", "rest", "POST", root, "", {
        "name": "brought", "wrappedKeys": [{"keyFormatType": "RAW", "ciphertext": wrapped,
                                            "wrappingKeyId": keys["transport"]}]}, 201,
        bounds=(("wrappedKeys", []), ("wrappedKeys", [{}]),
                ("wrappedKeys", [{"keyFormatType": "RAW", "wrappingKeyId": "x", "ciphertext": "x"}]),
                ("wrappedKeys", [{"keyFormatType": "RAW", "wrappingKeyId": keys["transport"],
                                  "ciphertext": "x" * 5001}])),
        ids=(ours.domain,))
    yield Good("serviceKey.list", "rest", "GET", root, "",
               queries=(("state", None), ("max", ("9", "101", *range_words())),
                        ("continuation-token", None)), ids=(ours.domain,))
    yield Good("serviceKey.get", "rest", "GET", aes, "", queries=(("format", None),),
               ids=ids("aes"))
    yield Good("serviceKey.export", "rest", "GET", aes, export,
               queries=(("wrappingKeyId", None), ("wrappedKeyFormat", None),
                        ("wrappingAlgorithm", None)), ids=ids("aes"))
    yield Good("serviceKey.update", "rest", "PATCH", changing, "",
               {"name": "renamed", "extractable": True},
               bounds=(("name", "n" * 33), ("name", "")), ids=(ours.domain, victim))
    yield once(Good("serviceKey.delete", "rest", "DELETE", changing, status=204), True)
    yield once(Good("serviceKey.activate", "rest", "POST", changing + "/activate", status=204),
               True)
    yield once(Good("serviceKey.deactivate", "rest", "POST", changing + "/deactivate", "",
                    {"reason": "unspecified"}, 204,
                    bounds=(("reason", "x"), ("reason", ""), ("reason", "UNSPECIFIED"),
                            ("reason", "key-compromise"))), False)
    yield Good("serviceKey.encrypt", "rest", "POST", aes + "/encrypt", "",
               {"plaintext": b64(b"some plain text"), "context": "c"}, base64=("plaintext",),
               bounds=(("plaintext", LONG_BASE64), ("plaintext", "A" * 100_000),
                       ("context", "c" * 65), ("context", "é" * 65)), ids=ids("aes"))
    yield Good("serviceKey.decrypt", "rest", "POST", aes + "/decrypt", "",
               {"ciphertext": encrypted, "context": "c"}, opaque=("ciphertext",),
               bounds=(("ciphertext", "A" * 8193), ("context", "c" * 65)), ids=ids("aes"))
    yield Good("serviceKey.dataKey.create", "rest", "POST", aes + "/datakey", "",
               {"size": 256, "name": "n"}, 201, integers=("size",),
               bounds=(("size", 56), ("size", 63), ("size", 65), ("size", 4097), ("size", 4104),
                       ("size", 0), ("size", -8), ("name", "n" * 33)), ids=ids("aes"))
    yield Good("serviceKey.dataKey.decrypt", "rest", "POST", aes + "/datakey/decrypt", "",
               {"key": data_key}, opaque=("key",), bounds=(("key", "A" * 5001),), ids=ids("aes"))
    yield Good("serviceKey.sign", "rest", "POST", rsa + "/sign", "?format=raw", message,
               base64=("message",), bounds=(("message", LONG_BASE64), ("alg", "RS1"), ("alg", "none"),
                                            ("alg", ""), ("alg", "HS256")),
               queries=(("format", None),), ids=ids("rsa"))
    yield Good("serviceKey.verify", "rest", "POST", rsa + "/verify", "",
               {**message, "signature": signature}, base64=("message",), opaque=("signature",),
               bounds=(("message", LONG_BASE64), ("alg", "none")), ids=ids("rsa"))
    yield Good("serviceKey.verify (jws)", "rest", "POST", ec + "/verify", "", {"signature": jws},
               ids=ids("ec"))
    yield Good("catalogue.get", "rest", "GET", f"/api/{ours.domain}/v1/catalogue",
               queries=(("measure", ("x", "1", "TRUE", "%zz", "%00", "yes", "0", "null", "tru",
                                     "%ff", "falsee", "true%20", "{}", "a" * 300)),),
               ids=(ours.domain,))
    yield Good("catalogue.advise", "rest", "GET", f"/api/{ours.domain}/v1/catalogue/advice",
               "?use=jwt", queries=(("use", ("", "%zz", "%ff", "%c0%80", "x" * 201, "0", "!", "%20")),),
               ids=(ours.domain,))
    turned = f"{root}/{new_key(False)}"
    for _ in range(2):
        app.need("rest", "POST", turned + "/rotate")
    turned_ids = (ours.domain, turned.rsplit("/", 1)[1])
    yield Good("serviceKey.rotate", "rest", "POST", turned + "/rotate", ids=turned_ids)
    yield Good("serviceKey.version.list", "rest", "GET", turned + "/version", "?from=2&max=10",
               queries=(("from", ("4294967296", "-1", "x", "%zz", "%ff", "1.5")),
                        ("max", ("9", "101", *range_words()))), ids=turned_ids)
    yield Good("serviceKey.rotation.update", "rest", "PUT", turned + "/rotation", "", {
        "periodDays": 90, "usesMax": 100000, "atMax": "rotate", "minimumVersion": 1},
        integers=("periodDays", "usesMax", "minimumVersion"),
        fitting=(("periodDays", "0"), ("usesMax", "0"), ("usesMax", "2147483648")),
        bounds=(("periodDays", 3651), ("usesMax", 999), ("usesMax", 4294967297),
                ("minimumVersion", 1000000), ("atMax", "never"), ("atMax", "")), ids=turned_ids)
    yield Good("serviceKey.reEncrypt", "rest", "POST", aes + "/reencrypt", "", {
        "ciphertext": encrypted, "context": "c", "newContext": "d", "fromKeyId": keys["aes"]},
        opaque=("ciphertext",), bounds=(("ciphertext", "A" * 8193), ("context", "c" * 65),
                                        ("newContext", "c" * 65), ("fromKeyId", "x")),
        ids=ids("aes"))
    alias = turned + "/alias/malformed"
    app.need("rest", "PUT", alias)
    yield Good("serviceKey.alias.set", "rest", "PUT", alias, "", {"from": turned_ids[1]},
               bounds=(("from", "x"), ("from", ""), ("from", 1)), bodiless=True,
               ids=(*turned_ids, "malformed"))
    # By its name: what stands in place of an id is held to its form, as an id is.
    yield Good("serviceKey.version.list (by name)", "rest", "GET",
               f"{root}/alias:malformed/version", "?from=2", ids=(ours.domain, "alias:malformed"))
    yield Good("serviceKey.alias.list", "rest", "GET", f"/api/{ours.domain}/v1/alias", "?max=10",
               queries=(("after", ("-1", "x", "%zz", "%ff", "1.5", "1" * 30)),
                        ("max", ("9", "101", *range_words())), ("keyId", ("x", "%zz", "alias:a"))),
               ids=(ours.domain,))
    taken = Good("serviceKey.alias.delete", "rest", "DELETE", turned + "/alias/taken", "",
                 status=204, ids=(*turned_ids, "taken"))

    def given_again():
        app.need("rest", "PUT", taken.path)
        return taken.path

    taken.once = given_again
    yield taken
    item = lambda **members: {"operation": "encrypt", "keyId": keys["aes"], **members}
    yield Good("serviceKey.batch", "rest", "POST", f"/api/{ours.domain}/v1/batch", "", {
        "operation": "encrypt", "keyId": keys["aes"], "items": [{"plaintext": b64(b"good")}]},
        bounds=(("items", []), ("items", [1]), ("items", [None]), ("items", [[]]), ("items", [{}]),
                ("items", [item(plaintext="!")]),
                ("items", [item(plaintext="AA==", other=1)]), ("items", [item(operation="fly")]),
                ("items", [item(operation="decrypt")]), ("items", [item(operation="sign")]),
                ("items", [item(operation="datakey", size=63)]),
                ("items", [{"plaintext": "AA=="}] * 1001)), ids=(ours.domain,))
    yield Good("random.get", "rest", "GET", f"/api/{ours.domain}/v1/random", "?length=32",
               queries=(("length", ("0", "4097", *range_words())),), ids=(ours.domain,))


def secrets(world):
    """Of both faces of secrets: what has a body of its own, and what is asked by path and query."""
    ours, app = world.ours, world.app
    path = ours.secret(app)
    quoted = path.replace("/", "%2F")
    root = f"/api/{ours.domain}/v2/secret"
    vault = f"/api/{ours.domain}/v1/secret"
    numbers = ("x", "%zz", "1.5", "-1", "0x10", "24001", "9" * 40, "1e3", "%00", "")
    create = Good("secret.create", "rest", "POST", root, "", {
        "path": path, "metadata": {"casRequired": False, "deactivateVersionAfter": "1d"},
        "version": {"data": {}}}, free=("data",),
        bounds=(("path", ""), ("path", "x" * 256), ("path", "a b"), ("path", "é"), ("path", "a%b"),
                ("metadata", {"maxVersions": 24001}), ("metadata", {"maxVersions": -1}),
                ("metadata", {"maxVersions": "1"}), ("metadata", {"deactivateVersionAfter": "soon"}),
                ("metadata", {"customMetadata": {"a": "b c"}}),
                ("metadata", {"customMetadata": {"a": "x" * 513}}),
                ("metadata", {"customMetadata": {"k" * 513: "v"}}),
                ("metadata", {"cas_required": True, "casRequired": True}),
                ("version", {"data": {"v": "x" * 65_537}}), ("version", {"data": []})))

    def unique():
        create.body["path"] = f"malformed/{uuid.uuid4()}"
        return create.path

    create.once = unique
    yield create
    yield Good("secret.get", "rest", "GET", f"{root}/{quoted}", "",
               queries=(("version", (*numbers, "0")), ("includeData", ("x", "1", "TRUE", "%zz"))),
               ids=(ours.domain, quoted))
    yield Good("secret.search", "rest", "GET", f"/api/{ours.domain}/v2/secretSearch", "",
               queries=(("prefix", ("%zz", "%ff", "%20", "a" * 256, "%C3%A9")),
                        ("text", ("%zz", "%00", "a" * 256))), ids=(ours.domain,))
    yield Good("secret.update", "rest", "PUT", f"{root}/{quoted}", "", {
        "metadata": {"casRequired": False, "deactivateVersionAfter": "1d"}},
        queries=(("cas", numbers),), ids=(ours.domain, quoted))
    yield Good("secret.version.create", "rest", "POST", f"{root}/{quoted}/version", "",
               {"data": {}}, free=("data",), queries=(("cas", (*numbers, "0")),),
               bounds=(("data", {"v": "x" * 65_537}),), ids=(ours.domain, quoted))
    yield Good("secret.version.activate", "rest", "PUT", f"{root}/{quoted}/version/1", "",
               {"state": "active"}, ids=(ours.domain, quoted),
               bounds=(("state", "activated"), ("state", ""), ("state", "ACTIVE")))
    made = Good("secret.create (generated)", "rest", "POST", root, "", {
        "path": path, "version": {"generate": {"field": "password", "length": 16,
                                               "alphabet": "abc"}}},
        bounds=[("version", {"generate": wrong}) for wrong in (
            {"length": 0}, {"length": 4097}, {"length": -1}, {"length": "8"}, {"alphabet": "a"},
            {"alphabet": "aa"}, {"alphabet": "\u00e9\u00e8"}, {"field": ""}, {"field": "x" * 513},
            {"key": "RSA-1"}, {"key": "EC-P256", "length": 8}, {"certificate": {"common_name": "x"}},
            {"key": "EC-P256", "certificate": {"common_name": "x" * 65}},
            {"key": "EC-P256", "certificate": {"common_name": "x", "days": 3651}},
            {"key": "EC-P256", "certificate": {"common_name": "x", "dns": ["a b"]}},
            {"key": "EC-P256", "certificate": {"common_name": "x", "dns": ["a"] * 33}}, [], "x", 1)])

    def another():
        made.body["path"] = f"malformed/generated/{uuid.uuid4()}"
        return made.path

    made.once = another
    yield made
    yield Good("secret.version.diff", "rest", "GET", f"/api/{ours.domain}/v2/secretDiff/{quoted}",
               "?from=1", queries=(("from", numbers), ("to", numbers), ("values", ("x", "%zz"))),
               ids=(ours.domain, quoted))
    yield Good("secretRetention.update", "rest", "PUT", f"/api/{ours.domain}/v2/secretRetention", "",
               {"undeleteWithin": "0s"}, ids=(ours.domain,),
               bounds=(("undeleteWithin", "soon"), ("undeleteWithin", "367d"), ("undeleteWithin", 1)))
    yield Good("secret.reads", "rest", "GET", f"/api/{ours.domain}/v2/secretReads/{quoted}", "",
               ids=(ours.domain, quoted))
    yield Good("secret.rollback", "rest", "POST", f"/api/{ours.domain}/v2/secretRollback/{quoted}", "",
               {"version": 1}, queries=(("cas", (*numbers, "0")),), ids=(ours.domain, quoted),
               bounds=(("version", 0), ("version", 24001), ("version", -1), ("version", 1.5)))
    yield Good("secretConfig.update", "rest", "PUT", f"/api/{ours.domain}/v2/secretConfig", "",
               {"casRequired": False, "deactivateVersionAfter": "0s"}, ids=(ours.domain,),
               bounds=(("maxVersions", 24001), ("maxVersions", -1), ("maxVersions", 1.5),
                       ("deactivateVersionAfter", "1y"), ("deactivateVersionAfter", "9" * 30 + "d")))
    yield Good("secret.kv.write", "rest", "POST", f"{vault}/data/{path}", "", {
        "data": {}, "options": {}}, free=("data",),
        bounds=(("options", {"cas": -1}), ("options", {"cas": 1.5}), ("options", {"cas": "x"}),
                ("options", {"CAS": 1}), ("data", {"v": "x" * 65_537})))
    yield Good("secret.kv.read", "rest", "GET", f"{vault}/data/{path}", "",
               queries=(("version", numbers),), ids=(ours.domain, path))
    yield Good("secretConfig.kv.update", "rest", "POST", f"{vault}/config", "",
               {"cas_required": False}, 204, ids=(ours.domain,),
               bounds=(("max_versions", 24001), ("delete_version_after", "soon")))


def range_words():
    return ("x", "%zz", "%", "%ff", "%00", "1e3", "1.5", "-1", "0x10", "+", "9223372036854775808",
            "1" + "0" * 60, "a" * 600, "%20", "NaN", "null", "%2032", "32%20", "1_0", "--1", "true",
            "{}", "[32]", "%D9%A1%D9%A2", "32,", "32;", "32/", "+32", "1" * 300, "%ed%a0%80", "%c0%80")


def control(world):
    """Of the control plane: the operations with a body."""
    ours = world.ours
    domain = f"/v2/okms/resource/{ours.domain}"
    identity = f"/v2/identity/{world.app_identity['id']}"
    grants = [{"actions": ["okms:apikms:serviceKey/get"], "resources": ["*"]}]

    def unique(good, member):
        def body():
            good.body[member] = f"g{uuid.uuid4().hex[:12]}"
            return good.path
        good.once = body
        return good

    yield Good("domain.get", "control", "GET", domain, ids=(ours.domain,))
    yield unique(Good("identity.create", "control", "POST", "/v2/identity", "", {
        "name": "g", "description": "d", "grants": grants}, 201,
        bounds=(("name", ""), ("name", "n" * 65), ("name", "a/b"), ("grants", [{}]),
                ("grants", [{"actions": ["x"] * 101, "resources": []}]))), "name")
    yield Good("identity.update", "control", "PUT", f"/v2/identity/{world.stranger_identity['id']}",
               "", {"description": "d", "disabled": False}, 200,
               ids=(world.stranger_identity["id"],))
    yield Good("token.create", "control", "POST", identity + "/token", "", {
        "name": "t", "description": "d", "expiresIn": 3600, "domain": ours.domain}, 201,
        integers=("expiresIn",),
        bounds=(("expiresIn", 0), ("expiresIn", -1), ("expiresIn", 10 ** 15), ("domain", "x"),
                ("name", ""), ("name", "n" * 65)), ids=(world.app_identity["id"],))
    yield Good("serviceAccount.create", "control", "POST", "/me/api/oauth2/client", "", {
        "name": "m", "description": "d", "flow": "CLIENT_CREDENTIALS", "callbackUrls": []}, 200,
        bounds=(("name", ""), ("name", "n" * 65), ("flow", "AUTHORIZATION_CODE"), ("flow", ""),
                ("callbackUrls", ["https://example.org/"])))
    yield Good("serviceAccount.update", "control", "PUT",
               "/me/api/oauth2/client/" + world.client["clientId"], "",
               {"name": "m", "description": "d"}, 200, bounds=(("name", ""), ("name", "n" * 65)),
               ids=(world.client["clientId"],))
    yield Good("credential.create", "control", "POST", domain + "/credential", "", {
        "name": "c", "description": "d", "validity": 30, "certificateType": "ECDSA",
        "identityURNs": [world.app_identity["urn"]]}, 201, integers=("validity",),
        bounds=(("validity", 0), ("validity", 366), ("validity", -1), ("certificateType", "DSA"),
                ("identityURNs", []), ("identityURNs", ["x"]), ("name", ""),
                ("identityURNs", [world.app_identity["urn"]] * 26)), ids=(ours.domain,))
    yield Good("credential.create (CSR)", "control", "POST", domain + "/credential", "", {
        "name": "c", "csr": csr(world), "identityURNs": [world.app_identity["urn"]]}, 201,
        bounds=(("csr", "x"), ("csr", ""), ("csr", csr(world)[:-60]), ("csr", csr(world)[20:]),
                ("csr", csr(world).replace("A", "B")),
                ("csr", "-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n"),
                ("csr", "A" * 17000)), ids=(ours.domain,))
    yield from rules(world)
    yield from approvals(world)
    yield from oversight(world)
    yield Good("can", "control", "GET", "/v2/can", "?action=a&resource=r",
               queries=(("action", ("%zz", "%ff", "%", "")), ("resource", ("%zz", "%c0%80", ""))))
    yield Good("audit.read", "control", "GET", domain + "/audit", "",
               queries=(("max", ("0", "1001", *range_words())), ("from", None), ("to", None),
                        ("verdict", None), ("request", None), ("order", None), ("cursor", None)),
               ids=(ours.domain,))


def rules(world):
    """Of policies and groups."""
    rules = world.rules
    iam = "/v2/iam"
    urn, resource = (rules[kind].replace(":", "%3A").replace("/", "%2F")
                     for kind in ("permissionsGroup", "resource"))

    def unique(good):
        def once():
            good.body["name"] = f"m{uuid.uuid4().hex[:12]}"
            return good.path
        good.once = once
        return good

    match = lambda key, value: {"operator": "MATCH", "values": {key: value}}
    actions = lambda *names: [{"action": name} for name in names]
    permissions = {"allow": actions("okms:*"), "except": actions("okms:kmip:y"), "deny": actions("okms:kmip:x")}
    policy = {"name": "m", "description": "d", "identities": [world.stranger_identity["urn"]],
              "resources": [{"urn": rules["resource"]}], "permissions": permissions,
              "permissionsGroups": [{"urn": rules["permissionsGroup"]}],
              "conditions": match("request.IP.In", "192.0.2.1, 198.51.100.0/24"),
              "expiredAt": "2030-01-01T00:00:00Z"}
    bounds = (("name", ""), ("name", "n" * 65), ("name", "ovh-x"), ("identities", []),
              ("identities", ["x"]), ("identities", ["*"] * 101), ("identities", ["*a"]),
              ("resources", []), ("resources", [{}]), ("resources", [{"urn": ""}]),
              ("resources", [{"urn": "urn:v1:other:resource:okms:x"}]),
              ("permissions", {"allow": actions("a*b")}), ("permissions", {"allow": [{}]}),
              ("permissions", {"allow": actions("x" * 513)}), ("permissions", {"grant": []}),
              ("permissionsGroups", [{"urn": "urn:v1::permissionsGroup:x"}]),
              ("conditions", {"operator": "XOR"}), ("conditions", match("request.Port", "1")),
              ("conditions", match("request.IP", "300.0.0.1")), ("conditions", match("request.IP", "")),
              ("conditions", match("date(UTC).Hour", "24")), ("conditions", match("date(x).Hour", "1")),
              ("conditions", match("date(../../etc/passwd).Hour", "1")),
              ("conditions", match("date(UTC).WeekDay.In", "monday,,")),
              ("conditions", {"operator": "NOT", "conditions": []}),
              ("conditions", {"operator": "AND", "conditions": [
                  {"operator": "OR", "conditions": [{"operator": "NOT", "conditions": [
                      match("request.IP", "192.0.2.1")]}]}]}),
              ("expiredAt", "tomorrow"), ("expiredAt", ""))
    yield unique(Good("policy.create", "control", "POST", iam + "/policy", "", dict(policy), 201,
                      bounds=bounds))
    yield unique(Good("policy.update", "control", "PUT", f"{iam}/policy/{rules['policy']}", "",
                      dict(policy), 200, bounds=bounds, ids=(rules["policy"],)))
    yield unique(Good("permissionsGroup.create", "control", "POST", iam + "/permissionsGroup", "", {
        "name": "m", "description": "d", "permissions": permissions}, 201))
    yield Good("permissionsGroup.get", "control", "GET", f"{iam}/permissionsGroup/{urn}", "",
               ids=(urn,))
    yield unique(Good("resourceGroup.create", "control", "POST", iam + "/resourceGroup", "", {
        "name": "m", "resources": [{"id": rules["resource"]}]}, 201,
        bounds=(("resources", [{}]), ("resources", [{"id": ""}]), ("resources", [{"urn": "x"}]))))
    yield Good("resourceTags.set", "control", "PUT", f"{iam}/resource/{resource}", "",
               {"tags": {"env": "test"}}, free=("tags",), ids=(resource,),
               bounds=(("tags", {"ovh:x": "y"}), ("tags", {"": "y"}), ("tags", {"x": ""}),
                       ("tags", {"a,b": "y"}), ("tags", {"x": "y" * 257}),
                       ("tags", {f"t{i}": "y" for i in range(51)})))
    yield unique(Good("group.create", "control", "POST", "/v2/group", "", {
        "name": "m", "description": "d", "role": "REGULAR"}, 201,
        bounds=(("role", "ROOT"), ("role", "admin"), ("name", "a/b"))))
    yield Good("policy.simulate", "control", "POST", iam + "/simulate", "", {
        "identity": world.app_identity["id"], "action": "okms:x", "resource": rules["resource"],
        "clientIp": "192.0.2.1", "at": "2030-01-01T00:00:00Z"}, 200, bounds=(("at", "now"),))
    yield Good("policy.whoCan", "control", "GET", iam + "/whoCan", "?action=a&resource=r",
               queries=(("action", ("%zz", "%ff", "%", "")), ("resource", ("%zz", "%c0%80", ""))))


def approvals(world):
    """Rules that ask for approvals, and what waits for them. A rule is replaced and removed with
    approvals: alone, the good request is refused as well."""
    rules, ours = world.rules, world.ours
    body = {"name": "m", "description": "d", "actions": ["chatelaine:control:quorum/edit"],
            "resources": ["urn:v1:nobody:account:nobody"], "approvers": [ours.approver_urn],
            "approvals": 1, "validSeconds": 60}
    bounds = (("name", ""), ("name", "n" * 65), ("actions", []), ("actions", ["a*b"]),
              ("actions", ["okms:apikms:serviceKey/encrypt"]), ("actions", ["x" * 513]),
              ("resources", []), ("resources", [""]), ("approvers", []), ("approvers", ["x"]),
              ("approvers", [ours.approver_urn] * 2), ("approvers", ["x"] * 51), ("approvals", 0),
              ("approvals", 2), ("approvals", -1), ("approvals", 1 << 32), ("validSeconds", 59),
              ("validSeconds", 2592001))
    rule, request = rules["quorumRule"], rules["quorumRequest"]

    def once():
        """An account has few rules: those that were made go first."""
        for one in ours.root.need("control", "GET", "/v2/quorum/rule"):
            if one["resources"] == body["resources"]:
                ours.remove_rule(one["id"])
        body["name"] = f"m{uuid.uuid4().hex[:12]}"
        return "/v2/quorum/rule"

    yield Good("quorum.rule.create", "control", "POST", "/v2/quorum/rule", "", body, 201,
               integers=("approvals", "validSeconds"), bounds=bounds, once=once)
    yield Good("quorum.rule.update", "control", "PUT", "/v2/quorum/rule/" + rule, "",
               {name: body[name] for name in body if name not in ("approvals", "validSeconds")},
               403, ids=(rule,))
    yield Good("quorum.rule.delete", "control", "DELETE", "/v2/quorum/rule/" + rule, status=403,
               ids=(rule,))
    yield Good("quorum.request.list", "control", "GET", "/v2/quorum/request", "?all=true",
               queries=(("all", ("yes", "1", "")),))
    yield Good("quorum.request.get", "control", "GET", "/v2/quorum/request/" + request,
               ids=(request,))
    yield Good("quorum.request.approve", "control", "POST",
               f"/v2/quorum/request/{request}/approve", status=403, ids=(request,))


def oversight(world):
    """What operators do about each other, accounts and sites."""
    rules, long = world.rules, "r" * 501
    yield Good("contact.set", "control", "PUT", "/v2/contact/owner", "", {
        "firstName": "f", "lastName": "l", "organisation": "o", "email": "p@example.org",
        "phone": "0", "address": "a", "country": "FR", "language": "fr"},
        bounds=(("email", ""), ("email", "x"), ("email", "@x"), ("email", "x@"), ("email", "a@b@c"),
                ("email", "a b@c"), ("firstName", "f" * 201), ("phone", "0\n1")))
    yield Good("contact.get", "control", "GET", "/v2/contact/owner", ids=("owner",))
    yield Good("operator.update", "operator", "PUT", "/v1/operator/" + rules["operatorId"], "",
               {"disabled": False, "reason": "r"}, bounds=(("reason", ""), ("reason", long)),
               ids=(rules["operatorId"],))
    yield Good("account.setState", "operator", "PUT", f"/v1/account/{rules['accountId']}/state", "",
               {"state": "draining", "reason": "r"},
               bounds=(("state", ""), ("state", "gone"), ("state", "Active"), ("reason", ""),
                       ("reason", long)), ids=(rules["accountId"],))
    yield Good("elevation.request", "operator", "POST", "/v1/elevation", "", {
        "actions": ["chatelaine:operator:seal/get"], "accounts": [rules["accountId"]],
        "reason": "r", "minutes": 1}, 201, integers=("minutes",),
        bounds=(("actions", []), ("actions", ["a*b"]), ("actions", ["a"] * 21), ("accounts", ["x"]),
                ("accounts", [str(uuid.uuid4())]), ("reason", ""), ("reason", long),
                ("minutes", 0), ("minutes", 481)))
    yield Good("siteEntry.record", "operator", "POST", "/v1/siteEntry", "", {
        "site": "s", "person": "p", "company": "c", "reason": "r", "region": "elsewhere",
        "enteredAt": "2026-01-01T08:00:00Z", "leftAt": "2026-01-01T09:00:00Z"}, 201,
        bounds=(("site", ""), ("site", "s" * 201), ("person", ""), ("reason", ""),
                ("reason", long), ("enteredAt", "2999-01-01T00:00:00Z"), ("enteredAt", "now"),
                ("leftAt", "2026-01-01T07:00:00Z")))


def csr(world):
    path = world.files / "malformed.csr"
    if not path.exists():
        from support import run_openssl
        path.write_text(run_openssl("req", "-new", "-newkey", "ec", "-pkeyopt",
                                    "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                                    str(world.files / "malformed.key"), "-subj", "/CN=x"))
    return path.read_text()
