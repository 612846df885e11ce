"""Policies hold at once, also on connections that are open; evidence and notices tell each party what it is
owed and nothing more."""
import urllib.parse

from support import Caller
from world import no_such_id

ENCRYPT = "okms:apikms:serviceKey/encrypt"


def in_force(service, world, tally):
    ours = world.ours
    root, urn = ours.root, world.resource_urn(ours.domain)
    identity = ours.identity("ruled" + no_such_id()[:8])
    caller = Caller(service, "under policies", token=ours.token(identity, domain=ours.domain)[1])
    key = f"/api/{ours.domain}/v1/servicekey/{world.keys['aes']}"
    policy = lambda **more: {"name": "p" + no_such_id(), "identities": [identity["urn"]],
                             "resources": [{"urn": urn + "/*"}],
                             "permissions": {"allow": [{"action": "okms:apikms:*"}]}, **more}
    expected = []

    def expect(what, status, why=None):
        answer = caller.call("rest", "POST", key + "/encrypt", {"plaintext": "aXNvbGF0ZWQ="})
        tally.check(answer.status == status, f"encrypt {what}", answer)
        said = root.need("control", "POST", "/v2/iam/simulate", {
            "identity": identity["urn"], "action": ENCRYPT, "clientIp": "127.0.0.1",
            "resource": f"{urn}/serviceKey/{world.keys['aes']}"})
        tally.check(said["allowed"] == (status == 200) and (not why or said["reason"] == why),
                    f"simulation says the same {what}", said)
        expected.append(status)

    make = lambda body: root.need("control", "POST", "/v2/iam/policy", body)["id"]
    change = lambda made, body: root.need("control", "PUT", f"/v2/iam/policy/{made}", body)
    remove = lambda made: root.need("control", "DELETE", f"/v2/iam/policy/{made}")
    expect("without a policy", 403, "nothing allows it")
    made = make(policy())
    expect("under a policy", 200, "allowed")
    denial = make(policy(permissions={"deny": [{"action": "okms:apiovh:serviceKey/*"},
                                               {"action": ENCRYPT}]}))
    expect("under a denial", 403, "denied")
    remove(denial)
    expect("with the denial gone", 200)
    body = policy(permissions={"allow": [{"action": "*"}], "except": [
        {"action": ENCRYPT}, {"action": "okms:apiovh:serviceKey/encrypt"}]})
    change(made, body)
    expect("excepted", 403)
    for what, conditions, status in (
            ("from this address", {"request.IP.In": "127.0.0.0/8, ::1"}, 200),
            ("from another address", {"request.IP": "192.0.2.1"}, 403),
            ("on any day", {"date(Europe/Paris).WeekDay.GE": "monday"}, 200),
            ("before the past", {"date(UTC).Date.BEFORE": "2001-01-01"}, 403),
            ("of a tag that is not there", {"resource.Tag(env)": "prod"}, 403)):
        change(made, policy(conditions={"operator": "MATCH", "values": conditions}))
        expect("under a condition " + what, status)
    tags = "/v2/iam/resource/" + urllib.parse.quote(f"{urn}/serviceKey/{world.keys['aes']}", safe="")
    root.need("control", "PUT", tags, {"tags": {"env": "prod"}})
    expect("of a tag that is there now", 200)
    root.need("control", "PUT", tags, {"tags": {}})
    expect("of a tag that is gone", 403)
    change(made, policy(expiredAt="2001-01-01T00:00:00Z"))
    expect("under an ended policy", 403)
    group = root.need("control", "POST", "/v2/group", {"name": "g" + no_such_id()})
    change(made, policy(identities=[group["urn"]]))
    expect("of a group that it is not in", 403)
    root.need("control", "PUT", f"/v2/identity/{identity['id']}", {"groups": [group["name"]]})
    expect("of its group", 200)
    who = root.call("control", "GET", f"/v2/iam/whoCan?action={ENCRYPT}&resource={urn}/serviceKey/"
                    + world.keys["aes"], headers={"X-Pagination-Size": "1000"}).json()
    tally.check(identity["urn"] in [one["identity"] for one in who], "who can encrypt names it", who)
    rights = root.need("control", "GET", f"/v2/identity/{identity['id']}/rights")
    tally.check([one.get("policy") for one in rights["statements"]] == [made],
                "its rights are the policy's", rights)
    remove(made)
    expect("with the policy gone", 403)
    tally.check(200 in expected and 403 in expected, "it was let through and kept out", expected)
    caller.close()


