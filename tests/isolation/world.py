"""Two customers, their operators and everybody who must be kept out, on a service of its own."""
import pathlib
import urllib.parse
import uuid

from support import DAY, Caller, request_in, run_openssl

ANYTHING = [{"actions": ["*"], "resources": ["*"]}]


class Customer:
    """An account with one domain, a root and its objects."""

    def __init__(self, world, name):
        self.world = world
        self.name = name
        self.approver, self.approver_urn = None, ""
        made = world.operator.need("operator", "POST", "/v1/account", {"name": name})
        self.used_code = made["claimCode"]
        claimed = world.nobody.need("control", "POST", "/v1/claim", {"code": self.used_code})
        self.root = Caller(world.service, name + "/root", token=claimed["token"])
        self.root_identity = claimed["identity"]["id"]
        self.root_urn = claimed["identity"]["urn"]
        self.domain = self.root.need("control", "POST", "/v2/okms/resource",
                                     {"region": world.region, "name": name})["id"]

    def identity(self, name, grants=None):
        return self.root.need("control", "POST", "/v2/identity",
                              {"name": name, "grants": grants or []})

    def certificate(self, identity, **options):
        made = self.root.need("control", "POST", f"/v2/okms/resource/{self.domain}/credential",
                              {"name": "c", "identityURNs": [identity["urn"]], **options})
        return made["id"], self.world.keep(made["id"], made["certificatePEM"],
                                           made["privateKeyPEM"])

    def token(self, identity, **options):
        made = self.root.need("control", "POST", f"/v2/identity/{identity['id']}/token",
                              {"name": "t", **options})
        return made["id"], made["token"]

    def client(self):
        """A service account: its client id and secret."""
        return self.root.need("control", "POST", "/me/api/oauth2/client", {"name": "c"})

    def key(self, caller, **members):
        body = {"name": "k", **members}
        return caller.need("rest", "POST", f"/api/{self.domain}/v1/servicekey", body)["id"]

    def secret(self, caller):
        """A secret in the folder `iso`, which keeps all its versions; gives its path."""
        path = "iso/" + no_such_id()
        caller.need("rest", "POST", f"/api/{self.domain}/v2/secret", {
            "path": path, "metadata": {"maxVersions": 24000},
            "version": {"data": {"value": "isolated"}}})
        return path

    def rules(self):
        """A policy, a group of each kind and a resource that may be tagged: kind -> its id, URN or
        name. They say nothing, so that they change nobody's rights."""
        make = lambda path, **body: self.root.need("control", "POST", path,
                                                   {"name": "r" + no_such_id(), **body})
        return {**self.waiting(),
                "policy": make("/v2/iam/policy", identities=["*"], resources=[{"urn": "*"}])["id"],
                "permissionsGroup": make("/v2/iam/permissionsGroup")["urn"],
                "resourceGroup": make("/v2/iam/resourceGroup", resources=[])["id"],
                "group": make("/v2/group")["name"],
                "resource": self.world.resource_urn(self.domain)}

    def waiting(self):
        """A rule for approvals, and a request that waits for them: to remove a key that is none."""
        if not self.approver:
            identity = self.identity("approver", [
                {"actions": ["chatelaine:control:quorum/*"], "resources": ["*"]}])
            self.approver_urn = identity["urn"]
            self.approver = Caller(self.world.service, self.name + "/approver",
                                   token=self.token(identity)[1])
            self.asker = Caller(self.world.service, self.name + "/asker",
                                token=self.token(self.identity("asker", ANYTHING))[1])
        key = no_such_id()
        rule = self.root.need("control", "POST", "/v2/quorum/rule", {
            "name": "r" + no_such_id()[:13], "actions": ["okms:apikms:serviceKey/delete"],
            "resources": [self.world.resource_urn(self.domain) + "/serviceKey/" + key],
            "approvers": [self.approver_urn]})["id"]
        asked = self.asker.call("rest", "DELETE", f"/api/{self.domain}/v1/servicekey/{key}")
        return {"quorumRule": rule, "quorumRequest": request_in(asked)}

    def remove_waiting(self, made):
        self.approver.need("control", "DELETE", "/v2/quorum/request/" + made["quorumRequest"])
        self.remove_rule(made["quorumRule"])

    def remove_rule(self, rule):
        """With the approval that it asks for."""
        path = "/v2/quorum/rule/" + rule
        request = request_in(self.root.call("control", "DELETE", path))
        self.approver.need("control", "POST", f"/v2/quorum/request/{request}/approve")
        self.root.need("control", "DELETE", path)

    def destroyed(self, caller, **members):
        key = self.key(caller, **members)
        path = f"/api/{self.domain}/v1/servicekey/{key}"
        caller.need("rest", "POST", path + "/deactivate", {"reason": "unspecified"})
        caller.need("rest", "DELETE", path)
        return key


