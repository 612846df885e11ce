"""How each operation of the table is called: what the test knows beside the row itself.

A row without an entry here fails the test.
"""
import base64
import dataclasses
import typing
import urllib.parse

from support import request_in
from world import ANYTHING, KINDS, no_such_id


def b64(data):
    return base64.b64encode(data).decode()


@dataclasses.dataclass
class Target:
    """Which objects a request names."""
    domain: str
    keys: dict                      # kind -> id
    identity: str = ""
    token: str = ""
    client: str = ""
    credential: str = ""
    secret: str = ""                # path
    made: str = ""                  # the path of a secret that the request makes
    alias: str = "isolated"         # of the AES key that it stands for
    rules: dict = dataclasses.field(default_factory=dict)   # kind -> id, URN or name

    def ids(self):
        """What a caller sent, by kind, so that answers compare without it."""
        found = {"domain": self.domain, "identity": self.identity, "token": self.token,
                 "client": self.client,
                 "credential": self.credential, "secret": self.secret, "made": self.made}
        found.update({"rule " + kind: rule for kind, rule in self.rules.items()})
        found.update({"key " + kind: key for kind, key in self.keys.items()})
        return found


@dataclasses.dataclass
class Entry:
    """`names`: what the request names: key, secret, written (a secret that is made, or passed over,
    where it is not), domain, identity, token, credential, rule, tagged, account, itself, service. `body` and `query`
    are made from the world and the target."""
    names: str
    kind: str = "aes"
    body: typing.Callable | None = None
    query: typing.Callable | None = None
    fresh: typing.Callable | None = None    # target -> changes it to an object to be used up
    extra: tuple = ()                       # further actions that a success needs
    removed_is_done: bool = False           # also on a destroyed or revoked object
    after: typing.Callable | None = None    # puts back what a success did to the service
    token_only: bool = False                # a certificate is refused: 400 not_supported
    of_ours: bool = False                   # to another customer what it names is not there
    shows: str = ""                         # what a list shows of ours; else our key
    names_ours: bool = False                # another customer's request names nobody of its own
    others_alone: bool = False              # a right is not enough: named approvers alone
    by_quorum: bool = False                 # with the approvals that it asks for


def path_of(row, target, kind, short=False):
    path = row["path"]
    if row["name"] == "secret.kv.list":
        path = path.replace("/{path...}", "")           # the root
    path = path.replace("{role}", "billing")
    if row["listener"] == "rest" and not short:
        path = f"/api/{target.domain}" + path
    urn = target.rules.get("resource" if row["name"].startswith("resourceTags") else
                           "permissionsGroup", "")
    for name, value in (*((name, target.rules.get(name, "")) for name in
                          ("operatorId", "accountId", "elevationId", "entryId")),
                        ("ruleId", target.rules.get("quorumRule", "")),
                        ("requestId", target.rules.get("quorumRequest", "")),
                        ("policyId", target.rules.get("policy", "")),
                        ("groupId", target.rules.get("resourceGroup", "")),
                        ("name", target.rules.get("group", "")),
                        ("urn", urllib.parse.quote(urn, safe="")), ("keyId", target.keys.get(kind, "")), ("okmsId", target.domain),
                        ("identityId", target.identity), ("tokenId", target.token),
                        ("clientId", target.client),
                        ("credentialId", target.credential), ("version", "1"),
                        ("alias", target.alias),
                        ("path", urllib.parse.quote(target.secret, safe="")),
                        ("path...", "secret" if row["name"] == "vault.mount" else target.secret)):
        path = path.replace("{" + name + "}", value)
    return path


