#!/usr/bin/env python3
"""KMIP on the wire against a running service ($CHATELAINE_CONNECT): batches done as one, isolation,
malformed bytes, framing, and that a key is one key over KMIP and REST. The last line counts.
"""
import http.client
import json
import os
import pathlib
import random
import resource
import socket
import ssl
import sys
import time
import urllib.parse
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from kmip import (CANCELED, DENIED, FAILED, INVALID, NOT_FOUND, SUCCESS, T, TOO_LARGE, UNDONE,
                  UNSUPPORTED, Connection, attribute, create, decode, enumeration, find, find_all,
                  integer, item, items_of, locate, message, named, revoke, structure, text,
                  value_name)
from tally import Tally


def undo(tally, connect):
    """Batches of 2 to 10 that fail at each position leave nothing behind."""
    client = Connection(connect)
    for size in range(2, 11):
        for failing in range(size):
            mark = f"undo-{uuid.uuid4()}"
            kept = client.make(attribute("Name", value_name(mark + "-kept")))
            batch = []
            for at in range(size):
                if at == failing:
                    batch.append(named("get", str(uuid.uuid4())))
                elif at % 3 == 0:
                    batch.append(create(attribute("Name", value_name(mark))))
                elif at % 3 == 1:
                    batch.append(named("add_attribute", kept, attribute(
                        "x-mark", text("attribute_value", mark))))
                else:
                    batch.append(named("modify_attribute", kept, attribute(
                        "Name", value_name(mark + "-moved"))))
            got = client.ask(*batch, continuation=3)
            what = f"undo {size} at {failing}"
            tally.check([g[0] for g in got] == [UNDONE] * failing + [FAILED] * (size - failing),
                        what, got)
            tally.check(got[failing][1] == NOT_FOUND, what + ": reason", got[failing])
            tally.check(all(g[1] == CANCELED for g in got[failing + 1:]), what + ": rest", got)
            names = [find_all(client.one(locate(mark + end))[2], "uid")
                     for end in ("", "-kept", "-moved")]
            tally.check(names == [[], [kept], []], what + ": Locate", names)
            listed = find_all(client.one(named("get_attribute_list", kept))[2], "attribute_name")
            tally.check("x-mark" not in listed, what + ": attributes", listed)
    mark = f"whole-{uuid.uuid4()}"
    got = client.ask(create(attribute("Name", value_name(mark))),
                     ("activate",), ("get_attributes", text("attribute_name", "State")),
                     continuation=3)
    tally.check([g[0] for g in got] == [SUCCESS] * 3, "undo: a good batch is done", got)
    uid = find(got[0][2], "uid")
    tally.check(find_all(client.one(locate(mark))[2], "uid") == [uid], "undo: and is there", got)
    # Locate within the batch finds what was made before it, and hands it on.
    mark = f"made-{uuid.uuid4()}"
    got = client.ask(create(attribute("Name", value_name(mark))),
                     create(attribute("Name", value_name(mark + "-other"))), locate(mark),
                     ("get_attributes", text("attribute_name", "Name")), continuation=3)
    made = find(got[0][2], "uid")
    tally.check([g[0] for g in got] == [SUCCESS] * 4, "undo: Locate within", got)
    tally.check(find_all(got[2][2], "uid") == [made], "undo: finds what the batch made", got)
    tally.check(find(got[3][2], "uid") == made, "undo: and hands it on", got)
    got = client.ask(named("destroy", made), locate(mark), continuation=3)
    tally.check(find_all(got[1][2], "uid") == [], "undo: not what the batch destroyed", got)
    got = client.ask(("discover",), named("activate", uid), continuation=3)
    tally.check([g[0] for g in got] == [UNDONE, FAILED], "undo: a query in front", got)
    client.close()