AES = {"type": "oct", "size": 256, "extractable": True,
       "operations": ["encrypt", "decrypt", "wrapKey", "unwrapKey"]}
RSA = {"type": "RSA", "size": 2048, "operations": ["sign", "verify"]}
EC = {"type": "EC", "curve": "P-256", "operations": ["sign", "verify"]}
TRANSPORT = {"type": "RSA", "size": 2048, "operations": ["wrapKey", "unwrapKey"]}
KINDS = {"aes": AES, "rsa": RSA, "ec": EC, "transport": TRANSPORT}


class World:
    def __init__(self, service):
        self.service = service
        self.files = pathlib.Path(service.directory).parent / "credentials"
        self.files.mkdir()
        # Three days ago: what was made then for a day has expired by now.
        code = service.initialise(-3 * DAY)
        service.start(-3 * DAY)
        self.region = service.endpoints["region"]
        self.nobody = Caller(service, "nobody")
        self.open_operators(code)
        self.ours = Customer(self, "acme")
        self.theirs = Customer(self, "other")
        self.make_identities()
        expired = self.ours.certificate(self.app_identity, validity=1)[1]
        expired_token = self.ours.token(self.app_identity, expiresIn=3600)[1]
        self.restart(+3 * DAY)
        early = self.ours.certificate(self.app_identity, validity=30)[1]
        self.restart(0)
        self.make_objects()
        self.make_invalid(expired, expired_token, early)

    def restart(self, shift):
        self.service.stop()
        self.service.start(shift)

    def keep(self, name, certificate, key):
        """Writes a certificate and its key; gives both paths."""
        paths = []
        for suffix, text in ((".pem", certificate), (".key", key)):
            path = self.files / (name + suffix)
            path.write_text(text)
            paths.append(str(path))
        return tuple(paths)

    def open_operators(self, code):
        key = str(self.files / "operator.key")
        request = run_openssl("req", "-new", "-newkey", "ec", "-pkeyopt",
                              "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-subj",
                              "/CN=operator")
        claimed = self.nobody.need("operator", "POST", "/v1/claim", {"code": code, "csr": request})
        self.used_operator_code = code
        self.operator = Caller(self.service, "operator", token=claimed["token"])
        certificate = self.files / "operator.pem"
        certificate.write_text(claimed["certificatePEM"])
        self.operator_certificate = Caller(self.service, "operator by certificate",
                                           certificate=(str(certificate), key))
        code = self.operator.need("operator", "POST", "/v1/operator", {"name": "idle"})
        claimed = self.nobody.need("operator", "POST", "/v1/claim",
                                   {"code": code["enrolmentCode"]})
        self.idle_operator = Caller(self.service, "operator without rights",
                                    token=claimed["token"])
        self.idle_operator_id = claimed["identity"]["id"]
        code = self.operator.need("operator", "POST", "/v1/operator", {
            "name": "second", "grants": [{"actions": ["chatelaine:operator:*"],
                                          "resources": ["*"]}]})
        claimed = self.nobody.need("operator", "POST", "/v1/claim",
                                   {"code": code["enrolmentCode"]})
        self.second_operator = Caller(self.service, "second operator", token=claimed["token"])

    def make_identities(self):
        ours, theirs = self.ours, self.theirs
        self.app_identity = ours.identity("app", ANYTHING)
        self.app_credential, certificate = ours.certificate(self.app_identity)
        self.app_files = certificate
        self.app = Caller(self.service, "app by certificate", certificate=certificate)
        token = ours.token(self.app_identity, domain=ours.domain)[1]
        self.app_token = Caller(self.service, "app by token", token=token)
        self.account_token = Caller(self.service, "app by a token of the whole account",
                                    token=ours.token(self.app_identity)[1])
        self.stranger_identity = ours.identity("stranger")
        self.stranger = Caller(self.service, "stranger by certificate",
                               certificate=ours.certificate(self.stranger_identity)[1])
        self.stranger_token = Caller(
            self.service, "stranger by token",
            token=ours.token(self.stranger_identity, domain=ours.domain)[1])
        self.their_identity = theirs.identity("app", ANYTHING)
        self.their_credential, certificate = theirs.certificate(self.their_identity)
        self.other = Caller(self.service, "other customer by certificate", certificate=certificate)
        self.their_token_id, token = theirs.token(self.their_identity, domain=theirs.domain)
        self.other_token = Caller(self.service, "other customer by token", token=token)

    def make_objects(self):
        ours, theirs = self.ours, self.theirs
        self.keys = {k: ours.key(self.app, **m) for k, m in KINDS.items()}
        self.their_keys = {k: theirs.key(self.other, **m) for k, m in KINDS.items()}
        self.destroyed_keys = {k: ours.destroyed(self.app, **m) for k, m in KINDS.items()}
        self.secret, self.their_secret = ours.secret(self.app), theirs.secret(self.other)
        removed = ours.identity("removed", ANYTHING)
        self.removed_certificate = ours.certificate(removed)[1]
        self.removed_token = ours.token(removed)[1]
        ours.root.need("control", "DELETE", f"/v2/identity/{removed['id']}")
        self.removed_identity = removed["id"]
        self.token_id = ours.token(self.app_identity)[0]
        self.client, self.their_client = ours.client(), theirs.client()
        self.removed_client = ours.client()
        ours.root.need("control", "DELETE",
                       "/me/api/oauth2/client/" + self.removed_client["clientId"])
        self.rules, self.their_rules = ours.rules(), theirs.rules()
        self.removed_rules = ours.rules()
        for path, kind in (("policy", "policy"), ("permissionsGroup", "permissionsGroup"),
                           ("resourceGroup", "resourceGroup")):
            ours.root.need("control", "DELETE", f"/v2/iam/{path}/" +
                           urllib.parse.quote(self.removed_rules[kind], safe=""))
        ours.root.need("control", "DELETE", "/v2/group/" + self.removed_rules["group"])
        ours.remove_waiting(self.removed_rules)
        parked = self.operator.need("operator", "POST", "/v1/account", {"name": "parked"})["id"]
        self.rules.update(accountId=parked, operatorId=self.idle_operator_id,
                          elevationId=self.elevate([parked]), entryId=no_such_id())

    def elevate(self, accounts, actions=("chatelaine:operator:account/setState",), minutes=480):
        """The first operator, for a time, with the second one's approval; gives its id."""
        asked = self.operator.need("operator", "POST", "/v1/elevation", {
            "actions": list(actions), "accounts": accounts, "reason": "a test", "minutes": minutes})
        self.second_operator.need("operator", "POST", f"/v1/elevation/{asked['id']}/approve")
        return asked["id"]

    def resource_urn(self, domain):
        return f"urn:v1:{self.app_identity['urn'].split(':')[2]}:resource:okms:{domain}"

    def no_rules(self):
        plate = self.app_identity["urn"].split(":")[2]
        return {"quorumRule": no_such_id(), "quorumRequest": no_such_id(), "policy": no_such_id(), "resourceGroup": no_such_id(), "group": no_such_id(),
                "permissionsGroup": f"urn:v1:{plate}:permissionsGroup:{no_such_id()}",
                "resource": self.resource_urn(no_such_id())}

    def make_invalid(self, expired, expired_token, early):
        service, ours = self.service, self.ours
        spare, certificate = ours.certificate(self.app_identity)
        revoked = Caller(service, "revoked certificate", certificate=certificate)
        revoked.need("rest", "GET", "/v1/random")  # its connection is open when it is revoked
        ours.root.need("control", "DELETE",
                       f"/v2/okms/resource/{ours.domain}/credential/{spare}")
        self.revoked_credential = spare
        self.revoked_token_id, token = ours.token(self.app_identity)
        ours.root.need("control", "DELETE",
                       f"/v2/identity/{self.app_identity['id']}/token/{self.revoked_token_id}")
        off = ours.identity("off", ANYTHING)
        off_certificate, off_token = ours.certificate(off)[1], ours.token(off)[1]
        ours.root.need("control", "PUT", f"/v2/identity/{off['id']}", {"disabled": True})
        good = self.app_token.token
        self.invalid = [
            self.nobody, revoked,
            Caller(service, "expired certificate", certificate=expired),
            Caller(service, "certificate that is not valid yet", certificate=early),
            Caller(service, "certificate of another authority", certificate=self.foreign()),
            Caller(service, "self-signed certificate", certificate=self.self_signed()),
            Caller(service, "certificate of a disabled identity", certificate=off_certificate),
            Caller(service, "certificate of a removed identity",
                   certificate=self.removed_certificate),
            Caller(service, "revoked token", token=token),
            Caller(service, "expired token", token=expired_token),
            Caller(service, "forged token", token=changed(good, len(good) - 5)),
            Caller(service, "token forged in its id", token=changed(good, 40)),
            Caller(service, "truncated token", token=good[:-1]),
            Caller(service, "token with one character more", token=good + "A"),
            Caller(service, "token of a disabled identity", token=off_token),
            Caller(service, "token of a removed identity", token=self.removed_token),
            Caller(service, "certificate and another's token", certificate=self.app_files,
                   token=self.stranger_token.token),
            Caller(service, "certificate and a forged token", certificate=self.app_files,
                   token=changed(good, len(good) - 5)),
        ]

    def foreign(self):
        """The application's certificate to the letter, signed by an authority of the same name."""
        names = self.files / "foreign.cnf"
        domain = self.ours.domain
        names.write_text(
            "[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\n"
            "[client]\nextendedKeyUsage=clientAuth\n"
            f"subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:okms.domain:{domain}\n")
        issuer = run_openssl("x509", "-in", self.app_files[0], "-noout", "-issuer", "-nameopt",
                             "compat").strip()
        serial = run_openssl("x509", "-in", self.app_files[0], "-noout", "-serial").strip()
        ca_key, ca, request = (str(self.files / n) for n in ("fca.key", "fca.pem", "f.csr"))
        key, certificate = (str(self.files / n) for n in ("foreign.key", "foreign.pem"))
        subject = "/" + issuer.removeprefix("issuer=").strip().lstrip("/")
        run_openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", ca_key, "-out", ca, "-subj", subject, "-days", "30",
                    "-config", str(names), "-extensions", "ca")
        run_openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={domain}")
        run_openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-out",
                    certificate, "-days", "20", "-set_serial",
                    "0x" + serial.removeprefix("serial="), "-extfile", str(names), "-extensions",
                    "client")
        return certificate, key

    def self_signed(self):
        key, certificate = (str(self.files / n) for n in ("own.key", "own.pem"))
        run_openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", key, "-out", certificate, "-days", "20", "-subj",
                    f"/CN={self.ours.domain}", "-addext",
                    "subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:okms.domain:" +
                    self.ours.domain)
        return certificate, key


def changed(text, position):
    """The text with one character of its alphabet changed."""
    other = "A" if text[position] != "A" else "B"
    return text[:position] + other + text[position + 1:]


def no_such_id():
    return str(uuid.uuid4())
