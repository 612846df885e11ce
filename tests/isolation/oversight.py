"""What operators may do to a customer's account, over the wire: nothing by themselves; under an elevation
that a second one approved and that the customer reads; in force at once, over a restart too."""
from support import Caller
from world import ANYTHING, Customer, no_such_id


def oversight(world, tally):
    check, operator, second = tally.check, world.operator, world.second_operator
    customer = Customer(world, "watched")
    account = customer.root.need("control", "GET", "/v2/account")
    check(account["state"] == "active" and "reason" not in account, "an account is active", account)
    identity = customer.identity("app", ANYTHING)
    app = Caller(world.service, "watched/app", token=customer.token(identity)[1])
    key = customer.key(app, type="oct", size=256, operations=["encrypt", "decrypt"])
    base = f"/api/{customer.domain}/v1/servicekey"
    encrypt = lambda: app.call("rest", "POST", f"{base}/{key}/encrypt", {"plaintext": "eA=="}).status
    make = lambda: app.call("rest", "POST", base, {"name": "k", "type": "oct", "size": 256,
                                                   "operations": ["encrypt"]}).status
    reason = "unpaid since " + no_such_id()[:8]
    state = lambda name: operator.call("operator", "PUT", f"/v1/account/{account['id']}/state",
                                       {"state": name, "reason": reason}).status

    check(state("suspended") == 403, "no operator has a standing right over an account", state)
    told = customer.root.need("control", "GET", "/v2/notice")["notices"][0]
    asked = operator.need("operator", "POST", "/v1/elevation", {
        "actions": ["chatelaine:operator:account/setState"], "accounts": [account["id"]],
        "reason": reason, "minutes": 30})["id"]
    check(operator.call("operator", "POST", f"/v1/elevation/{asked}/approve").status == 403,
          "nobody approves their own elevation", asked)
    check(state("suspended") == 403, "one that waits gives nothing", asked)
    second.need("operator", "POST", f"/v1/elevation/{asked}/approve")
    seen = customer.root.need("control", "GET", "/v2/elevation")
    check([one["id"] for one in seen] == [asked] and seen[0]["state"] == "active"
          and seen[0]["reason"] == reason and seen[0]["approvedBy"].endswith("second")
          and "accounts" not in seen[0], "the customer reads who, why and by whose approval", seen)
    notices = customer.root.need("control", "GET", "/v2/notice?max=5")["notices"]
    check(notices[0] != told and notices[0]["operation"] == "elevation.approve",
          "and was told", notices)
    check(not world.theirs.root.need("control", "GET", "/v2/elevation"),
          "another customer reads nothing of it", asked)

    check(state("draining") == 200 and (encrypt(), make()) == (200, 403),
          "a draining account is served and makes nothing new", (encrypt(), make()))
    check(state("suspended") == 200 and (encrypt(), make()) == (403, 403),
          "a suspended one is not served", (encrypt(), make()))
    own = customer.root.need("control", "GET", "/v2/account")
    check(own["state"] == "suspended" and own["reason"] == reason, "it reads why", own)
    check(customer.root.call("control", "POST", "/v2/identity", {"name": "x"}).status == 403,
          "nor does its root change anything", own)
    check(customer.root.call("control", "GET", "/v2/audit").status == 200, "it reads its audit", own)
    world.restart(0)
    check(encrypt() == 403, "over a restart, too", own)
    check(state("active") == 200 and (encrypt(), make()) == (200, 201), "and is back", own)
    records = operator.need("operator", "GET", "/v1/audit?operation=account.setState"
                            "&order=desc")["records"]
    done = [one for one in records if one["verdict"] == "allowed"
            and one["details"].get("account") == account["id"]]
    check(len(done) == 3 and all(one["details"]["reason"] == reason
                                 and one["details"]["elevation"] == asked for one in done),
          "each with its reason and evidence", records)
    operator.need("operator", "DELETE", f"/v1/elevation/{asked}")
    check(state("suspended") == 403, "an ended elevation gives nothing", asked)

    entry = operator.need("operator", "POST", "/v1/siteEntry", {
        "site": "rbx-1", "person": "E. Visitor", "reason": "disk " + no_such_id()[:8],
        "enteredAt": "2026-01-01T08:00:00Z"})
    check(operator.call("operator", "POST", f"/v1/siteEntry/{entry['id']}/sign").status == 403,
          "an entry is signed by another", entry)
    second.need("operator", "POST", f"/v1/siteEntry/{entry['id']}/sign")
    seen = [one for one in customer.root.need("control", "GET", "/v2/siteEntry")
            if one["id"] == entry["id"]]
    check(seen and seen[0]["signed"] and seen[0]["person"] == "E. Visitor",
          "customers of the region read who was there", seen)