def default_group(tally, connect):
    """A fresh member is made on demand once the domain has the template for it."""
    client = Connection(connect)
    fresh = ("locate", integer("maximum", 1), enumeration("group_member", 1),
             attribute("Object Group", text("attribute_value", "default")))

    def members():
        return find_all(client.one(fresh)[2], "uid")

    tally.check(members() == [], "default group: nothing without a template")
    made = client.one(("register", enumeration("object_type", 6), structure("template"), structure(
        "template_object", attribute("Name", value_name("default")),
        attribute("Cryptographic Algorithm", enumeration("attribute_value", 3)),
        attribute("Cryptographic Length", integer("attribute_value", 256)),
        attribute("Cryptographic Usage Mask", integer("attribute_value", 12)))))
    tally.check(made[0] == SUCCESS, "default group: the template", made)
    first = members()
    tally.check(len(first) == 1 and members() == first, "default group: one is made", first)
    tally.check(client.one(named("get", first[0]))[0] == SUCCESS, "default group: it is a key")
    second = members()
    tally.check(len(second) == 1 and second != first, "default group: then another", second)
    client.one(named("destroy", find(made[2], "uid")))
    client.one(named("get", second[0]))
    tally.check(members() == [], "default group: nothing once the template is gone")
    client.close()


def continuation(tally, connect):
    client = Connection(connect)
    missing = str(uuid.uuid4())
    for option, expected in ((None, [SUCCESS, FAILED, FAILED]), (2, [SUCCESS, FAILED, FAILED]),
                             (1, [SUCCESS, FAILED, SUCCESS])):
        got = client.ask(create(), named("get", missing), create(), continuation=option)
        tally.check([g[0] for g in got] == expected, f"continuation {option}", got)
        if option != 1:
            tally.check(got[2][1] == CANCELED, f"continuation {option}: canceled", got)
    got = client.ask(create(), create(), count=1)
    tally.check([g[:2] for g in got] == [(FAILED, INVALID)], "batch count", got)
    got = client.ask(create(), create(), ids=False)
    tally.check(got[0][:2] == (FAILED, INVALID), "items without an id", got)
    tally.check(client.one(create(), minor=9)[1] == INVALID, "version not served")
    tally.check(client.one((44,))[1] == UNSUPPORTED, "operation not served")
    # Nothing of what was too large to tell is kept.
    mark = f"large-{uuid.uuid4()}"
    got = client.one(create(attribute("Name", value_name(mark))), maximum=100)
    tally.check(got[:2] == (FAILED, TOO_LARGE), "maximum response size", got)
    tally.check(find_all(client.one(locate(mark))[2], "uid") == [], "and it had no effect")
    client.close()


def version_2(tally, connect):
    """What 2.x alone has, and its reasons."""
    client = Connection(connect)

    def ask(operation, *payload, minor=1):
        return client.one((operation, *payload), major=2, minor=minor)

    made = ask("create", enumeration("object_type", 2), structure(
        "attributes", enumeration("algorithm", 3), integer("length", 128), integer("mask", 12)))
    tally.check(made[0] == SUCCESS, "2.1: create", made)
    uid = text("uid", find(made[2], "uid"))
    tally.check(ask("ping") == (SUCCESS, None, []), "2.1: ping")
    tally.check(ask("ping", minor=0)[:2] == (FAILED, UNSUPPORTED), "2.0: no ping")
    tally.check(ask("query_asynchronous") == (SUCCESS, None, []), "2.1: nothing is on its way")
    mark = item(T["correlation"], 8, b"12345678")
    for operation in ("poll", "process"):
        got = ask(operation, mark)
        tally.check(got[:2] == (FAILED, 43), f"2.1: {operation} of what is not there", got)
    got = ask("cancel", mark)
    tally.check(got[0] == SUCCESS and find(got[2], "cancellation") == 5, "2.1: cancel", got)
    negate = (enumeration("reference", T["sensitive"]), enumeration("adjustment", 3))
    got = ask("adjust", uid, *negate)
    tally.check(got[0] == SUCCESS, "2.1: adjust", got)
    tally.check(ask("adjust", uid, enumeration("reference", T["length"]),
                    enumeration("adjustment", 1))[:2] == (FAILED, 34), "2.1: read only")
    got = ask("get", text("uid", str(uuid.uuid4())))
    tally.check(got[:2] == (FAILED, 55), "2.1: object not found", got)
    ask("activate", uid)
    tally.check(ask("destroy", uid)[:2] == (FAILED, 67), "2.1: wrong life cycle state")
    tally.check(client.one(named("destroy", find(made[2], "uid")))[:2] == (FAILED, DENIED),
                "1.4: permission denied")
    tally.check(client.one(("adjust", uid))[:2] == (FAILED, UNSUPPORTED), "1.4: no adjust")
    got = client.one(("query", enumeration("query_function", 10)))
    tally.check(len(find_all(got[2], "profile")) > 10, "profiles", got)