class Requests:
    """The good request of each operation, once what it needs (a ciphertext, a signature) is made."""

    def __init__(self, world):
        self.world = world
        self.rows = {}
        ours, app = world.ours, world.app
        base = f"/api/{ours.domain}/v1/servicekey/"
        aes, rsa = world.keys["aes"], world.keys["rsa"]
        self.ciphertext = app.need("rest", "POST", base + aes + "/encrypt",
                                   {"plaintext": b64(b"isolated")})["ciphertext"]
        self.data_key = app.need("rest", "POST", base + aes + "/datakey", {"size": 256})["key"]
        signed = {"message": b64(b"isolated"), "alg": "RS256"}
        self.signature = app.need("rest", "POST", base + rsa + "/sign", signed)["signature"]
        self.signed = signed
        self.wrapped = app.need("rest", "GET", base + aes + self.export_query(world.keys))[
            "wrappedKeys"][0]["ciphertext"]
        self.entries = self.make()

    @staticmethod
    def export_query(keys):
        return (f"?wrappingKeyId={keys['transport']}&wrappedKeyFormat=RAW"
                "&wrappingAlgorithm=RSA-OAEP-256")

    def import_body(self, target):
        return {"name": "brought", "operations": ["encrypt", "decrypt"],
                "wrappedKeys": [{"keyFormatType": "RAW", "ciphertext": self.wrapped,
                                 "wrappingKeyId": target.keys["transport"]}]}

    def new_key(self, deactivated):
        def fresh(target):
            ours, app = self.world.ours, self.world.app
            key = ours.key(app, **KINDS["aes"])
            if deactivated:
                app.need("rest", "POST",
                         f"/api/{ours.domain}/v1/servicekey/{key}/deactivate",
                         {"reason": "unspecified"})
            target.keys = {**target.keys, "aes": key}
        return fresh

    def deleted_secret(self, target):
        """One that can come back."""
        ours, app = self.world.ours, self.world.app
        app.need("rest", "PUT", f"/api/{ours.domain}/v2/secretRetention", {"undeleteWithin": "1h"})
        target.secret = ours.secret(app)
        app.need("rest", "DELETE", f"/api/{ours.domain}/v2/secret/"
                 + urllib.parse.quote(target.secret, safe=""))

    def deleted_path(self):
        target = Target(self.world.ours.domain, {})
        self.deleted_secret(target)
        return target.secret

    def rotated_key(self, target):
        """Of two versions, so that the first can be destroyed."""
        self.new_key(False)(target)
        path = f"/api/{self.world.ours.domain}/v1/servicekey/{target.keys['aes']}"
        self.world.app.need("rest", "POST", path + "/rotate")

    def aliased_key(self, target):
        """Of a name that can be taken from it."""
        self.new_key(False)(target)
        target.alias = "a" + no_such_id()
        self.world.app.need("rest", "PUT", f"/api/{self.world.ours.domain}/v1/servicekey/"
                            f"{target.keys['aes']}/alias/{target.alias}")

    def new_secret(self, target):
        target.secret = self.world.ours.secret(self.world.app)

    def new_identity(self, target):
        target.identity = self.world.ours.identity("i" + no_such_id()[:13])["id"]

    def new_client(self, target):
        target.client = self.world.ours.client()["clientId"]

    def new_token(self, target):
        target.token = self.world.ours.token(self.world.app_identity)[0]

    def new_credential(self, target):
        target.credential = self.world.ours.certificate(self.world.app_identity)[0]

    def new_rules(self, target):
        target.rules = {**target.rules, **self.world.ours.rules()}

    def make(self):
        unique = lambda letter: letter + no_such_id()[:13]
        weak_urn = self.world.stranger_identity["urn"]
        return {
            "serviceKey.create": Entry("domain", body=lambda t: {
                "name": "made", "type": "oct", "size": 256, "operations": ["encrypt"]}),
            "serviceKey.import": Entry("domain", body=self.import_body,
                                       extra=("okms:apikms:serviceKey/unwrapKey",)),
            "serviceKey.list": Entry("domain"),
            "serviceKey.get": Entry("key", removed_is_done=True),
            "serviceKey.export": Entry("key", query=lambda t: self.export_query(t.keys),
                                       extra=("okms:apikms:serviceKey/wrapKey",)),
            "serviceKey.update": Entry("key", body=lambda t: {"name": "renamed"}),
            "serviceKey.delete": Entry("key", fresh=self.new_key(True)),
            "serviceKey.activate": Entry("key", fresh=self.new_key(True)),
            "serviceKey.deactivate": Entry("key", body=lambda t: {"reason": "unspecified"},
                                           fresh=self.new_key(False)),
            "serviceKey.encrypt": Entry("key", body=lambda t: {"plaintext": b64(b"secret")}),
            "serviceKey.decrypt": Entry("key", body=lambda t: {"ciphertext": self.ciphertext}),
            "serviceKey.dataKey.create": Entry("key", body=lambda t: {"size": 256}),
            "serviceKey.dataKey.decrypt": Entry("key", body=lambda t: {"key": self.data_key}),
            "serviceKey.sign": Entry("key", "rsa", body=lambda t: self.signed),
            "serviceKey.verify": Entry("key", "rsa", body=lambda t: {
                **self.signed, "signature": self.signature}),
            "serviceKey.rotate": Entry("key"),
            "serviceKey.version.list": Entry("key", removed_is_done=True),
            "serviceKey.version.delete": Entry("key", fresh=self.rotated_key),
            "serviceKey.rotation.update": Entry("key", body=lambda t: {"minimumVersion": 1}),
            "serviceKey.reEncrypt": Entry("key", body=lambda t: {"ciphertext": self.ciphertext},
                                          extra=("okms:apikms:serviceKey/decrypt",)),
            "serviceKey.alias.set": Entry("key"),
            "serviceKey.alias.delete": Entry("key", fresh=self.aliased_key),
            "serviceKey.alias.list": Entry("domain", fresh=self.aliased_key),
            "serviceKey.batch": Entry(
                "domain", body=lambda t: {"operation": "encrypt", "items": [
                    {"keyId": t.keys["aes"], "plaintext": b64(b"isolated")}]}),
            "random.get": Entry("domain", query=lambda t: "?length=32"),
            "catalogue.get": Entry("domain"),
            "catalogue.advise": Entry("domain", query=lambda t: "?use=jwt"),
            **self.secrets(),
            **self.rules_entries(),
            "domain.create": Entry("account", body=lambda t: {
                "region": self.world.region, "name": unique("d")}),
            "domain.list": Entry("account"),
            "domain.get": Entry("domain"),
            "identity.create": Entry("account", body=lambda t: {"name": unique("i")}),
            "identity.list": Entry("account"),
            "identity.get": Entry("identity"),
            "identity.update": Entry("identity", body=lambda t: {"description": "changed"}),
            "identity.delete": Entry("identity", fresh=self.new_identity),
            # Of a fresh identity without rights: who may mint need not hold what app holds.
            "token.create": Entry("identity", fresh=self.new_identity,
                                  body=lambda t: {"name": "made", "domain": t.domain}),
            "token.list": Entry("identity"),
            "token.revoke": Entry("token", fresh=self.new_token, removed_is_done=True),
            "credential.create": Entry("domain", body=lambda t: {
                "name": "made", "identityURNs": [weak_urn]}),
            "credential.list": Entry("domain"),
            "credential.get": Entry("credential", removed_is_done=True),
            "credential.revoke": Entry("credential", fresh=self.new_credential,
                                       removed_is_done=True),
            "audit.read": Entry("domain"),
            "audit.readAccount": Entry("account"),
            "domain.rotateKey": Entry("domain"),
            "evidence.read": Entry("account"),
            "notice.list": Entry("account"),
            "evidence.readProvider": Entry("service"),
            "notice.listProvider": Entry("service"),
            "whoami": Entry("itself"),
            "can": Entry("itself", query=lambda t:
                         "?action=okms:apikms:serviceKey/encrypt&resource=urn:v1:x"),
            "account.create": Entry("service", body=lambda t: {"name": unique("a")}),
            "account.list": Entry("service"),
            "operator.create": Entry("service", body=lambda t: {"name": unique("o")}),
            "audit.readProvider": Entry("service"),
            "seal.get": Entry("service"),
            "seal.close": Entry("service", after=lambda: self.world.restart(0)),
            "seal.rotateRoot": Entry("service"),
            "backup.create": Entry("service", body=lambda t: {"file": unique("b")}),
            "claim.redeem": Entry("code"),
            "serviceAccount.create": Entry("account", body=lambda t: {"name": "made"}),
            "serviceAccount.list": Entry("account"),
            "serviceAccount.get": Entry("client"),
            "serviceAccount.update": Entry("client", body=lambda t: {"description": "changed"}),
            "serviceAccount.delete": Entry("client", fresh=self.new_client),
            "serviceAccount.issueToken": Entry("code"),
            **self.oversight(),
        }

    def oversight(self):
        why = {"reason": "isolation"}
        second = self.world.second_operator

        def waiting(target):
            target.rules["elevationId"] = second.need("operator", "POST", "/v1/elevation", {
                "actions": ["chatelaine:operator:seal/get"], "accounts": [], **why})["id"]

        def unsigned(target):
            target.rules["entryId"] = second.need("operator", "POST", "/v1/siteEntry",
                                                  self.entry_body())["id"]

        return {
            "operator.list": Entry("service"),
            "operator.update": Entry("service", body=lambda t: {"disabled": False, **why}),
            "account.setState": Entry("service", body=lambda t: {"state": "draining", **why}),
            "elevation.request": Entry("service", body=lambda t: {
                "actions": ["chatelaine:operator:seal/get"], "accounts": [], **why}),
            "elevation.list": Entry("service"),
            "elevation.approve": Entry("service", fresh=waiting),
            "elevation.end": Entry("service", fresh=waiting),
            "siteEntry.record": Entry("service", body=lambda t: self.entry_body()),
            "siteEntry.sign": Entry("service", fresh=unsigned),
            "siteEntry.list": Entry("service"),
            "account.get": Entry("account"),
            "contact.set": Entry("account", body=lambda t: {"email": "p@example.org"}),
            "contact.get": Entry("account", fresh=self.new_contact),
            "contact.export": Entry("account"),
            "contact.erase": Entry("account", fresh=self.new_contact),
            "elevation.listOwn": Entry("account"),
            "siteEntry.listOwn": Entry("account"),
        }

    def new_contact(self, target):
        """Of the caller's own account, which need not be ours."""
        for customer in (self.world.ours, self.world.theirs):
            customer.root.need("control", "PUT", "/v2/contact/billing", {"email": "p@example.org"})

    @staticmethod
    def entry_body():
        return {"site": "isolation", "person": "E. Visitor", "reason": "a disk",
                "enteredAt": "2026-01-01T08:00:00Z", "leftAt": "2026-01-01T09:00:00Z"}

    def rules_entries(self):
        named = lambda **more: lambda t: {"name": "e" + no_such_id(), **more}
        # A policy that says nothing: to write it needs no right but that to write policies.
        policy = named(identities=["*"], resources=[{"urn": "*"}])
        entries = {"identity.rights": Entry("identity"),
                   "policy.simulate": Entry("identity", body=lambda t: {
                       "identity": t.identity, "action": "okms:apikms:serviceKey/encrypt",
                       "resource": "urn:v1:x"}),
                   "policy.whoCan": Entry("account", query=lambda t:
                                          "?action=okms:apikms:serviceKey/encrypt&resource=urn:v1:x"),
                   "resourceTags.get": Entry("tagged"),
                   "resourceTags.set": Entry("tagged", body=lambda t: {"tags": {"env": "test"}})}
        for kind, body in (("policy", policy), ("permissionsGroup", named()),
                           ("resourceGroup", named(resources=[])), ("group", named())):
            entries[kind + ".create"] = Entry("account", body=body)
            entries[kind + ".list"] = Entry("account")
            entries[kind + ".get"] = Entry("rule")
            entries[kind + ".update"] = Entry("rule", body=body if kind != "group" else
                                              lambda t: {"description": "changed"})
            entries[kind + ".delete"] = Entry("rule", fresh=self.new_rules)
        account = "urn:v1:nobody:account:nobody"
        quorum = lambda t: {"name": "e" + no_such_id(), "approvals": 1,
                            "actions": ["chatelaine:control:quorum/edit"], "resources": [account],
                            "approvers": [self.world.ours.approver_urn]}
        entries.update({
            "quorum.rule.create": Entry("account", body=quorum, names_ours=True),
            "quorum.rule.list": Entry("account"),
            "quorum.rule.update": Entry("rule", body=quorum, by_quorum=True),
            "quorum.rule.delete": Entry("rule", fresh=self.new_rules, by_quorum=True),
            "quorum.request.list": Entry("account"),
            "quorum.request.get": Entry("rule", removed_is_done=True),
            "quorum.request.approve": Entry("rule", others_alone=True),
            "quorum.request.end": Entry("rule", others_alone=True)})
        return entries

    def secrets(self):
        data = {"data": {"value": "isolated"}}
        get = ("okms:apikms:secret/get",)
        reveal = lambda t: "?includeData=true"
        state = lambda name: lambda t: {"state": name}
        versions = lambda t: {"versions": [1]}

        def new_secret(target):
            target.made = "iso/" + no_such_id()
            return {"path": target.made, "version": data}

        return {
            "secret.create": Entry("domain", body=new_secret),
            "secret.list": Entry("domain", shows=self.world.secret),
            "secret.search": Entry("domain", query=lambda t: "?prefix=iso/",
                                   shows=self.world.secret),
            "secret.get": Entry("secret"),
            "secret.read": Entry("secret", query=reveal, extra=get),
            "secret.update": Entry("secret", body=lambda t: {"metadata": {"maxVersions": 24000}}),
            "secret.put": Entry("secret", body=lambda t: {"version": data}),
            "secret.delete": Entry("secret", fresh=self.new_secret),
            "secret.version.list": Entry("secret"),
            "secret.version.create": Entry("secret", body=lambda t: data),
            "secret.version.get": Entry("secret"),
            "secret.version.read": Entry("secret", query=reveal, extra=get),
            "secret.version.activate": Entry("secret", body=state("active")),
            "secret.version.deactivate": Entry("secret", body=state("deactivated"),
                                               fresh=self.new_secret),
            "secret.version.delete": Entry("secret", body=state("deleted"),
                                           fresh=self.new_secret),
            "secret.version.diff": Entry("secret", query=lambda t: "?from=1&to=1", extra=get),
            "secret.reads": Entry("secret"),
            "secret.deleted.list": Entry("domain", fresh=self.deleted_secret,
                                         shows=self.deleted_path()),
            "secret.undelete": Entry("secret", fresh=self.deleted_secret),
            "secretRetention.get": Entry("domain"),
            "secretRetention.update": Entry("domain", body=lambda t: {"undeleteWithin": "1h"}),
            "secret.rollback": Entry("secret", body=lambda t: {"version": 1}),
            "secretConfig.get": Entry("domain"),
            "secretConfig.update": Entry("domain", body=lambda t: {"maxVersions": 10}),
            "secret.kv.write": Entry("written", body=lambda t: data),
            "secret.kv.read": Entry("secret"),
            "secret.kv.patch": Entry("secret", body=lambda t: data),
            "secret.kv.deleteLatest": Entry("written", fresh=self.new_secret),
            "secret.kv.delete": Entry("written", body=versions, fresh=self.new_secret),
            "secret.kv.undelete": Entry("written", body=versions),
            "secret.kv.destroy": Entry("written", body=versions, fresh=self.new_secret),
            "secret.kv.subkeys": Entry("secret"),
            "secret.kv.getMetadata": Entry("secret"),
            "secret.kv.list": Entry("domain", query=lambda t: "?list=true", shows="iso/"),
            "secret.kv.putMetadata": Entry("written", body=lambda t: {"max_versions": 24000}),
            "secret.kv.patchMetadata": Entry("secret", body=lambda t: {"max_versions": 24000}),
            "secret.kv.deleteMetadata": Entry("written", fresh=self.new_secret),
            "secretConfig.kv.get": Entry("domain"),
            "secretConfig.kv.update": Entry("domain", body=lambda t: {"max_versions": 10}),
            "vault.mounts": Entry("itself"),
            "vault.mount": Entry("itself"),
            "token.lookupSelf": Entry("itself"),
            "token.lookup": Entry("itself", body=lambda t: {"token": self.world.app_token.token},
                                  of_ours=True),
            "token.createChild": Entry("itself", body=lambda t: {"ttl": "10m"}, token_only=True),
        }

    def send(self, caller, row, target, short=False):
        entry = self.entries[row["name"]]
        path = path_of(row, target, entry.kind, short)
        if entry.query:
            path += entry.query(target)
        body = entry.body(target) if entry.body else None
        answer = caller.call(row["listener"], row["method"], path, body)
        request = request_in(answer) if entry.by_quorum else ""
        if request:
            self.world.ours.approver.need("control", "POST",
                                          f"/v2/quorum/request/{request}/approve")
            answer = caller.call(row["listener"], row["method"], path, body)
        return answer

    # ---- the objects of the answer tables' columns ----

    def own(self):
        w = self.world
        return Target(w.ours.domain, dict(w.keys), w.app_identity["id"], w.token_id,
                      w.client["clientId"], w.app_credential, w.secret, rules=dict(w.rules))

    def column(self, name):
        """The objects of a column; the domain is ours but where the column says otherwise."""
        w = self.world
        target = self.own()
        if name == "other's":
            target.keys = dict(w.their_keys)
            target.identity = w.their_identity["id"]
            target.token = w.their_token_id
            target.client = w.their_client["clientId"]
            target.credential = w.their_credential
            target.secret = w.their_secret
            target.rules = dict(w.their_rules)
        elif name == "none":
            target.keys = {kind: no_such_id() for kind in KINDS}
            target.identity = no_such_id()
            target.token = no_such_id()
            target.client = no_such_id()
            target.credential = no_such_id()
            target.secret = "iso/" + no_such_id()
            target.rules = w.no_rules()
        elif name in ("destroyed", "removed"):
            target.keys = dict(w.destroyed_keys)
            target.identity = w.removed_identity
            target.token = w.revoked_token_id
            target.client = w.removed_client["clientId"]
            target.credential = w.revoked_credential
            target.rules = dict(w.removed_rules)
        elif name == "other's domain":
            target.domain = w.theirs.domain
        elif name == "no domain":
            target.domain = no_such_id()
        return target


# Which columns an operation has, by what it names.
COLUMNS = {
    "key": ("own", "other's", "none", "destroyed", "other's domain", "no domain"),
    "secret": ("own", "other's", "none", "other's domain", "no domain"),
    "written": ("own", "other's domain", "no domain"),
    "domain": ("own", "other's domain", "no domain"),
    "identity": ("own", "other's", "none", "removed"),
    "token": ("own", "other's", "none", "removed"),
    "client": ("own", "other's", "none", "removed"),
    "credential": ("own", "other's", "none", "removed", "other's domain", "no domain"),
    "rule": ("own", "other's", "none", "removed"),
    "tagged": ("own", "other's", "none"),
    "account": ("account",),
    "itself": ("itself",),
    "service": ("own",),
}
