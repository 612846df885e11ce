"""Malformed requests made from a good one, by rule.

A variant says what is sent and what must come back: `status` (a set), whether the body is an error
of the plane's shape, and which field its text must name.
"""
import copy
import dataclasses
import itertools
import json
import random

BAD_REQUEST = frozenset({400})
NOT_FOUND_OR_BAD = frozenset({400, 404})
ANY_BUT_FAULT = frozenset({200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 414, 415, 431})

BAD_UTF8 = (b"\xff", b"\xfe\xff", b"\x80", b"\xc0\x80", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xc3\x28", b"\xe2\x28\xa1")
BAD_ESCAPES = (rb"\ud800", rb"\udc00", rb"\ud800x", rb"\ud800\ud800", rb"\x41", rb"\u1z",
               rb"\u12g4", b"\\", b"\x00", b"\x1f", b"\n", b"\t")
HUGE = ("1e400", "-1e400", "9223372036854775808", "-9223372036854775809", "18446744073709551616",
        "1" + "0" * 1000, "-" + "9" * 400, "1e999999999999999999999", "0." + "3" * 500,
        "123456789012345678901234567890", "1e-400", "4294967552", "2147483648", "-1", "0")
NO_NUMBER = ("01", "+1", "1.", ".5", "0x10", "1e", "1e+", "--1", "NaN", "Infinity", "-Infinity",
             "1_000", "1,2", "١")
WRONG_TYPES = {
    str: (1, True, False, 1.5, -7, [], {}, ["x"], {"a": 1}, [[]], [None]),
    int: ("1", "", "256", True, False, 1.5, 0.1, [], {}, [256], {"size": 256}),
    bool: ("true", "", 1, 0, 1.5, "false", [], {}, [True], {"a": True}),
    list: ("x", "", 1, True, 1.5, {}, {"0": "x"}, -1),
    dict: ("x", "", 1, True, 1.5, [], [{}]),
}
BAD_BASE64 = ("A", "AA", "AAA", "AAAAA", "A===", "====", "=AAA", "AA=A", "A=AA", "AAAA=", "AAAA==",
              "AAAA====", "AB==", "AAB=", "AA==AA==", "AA-_", "--__", "AA\nAA", "AAAA\n", " AAAA",
              "AAAA ", "A AAA", "AA\tA", "é==", "AA\u0000A", "日本語文", "AA%3D%3D", "AA.A", "!!!!",
              "data:,AAAA", "AAAA AAAA", "AAA=AAAA", "AAAA,AAAA", "\ufeffAAAA")
NAMES = ("", " ", "x", "__proto__", "constructor", "Plaintext", "PLAINTEXT", "plaintext ", "name\u0000",
         "id_", "ids", "Name", "NAME", "naïve", "日本", "$ref", "key_ops", "a" * 200, "contexts", "alg2",
         "Size", "0", "-1", "null", "true", "\u202e", "\U0001f511", "..", "/", "\\", "\"", "{}", "[]",
         "type ", "tyPe", "operation", "extractable2", "isDigest", "messages", "Signature", "cipherText",
         "plain_text", "size_", "reason2", "wrappedkeys", "Keys", "x5c", "xmlns", "#", "a.b", "a[0]")
BAD_IDS = ("x", "0", "-1", "null", "%20", "a" * 35, "a" * 36, "a" * 37, "a" * 300,
           "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-0000000000000",
           "00000000-0000-0000-0000-00000000000g", "0000000000000000-0000-0000-000000000000",
           "%7B00000000-0000-4000-8000-000000000000%7D", "urn:uuid:00000000-0000-4000-8000-000000000000",
           "00000000_0000_4000_8000_000000000000", "00000000-0000-4000-8000-00000000000%00",
           "%00", "%", "%2", "%zz", "%ff", "%c0%80", "%ed%a0%80", "%e2%82", "..", ".", "%2e%2e",
           "..%2f..", "%2F", "a%2Fb", "a%5cb", "'", "%27%20OR%201=1--", "%3Cscript%3E", "*", "%2A", "@",
           ";", "a;b=c", "00000000-0000-4000-8000-000000000000%20", "%2000000000-0000-4000-8000-000000000000",
           "00000000-0000-4000-8000-000000000000.json", "+", "~", "$", "%E6%97%A5", "(", ")", "!",
           "00000000-0000-4000-8000-0000000000٠٠".encode().hex(), "%0a", "%0d%0a", "%09", "|", "^")
BAD_QUERY = ("x", "%zz", "%", "%ff", "%00", "%c0%80", "1e3", "1.5", "-1", "0x10", "+",
             "9223372036854775808", "1" + "0" * 60, "a" * 600, "%20", "NaN", "null", "%0d%0aX:1",
             "%F0%9F%94%91", "1%00", "%2e%2e", "1 ".replace(" ", "%20"), "'", "%22", "*", "{}", "[]",
             "4097", "5000", "01x", "--1", "1_0", "%ed%a0%80", "true", "jwkx", "JWT2", "Active", "ALL!")


@dataclasses.dataclass
class Good:
    """A request that succeeds, and what is known of its parts."""
    operation: str
    listener: str
    method: str
    path: str                        # the id is the segment between `id_at` slashes
    query: str = ""
    body: dict | None = None
    status: int = 200
    base64: tuple = ()               # members that hold standard base64
    opaque: tuple = ()               # members that hold a JWE or a signature
    integers: tuple = ()
    fitting: tuple = ()              # (member, one of HUGE) that is a value, too
    bounds: tuple = ()               # (member, a value one over the bound)
    queries: tuple = ()              # (name, refused values or None for BAD_QUERY)
    ids: tuple = ()                  # ids in the path
    free: tuple = ()                 # members whose objects may hold anything
    bodiless: bool = False           # good without a body, too
    once: object = None              # makes the request afresh: it uses its object up


@dataclasses.dataclass
class Variant:
    rule: str
    what: str
    body: bytes | None = None
    path: str | None = None
    headers: dict | None = None
    status: frozenset = BAD_REQUEST
    field: str = ""


def members(value, path=()):
    """Every member of a JSON value below objects and arrays: (path, value)."""
    items = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield path + (key,), inner
        yield from members(inner, path + (key,))


def replaced(body, path, value):
    made = copy.deepcopy(body)
    place = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return made


def encode(body):
    return json.dumps(body).encode()


def with_raw(body, path, raw):
    """The body's text with the value at `path` written as these bytes."""
    mark = "@@raw@@"
    return encode(replaced(body, path, mark)).replace(b'"' + mark.encode() + b'"', raw)


def top(path):
    return str(path[0])


def truncated(good, _):
    text = encode(good.body)
    for end in range(1, len(text)):
        yield Variant("truncated", f"after {end} bytes", text[:end])
    if not good.bodiless:
        yield Variant("truncated", "empty", b"", field="body")


def wrong_type(good, _):
    for path, value in members(good.body):
        for other in WRONG_TYPES[type(value)]:
            yield Variant("wrong type", f"{path} = {other!r}",
                          encode(replaced(good.body, path, other)), field=top(path))
    for whole in ([], "x", 1, True, None, [good.body], "{}", 1.5, ""):
        yield Variant("wrong type", f"the body is {str(whole)[:20]}", encode(whole))


def missing(good, _):
    for path, value in members(good.body):
        if isinstance(path[-1], str):
            made = copy.deepcopy(good.body)
            place = made
            for step in path[:-1]:
                place = place[step]
            del place[path[-1]]
            yield Variant("missing", str(path), encode(made), status=ANY_BUT_FAULT)
            yield Variant("missing", f"{path} null", encode(replaced(good.body, path, None)),
                          status=ANY_BUT_FAULT)


def unknown_member(good, _):
    for name in NAMES:
        if name not in good.body:
            yield Variant("unknown member", repr(name), encode({**good.body, name: 1}))
            yield Variant("unknown member", f"{name!r} before",
                          encode({name: {"a": []}, **good.body}))
    for path, value in members(good.body):
        if isinstance(value, dict) and path[-1] not in good.free:
            for name in NAMES[:20]:
                if name == "x" and "kty" in value:
                    continue  # a member of JWK that a key of another kind has
                made = copy.deepcopy(value)
                made[name] = "x"
                yield Variant("unknown member", f"{path}.{name!r}",
                              encode(replaced(good.body, path, made)))


def deep(good, _):
    for depth in (16, 17, 18, 32, 64, 100, 500, 1000, 5000, 20000, 60000):
        for left, right in ((b"[", b"]"), (b'{"a":', b"}")):
            size = depth * (len(left) + len(right))
            if size > 120_000:
                continue
            whole = left * depth + b"1" + right * depth
            open_only = left * depth
            yield Variant("deep", f"{depth} levels of {left!r}", whole)
            yield Variant("deep", f"{depth} levels of {left!r}, not closed", open_only)
            for path, _ in itertools.islice(members(good.body), 3):
                if path[-1] in good.free and left != b"[" and depth < 100:
                    continue
                yield Variant("deep", f"{path}: {depth} levels",
                              with_raw(good.body, path, whole))
    for count in (9_000, 11_000, 50_000):
        for path, _ in itertools.islice(members(good.body), 2):
            yield Variant("deep", f"{path}: {count} values",
                          with_raw(good.body, path, b"[" + b"1," * count + b"1]"))


def duplicate_key(good, _):
    text = encode(good.body)
    for key, value in good.body.items():
        for other in (value, None, 1, "x", [], {}, True):
            pair = json.dumps({key: other})[1:-1].encode()
            yield Variant("duplicate key", f"{key} = {str(other)[:20]} first",
                          b"{" + pair + b"," + text[1:])
            yield Variant("duplicate key", f"{key} = {str(other)[:20]} last",
                          text[:-1] + b"," + pair + b"}")
        escaped = b'"' + b"".join(b"\\u%04x" % ord(c) for c in key) + b'":' + \
            json.dumps(value).encode()
        yield Variant("duplicate key", f"{key} escaped", text[:-1] + b"," + escaped + b"}")
    for path, value in members(good.body):
        if isinstance(value, dict):
            for key in value:
                inner = json.dumps(value).encode()
                again = inner[:-1] + b"," + json.dumps({key: "x"})[1:-1].encode() + b"}"
                yield Variant("duplicate key", f"{path}.{key}", with_raw(good.body, path, again))


def bad_utf8(good, _):
    for path, value in members(good.body):
        if not isinstance(value, str):
            continue
        plain = value.encode()
        for bad in (*BAD_UTF8, *BAD_ESCAPES):
            for at in (0, len(plain) // 2, len(plain)):
                raw = b'"' + plain[:at] + bad + plain[at:] + b'"'
                if bad == b"\\" and at < len(plain) and plain[at:at + 1] in b'"\\/bfnrtu':
                    continue
                yield Variant("bad UTF-8", f"{path} with {bad!r} at {at}",
                              with_raw(good.body, path, raw))
    for bad in BAD_UTF8:
        text = encode(good.body)
        yield Variant("bad UTF-8", f"a name with {bad!r}",
                      b'{"n' + bad + b'":1,' + text[1:])
        yield Variant("bad UTF-8", f"{bad!r} before all", bad + text)


def huge_number(good, _):
    for path, value in members(good.body):
        for raw in HUGE:
            if (path[-1], raw) in good.fitting:
                continue
            yield Variant("huge number", f"{path} = {raw[:30]}",
                          with_raw(good.body, path, raw.encode()), field=top(path)
                          if isinstance(value, int) and not isinstance(value, bool) and
                          raw in ("-1", "0", "4294967552", "2147483648") else "")
        for raw in NO_NUMBER:
            yield Variant("huge number", f"{path} = {raw}",
                          with_raw(good.body, path, raw.encode()))


def bad_base64(good, _):
    for name in good.base64:
        for text in BAD_BASE64:
            yield Variant("bad base64", f"{name} = {text!r}",
                          encode({**good.body, name: text}), field=name)
        for at in range(0, len(good.body[name]), 3):
            for c in "-_ .":
                text = good.body[name][:at] + c + good.body[name][at + 1:]
                yield Variant("bad base64", f"{name} with {c!r} at {at}",
                              encode({**good.body, name: text}), field=name)
    for name in good.opaque:
        text = good.body[name]
        # A signature that does not read is simply not valid; a ciphertext is refused.
        status = frozenset({200}) if good.operation == "serviceKey.verify" else BAD_REQUEST
        for at in range(0, len(text), max(1, len(text) // 60)):
            # Every bit of an unpadded text counts, but for the last character's spare ones.
            other = text[:at] + ("A" if text[at] != "A" else "Q") + text[at + 1:]
            yield Variant("bad base64", f"{name} changed at {at}",
                          encode({**good.body, name: other}), status=status)
            yield Variant("bad base64", f"{name} cut at {at}",
                          encode({**good.body, name: text[:at]}), status=status)
        for other in (".", "..", "....", ".....", text + ".", "." + text, text + text, text.upper(),
                      text.replace(".", ""), text.replace(".", ".."), text + "=", "=" + text,
                      "e30.e30.e30.e30.e30", "e30....", "bnVsbA....", " " + text, text + "\n"):
            yield Variant("bad base64", f"{name} = {other[:20]!r}…",
                          encode({**good.body, name: other}), status=status)


def bad_form(good, _):
    text = encode(good.body)
    for tail in (b"x", b"{}", b"[]", b",", b"}", b"]", b"\x00", b"//", b"/**/", b"null", b"1", b'"'):
        yield Variant("bad form", f"then {tail!r}", text + tail)
        yield Variant("bad form", f"first {tail!r}", tail + text)
    for raw in (b"\xef\xbb\xbf" + text, text.replace(b'"', b"'"), text.replace(b":", b"="),
                text.replace(b":", b""), text.replace(b"{", b"{,"), text.replace(b"}", b",}"),
                text.replace(b'"', b""), text.replace(b"{", b""), text.replace(b"}", b""),
                b"(" + text + b")", text.decode().encode("utf-16"), text.decode().encode("utf-32"),
                b"<a/>", b"a=b&c=d", b"---\na: 1\n", b"\x1f\x8b\x08\x00", b"\x00" * 64, b"\xff" * 64,
                b" ", b"\n", b"nul", b"tru", b"NaN", b"undefined", b"{", b"}", b"[", b'"', b"{\"",
                b"\xa1\x61\x61\x01", b"\x08\x96\x01", b"%7B%7D", text + text, text[::-1],
                b"{" * 1000, b"\"" * 1001, b"," * 1000, b":" * 1000):
        yield Variant("bad form", repr(raw[:30]), raw)


def over_bounds(good, _):
    for name, value in good.bounds:
        yield Variant("over bounds", f"{name} = {str(value)[:40]}",
                      encode({**good.body, name: value}), field=name)


def bad_query(good, _):
    for name, refused in good.queries:
        for value in refused or BAD_QUERY:
            joiner = "&" if good.query else "?"
            base = good.path + good.query
            if f"{name}=" in good.query:
                before, after = good.query.split(f"{name}=", 1)
                rest = after.split("&", 1)
                path = good.path + before + f"{name}={value}" + \
                    ("&" + rest[1] if len(rest) > 1 else "")
            else:
                path = base + joiner + f"{name}={value}"
            # A key of the list that is not there, a format that is an alias: the answers differ.
            yield Variant("bad query", f"{name}={value[:40]}",
                          encode(good.body) if good.body is not None else None, path=path,
                          status=NOT_FOUND_OR_BAD)


def bad_path(good, _):
    for which in good.ids:
        for bad in BAD_IDS:
            yield Variant("bad path", f"{bad[:40]} for an id",
                          encode(good.body) if good.body is not None else None,
                          path=good.path.replace(which, bad) + good.query,
                          status=frozenset({400, 404, 405}))
    for path in (good.path + "/", good.path + "//", "/" + good.path, good.path + "/x",
                 good.path.replace("/v1/", "/v9/"), good.path.replace("/v1/", "//v1/"),
                 good.path.upper(), good.path + "%00", good.path + ";x", good.path + "%20",
                 good.path.replace("servicekey", "servicekeys")):
        if path != good.path:
            yield Variant("bad path", path[-60:],
                          encode(good.body) if good.body is not None else None,
                          path=path + good.query, status=frozenset({400, 404, 405}))


def mutated(good, seed):
    """Bytes changed at random, always the same for a seed: some stay good requests."""
    text = encode(good.body)
    dice = random.Random(f"{good.operation} {seed}")
    for number in itertools.count():
        raw = bytearray(text)
        for _ in range(dice.choice((1, 1, 1, 2, 4, 8))):
            at = dice.randrange(len(raw) + 1)
            action = dice.randrange(4)
            if action == 0 and at < len(raw):
                raw[at] ^= 1 << dice.randrange(8)
            elif action == 1:
                raw.insert(at, dice.randrange(256))
            elif action == 2 and at < len(raw):
                del raw[at]
            else:
                other = dice.randrange(len(raw) + 1)
                raw[at:at] = raw[min(at, other):max(at, other)][:40]
        yield Variant("mutated", f"number {number}", bytes(raw), status=ANY_BUT_FAULT)


BODY_RULES = (truncated, wrong_type, missing, unknown_member, deep, duplicate_key, bad_utf8,
              huge_number, bad_base64, bad_form, over_bounds)