def isolation(tally, connect):
    """A stranger of the domain is denied, another customer finds nothing there."""
    owner = Connection(connect)
    uid = owner.make()
    operations = [named(name, uid) for name in (
        "get", "get_attributes", "get_attribute_list", "obtain_lease", "check", "activate",
        "rekey", "archive", "recover", "destroy")]
    new = attribute("x-a", text("attribute_value", "a"))
    operations += [named("add_attribute", uid, new), named("modify_attribute", uid, new),
                   named("delete_attribute", uid, text("attribute_name", "x-a")), revoke(uid)]
    stranger, other = Connection(connect, "stranger"), Connection(connect, "other")
    for operation in operations:
        got = stranger.one(operation)
        tally.check(got[:2] == (FAILED, DENIED), f"stranger: {operation[0]}", got)
        theirs = other.one(operation)
        nothing = other.one(named(operation[0], str(uuid.uuid4()), *operation[2:]))
        tally.check(theirs[:2] == (FAILED, NOT_FOUND), f"other customer: {operation[0]}", theirs)
        tally.check(theirs == nothing, f"not yours is not there: {operation[0]}", nothing)
    tally.check(stranger.one(create())[:2] == (FAILED, DENIED), "stranger: create")
    tally.check(find_all(stranger.one(("locate",))[2], "uid") == [], "stranger: locate")
    tally.check(uid not in find_all(other.one(("locate",))[2], "uid"), "other customer: locate")
    tally.check(owner.one(named("get", uid))[0] == SUCCESS, "the owner gets it")
    for connection in (owner, stranger, other):
        connection.close()


def rest(connect, method, path, body=None):
    place = urllib.parse.urlsplit(connect["rest"])
    context = ssl.create_default_context(cafile=connect["ca"])
    context.load_cert_chain(connect["client_cert"], connect["client_key"])
    connection = http.client.HTTPSConnection(place.hostname, place.port, context=context)
    connection.request(method, f"/api/{connect['domain']}{path}",
                       json.dumps(body) if body is not None else None,
                       {"Content-Type": "application/json"} if body is not None else {})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, json.loads(data) if data else None


def one_key_on_two_faces(tally, connect):
    client = Connection(connect)
    uid = client.make(attribute("Name", value_name("two-faces")))
    tally.check(client.one(named("activate", uid))[0] == SUCCESS, "activate over KMIP")
    status, key = rest(connect, "GET", f"/v1/servicekey/{uid}")
    tally.check(status == 200 and key["attributes"]["state"] == "active", "seen over REST", key)
    status, made = rest(connect, "POST", f"/v1/servicekey/{uid}/encrypt", {"plaintext": "AAAA"})
    tally.check(status == 200, "used over REST", made)
    tally.check(client.one(revoke(uid, 1))[0] == SUCCESS, "revoked over KMIP")
    status, refused = rest(connect, "POST", f"/v1/servicekey/{uid}/encrypt", {"plaintext": "AAAA"})
    tally.check(status == 400, "not used over REST any more", refused)
    status, key = rest(connect, "POST", "/v1/servicekey",
                       {"name": "other-way", "type": "oct", "size": 256,
                        "operations": ["encrypt", "decrypt"]})
    tally.check(status == 201, "made over REST", key)
    got = client.one(named("get", key["id"]))
    tally.check(got[:2] == (FAILED, 0x17), "a REST key does not leave", got)
    got = client.one(named("get", key["id"]), minor=3)
    tally.check(got[:2] == (FAILED, DENIED), "and before 1.4 the reason is an old one", got)
    tally.check(client.one(revoke(key["id"], 1))[0] == SUCCESS, "revoked over KMIP too")
    status, seen = rest(connect, "GET", f"/v1/servicekey/{key['id']}")
    tally.check(seen["attributes"]["state"] == "deactivated", "REST sees it at once", seen)
    client.close()


