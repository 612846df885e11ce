"""Requests that are wrong as HTTP: sent by hand, one connection each."""
import json
import socket
import ssl
import urllib.parse

HEADER_MAX, BODY_MAX, TARGET_MAX = 16 * 1024, 128 * 1024, 4096
PATIENCE = 5.0  # seconds; a wrong request is answered at once


class Wire:
    """One TLS connection with the application's certificate."""

    def __init__(self, world):
        self.place = urllib.parse.urlsplit(world.service.endpoints["rest"])
        self.context = world.app.context()

    def exchange(self, data, then_end=False):
        """Sends it; gives (status or None, what came)."""
        with socket.create_connection((self.place.hostname, self.place.port), PATIENCE) as plain, \
                self.context.wrap_socket(plain, server_hostname=self.place.hostname) as stream:
            try:
                stream.sendall(data)
                if then_end:
                    plain_end(stream)
            except OSError:
                pass  # answered and closed before all was sent
            return read_answer(stream)


def plain_end(stream):
    stream.shutdown(socket.SHUT_WR)


def read_answer(stream):
    got = b""
    try:
        while b"\r\n\r\n" not in got:
            more = stream.recv(65536)
            if not more:
                break
            got += more
    except socket.timeout:
        return "hang", got
    except (OSError, ssl.SSLError):
        pass
    if not got.startswith(b"HTTP/1.1 "):
        return None, got
    return int(got[9:12]), got


def head(method, target, headers, length=None):
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *headers]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def good_request(world):
    path = f"/api/{world.ours.domain}/v1/servicekey/{world.keys['aes']}/encrypt"
    return path, json.dumps({"plaintext": "aGVsbG8=", "context": "c"}).encode()


def wrong_requests(path, body):
    """(what, bytes, statuses)"""
    bad = {400}
    size = len(body)
    good = head("POST", path, [], size) + body
    line = f"POST {path} HTTP/1.1\r\n".encode()
    host = b"Host: localhost\r\n"
    length = f"Content-Length: {size}\r\n".encode()
    for n in range(1, size):
        yield f"content length {n} of {size}", head("POST", path, [], n) + body, bad
    for text in ("-1", "x", "1x", "0x10", "+5", "1.5", "", " ", "1 2", "9" * 30, "18446744073709551616",
                 f"{size}, {size + 1}", "١"):
        yield (f"content length {text!r}",
               line + host + f"Content-Length: {text}\r\n\r\n".encode() + body, {400, 413})
    yield "two content lengths", line + host + length + b"Content-Length: 3\r\n\r\n" + body, bad
    yield ("length and chunked", line + host + length + b"Transfer-Encoding: chunked\r\n\r\n" + body,
           bad)
    for coding in (b"gzip", b"chunked, gzip", b"identity", b"chunked, chunked", b"x", b""):
        yield (f"transfer coding {coding!r}",
               line + host + b"Transfer-Encoding: " + coding + b"\r\n\r\n" + body, {400, 411})
    chunked = line + host + b"Transfer-Encoding: chunked\r\n\r\n"
    for chunk in (b"x\r\n", b"-1\r\n", b"ffffffffffffffffff\r\n", b"5\r\nab\r\n0\r\n\r\n",
                  b"2\r\nabX\r\n0\r\n\r\n", b"\r\n\r\n", b" 2\r\nab\r\n0\r\n\r\n", b"0x2\r\nab\r\n",
                  b"2 ;\x00\r\nab\r\n0\r\n\r\n", b"2\nab\n0\n\n", b"7fffffffffffffff\r\n"):
        yield f"chunk {chunk[:20]!r}", chunked + chunk + b"\r\n" * 2, {400, 413}
    for method in ("", " ", "G ET", "POST\t", "\x00", "PO\x7fST", "é", "(", "POST,GET"):
        yield (f"method {method!r}", f"{method} {path} HTTP/1.1\r\n".encode() + host + length +
               b"\r\n" + body, {400, 405})
    for target in ("", " ", path + " x", path + "\x00", path + "\x7f", "\\", "x", "*",
                   "http://", "://", "é", "?", "#", "//", path + "\t"):
        yield (f"target {target[-20:]!r}", f"POST {target} HTTP/1.1\r\n".encode() + host + length +
               b"\r\n" + body, {400, 404, 405})
    for version in ("HTTP/0.9", "HTTP/2.0", "HTTP/3", "HTTP/1.10", "HTTP/11", "http/1.1", "HTTP/1,1",
                    "FTP/1.1", "", "HTTP/1.1 x", "HTTP/-1.1", "HTTPS/1.1"):
        yield (f"version {version!r}", f"POST {path} {version}\r\n".encode() + host + length + b"\r\n" +
               body, {400, 426, 505})
    for field in (b"X", b"X Y: 1", b": 1", b" X: 1", b"X\x00: 1", b"X: \x00", b"X: a\rb", b"X\t: 1",
                  b"\xff: 1", b"X: \x01", b"X:\n 1", b"(x): 1", b"X : 1", b"X@: 1", b"X: \x7f"):
        yield f"field {field!r}", line + host + field + b"\r\n" + length + b"\r\n" + body, bad
    yield "no host", line + length + b"\r\n" + body, bad
    yield "two hosts", line + host + b"Host: other\r\n" + length + b"\r\n" + body, bad
    yield "TLS in TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200), bad
    yield "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(30), {400, 505}
    yield "line feeds only", good.replace(b"\r\n", b"\n"), {200, 400}
    yield "nothing but zeros", bytes(300) + b"\r\n\r\n", bad
    yield "a long line", b"A" * (HEADER_MAX + 1000) + b"\r\n\r\n", {400, 414, 431}