def responsibilities(world, tally):
    """The 32 rows with their evidence, for each party; each link opens its audit record."""
    world.operator.need("operator", "POST", "/v1/backup", {"file": "b" + no_such_id()})
    ours = world.ours
    ours.root.need("control", "GET", "/v2/audit")
    for who, listener, own in ((ours.root, "control", "customer"),
                               (world.operator, "operator", "provider")):
        opened, seen = 0, {}
        for language, title, unserved in (("en", "Back the service up", "nothing serves it yet"),
                                          ("fr", "Réaliser les backups", "rien ne la réalise encore")):
            told = who.need(listener, "GET", "/responsibilities?lang=" + language)
            rows = {row["id"]: row for row in told["activities"]}
            tally.check(len(rows) == 32, f"{own}: 32 rows", len(rows))
            tally.check(title in rows["3.1.1.d"]["title"], f"{own}: in {language}", rows["3.1.1.d"])
            for name, row in rows.items():
                tally.check(bool(row["operations"]) == row["served"]
                            and (row["state"] == unserved) != row["served"],
                            f"{own}: {name} says whether it is served", row)
                tally.check(len(row["evidenceIs"]) > 10, f"{own}: {name} says what counts", row)
                last = row.get("last", {})
                tally.check(not last or last["operation"] in row["operations"],
                            f"{own}: {name}: its evidence is of its own operations", row)
                if "audit" not in last:
                    continue
                found = who.need(listener, "GET", last["audit"])["records"]
                tally.check(last["operation"] in [one["operation"] for one in found]
                            and all(one["request_id"].endswith(last["request"]) for one in found),
                            f"{own}: {name}: its link opens its audit record", (last, found))
                opened += 1
            seen = rows
        tally.check(opened >= 6, f"{own}: links were opened", opened)
        backup = seen["3.1.1.d"].get("last", {})
        tally.check(backup.get("operation") == "backup.create" and ("by" in backup) == (own == "provider"),
                    f"{own}: what changes no record has its evidence too", seen["3.1.1.d"])
        if own == "customer":
            tally.check(seen["3.1.3.e"].get("last", {}).get("operation") in seen["3.1.3.e"]["operations"],
                        "a read is evidence where the matrix says so", seen["3.1.3.e"])
    bare = world.nobody.call("control", "GET", "/responsibilities")
    tally.check(bare.status == 200 and "last" not in bare.json()["activities"][0],
                "who shows no credential reads the matrix alone", bare)
    bad = world.nobody.call("control", "GET", "/responsibilities", headers={"Authorization": "Bearer no"})
    tally.check(bad.status == 401, "who shows a bad one reads nothing", bad)


def registers(world, tally):
    ours = world.ours
    secret = "canary" + no_such_id()[:8]
    made = ours.identity(secret)
    for language, title in (("en", "Manage the access"), ("fr", "Gérer les accès")):
        rows = ours.root.need("control", "GET", "/v2/evidence?lang=" + language)
        tally.check(len(rows) == 32, "each of the 32 activities has its line", len(rows))
        row = next(one for one in rows if one["activity"] == "3.1.2.c")
        tally.check(title in row["title"], f"it is told in the language {language}", row)
        last = row.get("last", {})
        tally.check(last.get("operation") == "identity.create" and last.get("by") == [ours.root_urn]
                    and last.get("result") == "allowed", "the last evidence is the last change", row)
        found = ours.root.need("control", "GET", last["audit"])["records"]
        tally.check(len(found) == 1 and found[0]["res_urn"] == made["urn"],
                    "its link opens the audit record", found)
    responsibilities(world, tally)
    other = world.theirs.root.call("control", "GET", "/v2/evidence")
    tally.check(made["urn"] not in other.body.decode() and ours.root_urn not in other.body.decode(),
                "another customer's evidence is its own", other)
    page = world.operator.need("operator", "GET", "/v1/notice?max=5&lang=fr")
    notice = page["notices"][0]
    tally.check(notice["operation"] == "identity.create" and notice["activity"] == "3.1.2.c" and
                notice["request"] == last["request"], "the provider is told of it", page)
    tally.check(secret not in str(page), "and not by whom or of whom", page)
    seen, cursor = [], ""
    while True:
        page = world.operator.need("operator", "GET", f"/v1/notice?max=7&cursor={cursor}")
        seen += [one["request"] + one["operation"] for one in page["notices"]]
        cursor = page["next"]
        if not cursor or len(seen) > 5000:
            break
    tally.check(len(seen) == len(set(seen)) and len(seen) > 20, "pages show each notice once",
                len(seen))
    world.operator.need("operator", "POST", "/v1/operator", {"name": "n" + no_such_id()[:8]})
    for customer in (world.ours, world.theirs):
        page = customer.root.need("control", "GET", "/v2/notice")
        tally.check(page["notices"] and page["notices"][0]["operation"] == "operator.create",
                    f"{customer.name} is told that an operator was invited", page)