def framing(tally, connect):
    """Many messages in one write, one message in many writes."""
    client = Connection(connect)
    client.send(message([("discover",)]) * 50)
    answers = [items_of(client.answer()) for _ in range(50)]
    tally.check(all(a[0][0] == SUCCESS for a in answers), "fifty messages in one write")
    for octet in message([("query", enumeration("query_function", 1))]):
        client.send(bytes([octet]))
    tally.check(items_of(client.answer())[0][0] == SUCCESS, "one message octet by octet")
    client.close()
    for what, data in (("HTTP", b"GET / HTTP/1.1\r\n\r\n"),
                       ("a length of 3 GiB", bytes.fromhex("42007801c0000000")),
                       ("another type", bytes.fromhex("4200780700000008") + bytes(8))):
        client = Connection(connect)
        client.send(data)
        tally.check(items_of(client.answer())[0][:2] == (FAILED, INVALID), "junk: " + what)
        try:
            client.take(1)
            tally.check(False, "junk: " + what, "the connection goes on")
        except EOFError:
            tally.check(True, "junk: " + what)
        client.close()


def malformed(tally, connect, rounds):
    """Spoiled good messages get an answer or a clean close, and the service goes on."""
    chance = random.Random(2026)
    owner = Connection(connect)
    uid = owner.make()
    good = [message([create(attribute("Name", value_name("spoiled")))]),
            message([named("get", uid)]), message([locate("spoiled")]),
            message([named("add_attribute", uid, attribute("x-a", text("attribute_value", "a")))]),
            message([revoke(uid)]), message([create(), named("get", uid)], continuation=3),
            message([("query", enumeration("query_function", 1))])]
    client = Connection(connect)
    answered = closed = 0
    for number in range(rounds):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(8, len(data))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF,
                                                                  chance.randrange(256)))
        try:
            client.send(bytes(data))
            answer = client.answer()
            answered += 1
            if not find_all(answer, "batch_item"):
                tally.check(False, f"malformed {number}", data.hex())
        except (EOFError, ConnectionError):
            closed += 1
            client.close()
            client = Connection(connect)
    tally.check(answered + closed == rounds and answered > rounds * 9 // 10,
                f"malformed: {answered} answered, {closed} closed")
    tally.check(owner.one(("discover",))[0] == SUCCESS, "malformed: the service goes on")
    for connection in (owner, client):
        connection.close()


NAMES = {0x420078: "RequestMessage", 0x420077: "RequestHeader", 0x420069: "ProtocolVersion",
         0x42006A: "ProtocolVersionMajor", 0x42006B: "ProtocolVersionMinor",
         0x420050: "MaximumResponseSize", 0x42000D: "BatchCount", 0x42000F: "BatchItem",
         0x42005C: "Operation", 0x420079: "RequestPayload", 0x420074: "QueryFunction"}
VALUES = {(0x42005C, 24): "Query", (0x420074, 1): "QueryOperations", (0x420074, 2): "QueryObjects"}
KINDS = {2: "Integer", 5: "Enumeration"}


def as_xml(members):
    text = ""
    for tag, kind, value in members:
        if kind == 1:
            text += f"<{NAMES[tag]}>{as_xml(value)}</{NAMES[tag]}>"
        else:
            shown = VALUES.get((tag, value), value)
            text += f'<{NAMES[tag]} type="{KINDS[kind]}" value="{shown}"/>'
    return text


def as_json(members):
    made = [{"tag": NAMES[tag], "value": as_json(value)} if kind == 1 else
            {"tag": NAMES[tag], "type": KINDS[kind], "value": VALUES.get((tag, value), value)}
            for tag, kind, value in members]
    return made