def at_limits(path, body):
    """(what, bytes, statuses): at each bound and one over."""
    def padded_head(total):
        bare = len(head("POST", path, ["X-Pad: "], len(body)))
        return head("POST", path, ["X-Pad: " + "a" * (total - bare)], len(body)) + body
    yield "header at its limit", padded_head(HEADER_MAX), {200}
    yield "header one over", padded_head(HEADER_MAX + 1), {431}
    full = body + b" " * (BODY_MAX - len(body))
    yield "body at its limit", head("POST", path, [], BODY_MAX) + full, {200}
    yield "body one over", head("POST", path, [], BODY_MAX + 1) + full + b" ", {413}
    yield "body one over, not sent", head("POST", path, [], BODY_MAX + 1), {413}
    yield "body far over, not sent", head("POST", path, [], 2 ** 62), {413}
    chunk = b"%x\r\n%s\r\n0\r\n\r\n"
    chunked = head("POST", path, ["Transfer-Encoding: chunked"])
    yield "chunked body at its limit", chunked + chunk % (BODY_MAX, full), {200}
    yield "chunked body one over", chunked + chunk % (BODY_MAX + 1, full + b" "), {413}
    target = path + "?x=" + "a" * (TARGET_MAX - len(path) - 3)
    yield "target at its limit", head("POST", target, [], len(body)) + body, {200}
    yield "target one over", head("POST", target + "a", [], len(body)) + body, {400, 414, 431}


def run(world, tally, by_rule):
    """Gives how many were sent."""
    wire = Wire(world)
    path, body = good_request(world)
    sent = 0
    cases = [*wrong_requests(path, body), *at_limits(path, body)]
    for what, data, statuses in cases:
        status, got = wire.exchange(data)
        tally.check(status in statuses, f"framing: {what}", f"{status}, {got[:200]!r}")
        sent += 1
    for extra in (1, 10, 1000):
        # The rest never comes: an end of the stream ends the wait.
        status, got = wire.exchange(head("POST", path, [], len(body) + extra) + body, True)
        tally.check(status in (None, 400, 408), f"framing: {extra} bytes never come",
                    f"{status}, {got[:200]!r}")
        sent += 1
    by_rule["framing"] += sent
    answer = world.app.call("rest", "POST", path, body)
    tally.check(answer.status == 200, "framing: the good one after all", answer)
    return sent
