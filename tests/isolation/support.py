"""A service of its own for a test, callers of it, and a count of what was checked.

Python 3 and its standard library; `cc` and `openssl` as commands.
"""
import http.client
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from tally import ROOT, Tally, find_server

DAY = 86400


def run_openssl(*arguments, text=None):
    return subprocess.run(["openssl", *arguments], input=text, check=True, text=True,
                          capture_output=True).stdout


class Service:
    """One data directory; start it as often as needed, each time with the clock as wanted."""

    def __init__(self, directory, server=None):
        self.directory = pathlib.Path(directory)
        self.server = server or find_server()
        self.process = None
        self.endpoints = {}
        self.shim = None

    def environment(self, shift):
        environment = dict(os.environ)
        if shift:
            if self.shim is None:
                self.shim = self.directory.parent / "shifted_clock.so"
                subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.shim,
                                HERE / "shifted_clock.c"], check=True)
            environment["LD_PRELOAD"] = str(self.shim)
            environment["CLOCK_SHIFT_SECONDS"] = str(shift)
        return environment

    def initialise(self, shift=0):
        self.shares = self.directory.with_name(self.directory.name + "-shares")
        subprocess.run([self.server, "init", "--dir", self.directory, "--shares-dir", self.shares],
                       check=True, env=self.environment(shift), stdout=subprocess.DEVNULL)
        return (self.shares / "operator-enrolment-code.txt").read_text().strip()

    def start(self, shift=0):
        log = open(self.directory.with_suffix(".log"), "ab")
        ready = self.directory / "ready"
        ready.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [self.server, "serve", "--dir", self.directory, "--ports", "auto"], stdout=log,
            stderr=log, env=self.environment(shift))
        log.close()
        deadline = time.monotonic() + 60
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit("the service did not start:\n" +
                         self.directory.with_suffix(".log").read_text()[-3000:])
            try:
                self.process.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
        self.endpoints = json.loads((self.directory / "endpoints.json").read_text())

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def alive(self):
        return self.process is not None and self.process.poll() is None


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


def request_in(answer):
    """The id of the request that a refusal names, or nothing."""
    if answer.status != 403 or "approvals are asked for" not in answer.body.decode():
        return ""
    return answer.body.decode().split("given: request ")[1][:36]


class Caller:
    """An identity as the wire sees it: a certificate, a token, both or nothing. Its connections
    are kept open, so a revocation is met on an open connection too."""

    def __init__(self, service, name, certificate=None, token=None):
        self.service = service
        self.name = name
        self.certificate = certificate
        self.token = token
        self.connections = {}

    def context(self):
        context = ssl.create_default_context(cafile=self.service.endpoints["ca"])
        if self.certificate:
            context.load_cert_chain(*self.certificate)
        return context

    def close(self):
        for connection in self.connections.values():
            connection.close()
        self.connections = {}

    def call(self, listener, method, path, body=None, headers=None):
        url = self.service.endpoints[listener]
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            sent["Authorization"] = "Bearer " + self.token
        sent.update(headers or {})
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        for attempt in (0, 1):
            connection = self.connections.get(url)
            if connection is None:
                place = urllib.parse.urlsplit(url)
                connection = http.client.HTTPSConnection(place.hostname, place.port, timeout=30,
                                                         context=self.context())
                self.connections[url] = connection
            try:
                connection.request(method, path, body=data, headers=sent)
                got = connection.getresponse()
                answer = Answer(got.status, dict(got.getheaders()), got.read())
                if got.will_close:
                    self.connections.pop(url).close()
                return answer
            except (OSError, http.client.HTTPException):
                self.connections.pop(url).close()
                # A kept connection may have ended with a restart of the service: once more.
                if attempt:
                    raise

    def need(self, listener, method, path, body=None):
        """The JSON of an answer that must be a success."""
        answer = self.call(listener, method, path, body)
        if answer.status >= 300:
            raise RuntimeError(f"{self.name}: {method} {path} gave {answer}")
        return answer.json()


def normalised(answer, request_ids):
    """Status and body as they compare: without the request's own ids, which the caller gave, and
    without the id of the answer."""
    text = answer.body.decode("utf-8", "replace")
    for name, value in request_ids.items():
        if value:
            text = text.replace(value, f"<{name}>")
    text = re.sub(r'"request_id":"[^"]*"', '"request_id":"<request>"', text)
    names = sorted(k.lower() for k in answer.headers if k.lower() not in ("date", "x-request-id"))
    return answer.status, text, tuple(names)


def temporary_directory():
    return tempfile.TemporaryDirectory(prefix="chatelaine-test-")


def operations(server):
    """The rows that are served over HTTP."""
    rows = json.loads(subprocess.run([server, "print-operations"], check=True,
                                     capture_output=True).stdout)["rows"]
    return [row for row in rows if not row["kmip"]]