def post(connect, path, data, kind):
    place = urllib.parse.urlsplit(connect["rest"])
    context = ssl.create_default_context(cafile=connect["ca"])
    context.load_cert_chain(connect["client_cert"], connect["client_key"])
    connection = http.client.HTTPSConnection(place.hostname, place.port, context=context)
    connection.request("POST", path, data, {"Content-Type": kind})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers.get("Content-Type", ""), body


def over_https(tally, connect):
    """The six MSGENC cases of OASIS: one question in three encodings at 1.3 and 1.4, too large an
    answer first."""
    query = ("query", enumeration("query_function", 1), enumeration("query_function", 2))
    for minor in (3, 4):
        small = message([query], minor=minor, maximum=256)
        large = message([query], minor=minor, maximum=2048)
        for kind, encode in (("application/octet-stream", lambda data: data),
                             ("text/xml", lambda data: as_xml(decode(data))),
                             ("application/json", lambda data: json.dumps(as_json(decode(data))[0]))):
            what = f"MSGENC {kind} 1.{minor}"
            status, back, body = post(connect, "/kmip", encode(small), kind)
            told = b"ResponseTooLarge" in body or bytes.fromhex("42007e05000000040000000200000000") \
                in body
            tally.check(status == 200 and back.startswith(kind) and told, what + ": too large",
                        (status, back, body[:300]))
            status, back, body = post(connect, "/kmip/2_1", encode(large), kind)
            operations = body.count(bytes.fromhex("42005c0500000004")) + \
                body.count(b'<Operation ') + body.count(b'"Operation"')
            tally.check(status == 200 and back.startswith(kind) and operations > 20,
                        what + ": answered", (status, operations, body[:300]))
    tally.check(post(connect, "/kmip", b"x", "text/plain")[0] == 415, "another media type")
    status, _, body = post(connect, "/kmip", b"<x", "text/xml")
    tally.check(status == 200 and b"InvalidMessage" in body, "XML that is none", body[:300])


def p99(client, uid):
    """The 99th percentile of 300 answers, in seconds; the best of five rounds, as the machine has
    other work too."""
    rounds = []
    for _ in range(5):
        taken = []
        for _ in range(300):
            began = time.perf_counter()
            client.one(named("get_attributes", uid))
            taken.append(time.perf_counter() - began)
        rounds.append(sorted(taken)[297])
    return min(rounds)


def threads(connect):
    with open(f"/proc/{connect['pid']}/status", encoding="ascii") as status:
        return next(line.split()[1] for line in status if line.startswith("Threads:"))


def crowd(tally, connect):
    """500 connections that say nothing and 500 that are idle after a request."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    client = Connection(connect)
    uid = client.make()
    before, alone = threads(connect), p99(client, uid)
    host, port = connect["kmip"].rsplit(":", 1)
    silent = [socket.create_connection((host, int(port)), 20) for _ in range(500)]
    idle = [Connection(connect) for _ in range(500)]
    tally.check(all(one.one(("discover",))[0] == SUCCESS for one in idle), "500 are answered")
    among = p99(client, uid)
    print(f"p99 alone {alone * 1e6:.0f} us, among 1,000 others {among * 1e6:.0f} us")
    if "--timed" in sys.argv:
        tally.check(among <= 2 * alone, "p99 among 1,000 others", (alone, among))
    tally.check(threads(connect) == before, "threads among 1,000 others")
    tally.check(idle[0].one(("discover",))[0] == SUCCESS, "an idle one is still served")
    for one in silent + idle:
        one.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def main():
    with open(os.environ["CHATELAINE_CONNECT"], encoding="utf-8") as file:
        connect = json.load(file)
    tally = Tally()
    undo(tally, connect)
    default_group(tally, connect)
    continuation(tally, connect)
    version_2(tally, connect)
    isolation(tally, connect)
    one_key_on_two_faces(tally, connect)
    framing(tally, connect)
    over_https(tally, connect)
    crowd(tally, connect)
    malformed(tally, connect, 20_000 if "--all" in sys.argv else 4_000)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
