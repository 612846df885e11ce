"""A service under test: started and killed by its pid, filled through its own listeners.

Standard library only. A `Site` is a folder with everything of one service: the data directory, the
root key, the shares and the customer's credentials; it can be copied, and each copy is a service of
its own. A `Client` speaks to one listener with a certificate, a token or neither.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

READY_SECONDS_MAX = 20.0
STOP_SECONDS_MAX = 30.0
REQUEST_SECONDS_MAX = 20.0
POLL_SECONDS = 0.004


class Unanswered(Exception):
    """The request was sent, or not, and no whole answer came: nothing is known about its effect."""


class EndedEarly(Exception):
    """The process ended before it was ready."""


class Reply:
    def __init__(self, status, body):
        self.status = status
        self.body = body

    @property
    def good(self):
        return 200 <= self.status < 300

    @property
    def json(self):
        return json.loads(self.body) if self.body else None

    def expect(self, *statuses):
        if self.status not in statuses:
            raise AssertionError(
                f"answered {self.status}, expected {statuses}: {self.body[:400]!r}")
        return self.json


class Client:
    """One listener and one way to say who is calling. One connection a thread, kept open."""

    def __init__(self, url, ca, certificate=None, token=None):
        parts = urllib.parse.urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._context = ssl.create_default_context(cafile=ca)
        if certificate is not None:
            self._context.load_cert_chain(*certificate)
        self._token = token
        self._local = threading.local()

    def call(self, method, path, body=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        text = None if body is None else json.dumps(body)
        try:
            connection = self._connection()
            connection.request(method, path, body=text, headers=headers)
            response = connection.getresponse()
            return Reply(response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unanswered(f"{method} {path}: {error!r}") from error

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None):
        return self.call("POST", path, body)

    def close(self):
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _connection(self):
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=REQUEST_SECONDS_MAX, context=self._context)
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._local.connection = connection
        return connection


class Site:
    """A folder with one service's data. `user` runs it as somebody else: (uid, gid)."""

    def __init__(self, binary, folder, user=None):
        self.binary = os.path.abspath(binary)
        self.folder = os.path.abspath(folder)
        self.user = user
        self.data = os.path.join(self.folder, "data")
        self.shares = os.path.join(self.folder, "shares")
        self.log = os.path.join(self.folder, "log")
        self.process = None
        self.endpoints = {}
        self.facts = {}

    # ---- the process ------------------------------------------------------------------------

    def command(self, *arguments, wrapper=()):
        return [*wrapper, self.binary, *arguments]

    def popen(self, arguments, environment=None, wrapper=()):
        with open(self.log, "ab") as log:
            extra = {}
            if self.user is not None:
                extra = {"user": self.user[0], "group": self.user[1], "extra_groups": []}
            return subprocess.Popen(
                self.command(*arguments, wrapper=wrapper), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env={**os.environ, **(environment or {})}, cwd=self.folder, **extra)

    def init(self, environment=None, wrapper=()):
        """Returns the exit code; a killed process has a negative one."""
        os.makedirs(self.folder, exist_ok=True)
        if self.user is not None:
            os.chown(self.folder, *self.user)
        process = self.popen(["init", "--dir", self.data, "--shares-dir", self.shares],
                             environment, wrapper)
        return process.wait(STOP_SECONDS_MAX)

    def start(self, environment=None, wrapper=()):
        """Returns the seconds until it was ready."""
        assert self.process is None
        self.endpoints = {}
        ready = os.path.join(self.data, "ready")
        for left_over in (ready, os.path.join(self.data, "endpoints.json")):
            if os.path.exists(left_over):
                os.unlink(left_over)
        began = time.monotonic()
        self.process = self.popen(["serve", "--dir", self.data, "--ports", "auto"], environment,
                                  wrapper)
        while not os.path.exists(ready):
            if self.process.poll() is not None:
                code, self.process = self.process.returncode, None
                raise EndedEarly(f"ended with {code} before it was ready")
            if time.monotonic() - began > READY_SECONDS_MAX:
                self.kill()
                raise EndedEarly(f"not ready after {READY_SECONDS_MAX} s")
            time.sleep(POLL_SECONDS)
        seconds = time.monotonic() - began
        with open(os.path.join(self.data, "endpoints.json"), encoding="utf-8") as file:
            self.endpoints = json.load(file)
        return seconds

    @property
    def pid(self):
        return self.endpoints["pid"]

    def running(self):
        return self.process is not None and self.process.poll() is None

    def wait_for_end(self, seconds=STOP_SECONDS_MAX):
        """The exit code; None when it still runs after that time."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self.process = None
        return code

    def stop(self):
        """Asks it to end, as an administrator would; returns the exit code."""
        if self.running():
            os.kill(self.pid, signal.SIGTERM)
        code = self.wait_for_end()
        if code is None:
            self.kill()
            raise AssertionError(f"did not stop within {STOP_SECONDS_MAX} s")
        return code

    def kill(self):
        if self.process is not None:
            if self.running() and self.process.pid != self.endpoints.get("pid", self.process.pid):
                os.kill(self.pid, signal.SIGKILL)  # under a wrapper: not left behind
            self.process.kill()
            self.process.wait()
            self.process = None

    def kill_traced(self):
        """kill() for a service started under a wrapper, which ends when the service has."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait_for_end()

    # ---- clients ----------------------------------------------------------------------------

    def client(self, listener, certificate=None, token=None):
        pair = None
        if certificate is not None:
            pair = (os.path.join(self.folder, certificate + ".pem"),
                    os.path.join(self.folder, certificate + ".key"))
        return Client(self.endpoints[listener], os.path.join(self.data, "tls", "ca.pem"), pair,
                      token)

    def rest(self, certificate="app"):
        return self.client("rest", certificate=certificate)

    def control(self, token=None):
        """As the customer's root, by a token bound to the domain, so that its records lie there."""
        return self.client("control", token=token or self.facts["admin_token"])

    def operator(self):
        return self.client("operator", token=self.facts["operator_token"])

    @property
    def domain(self):
        return self.facts["domain"]

    @property
    def keys_path(self):
        return f"/api/{self.domain}/v1/servicekey"

    @property
    def domain_path(self):
        return f"/v2/okms/resource/{self.domain}"

    # ---- filling ----------------------------------------------------------------------------

    def bootstrap(self):
        """From an empty service to a customer with a domain, an identity `app` with every right."""
        facts = self.facts
        with open(os.path.join(self.shares, "operator-enrolment-code.txt"),
                  encoding="utf-8") as file:
            code = file.read().strip()
        claim = self.client("operator").post("/v1/claim", {"code": code}).expect(201)
        facts["operator_token"] = claim["token"]
        account = self.operator().post("/v1/account", {"name": "acme"}).expect(201)
        claim = self.client("control").post("/v1/claim", {"code": account["claimCode"]}).expect(201)
        facts["root_token"] = claim["token"]
        root = claim["identity"]["id"]
        control = self.control(facts["root_token"])
        domain = control.post("/v2/okms/resource", {"region": "local", "name": "prod"}).expect(201)
        facts["domain"] = domain["id"]
        facts["admin_token"] = control.post(
            f"/v2/identity/{root}/token", {"name": "admin", "domain": self.domain}
        ).expect(201)["token"]
        self.add_identity("app", every_right=True)
        self.add_credential("app", "app")
        self.save()

    def add_identity(self, name, every_right=False):
        grants = [{"actions": ["*"], "resources": ["*"]}] if every_right else []
        # A token that is bound to the domain gives no rights beyond it: the root's of the account.
        control = self.control(self.facts["root_token"])
        made = control.post("/v2/identity", {"name": name, "grants": grants}).expect(201)
        self.facts.setdefault("identities", {})[name] = {"id": made["id"], "urn": made["urn"]}
        return made

    def add_credential(self, name, identity):
        urn = self.facts["identities"][identity]["urn"]
        made = self.control().post(self.domain_path + "/credential",
                                   {"name": name, "identityURNs": [urn]}).expect(201)
        for member, ending in (("certificatePEM", ".pem"), ("privateKeyPEM", ".key")):
            path = os.path.join(self.folder, name + ending)
            with open(path, "w", encoding="utf-8", opener=private_file) as file:
                file.write(made[member])
        self.facts.setdefault("credentials", {})[name] = made["id"]
        return made

    def add_token(self, name, identity):
        made = self.control().post(
            f"/v2/identity/{self.facts['identities'][identity]['id']}/token",
            {"name": name, "domain": self.domain}).expect(201)
        self.facts.setdefault("tokens", {})[name] = {"id": made["id"], "text": made["token"]}
        return made

    # ---- copies -----------------------------------------------------------------------------

    def save(self):
        with open(os.path.join(self.folder, "facts.json"), "w", encoding="utf-8",
                  opener=private_file) as file:
            json.dump(self.facts, file)

    def copy(self, folder):
        """A stopped service's folder as another one: the configuration names the new paths."""
        assert self.process is None
        shutil.copytree(self.folder, folder)
        copied = Site(self.binary, folder, self.user)
        copied.facts = json.loads(json.dumps(self.facts))
        settings = os.path.join(copied.data, "chatelained.toml")
        with open(settings, encoding="utf-8") as file:
            text = file.read()
        with open(settings, "w", encoding="utf-8") as file:
            file.write(text.replace(self.folder, copied.folder))
        return copied

    def remove(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def private_file(path, flags):
    return os.open(path, flags, 0o600)


def audit_records(client, path, query=None):
    """Every record of a log, or those that the query's members filter, oldest first."""
    records, cursor = [], ""
    while True:
        text = urllib.parse.urlencode({"max": 1000, **(query or {}), "cursor": cursor})
        page = client.get(f"{path}?{text}").expect(200)
        records += page["records"]
        cursor = page["next"]
        if not cursor:
            return records
