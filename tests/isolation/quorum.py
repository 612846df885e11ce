"""Approvals by several, over the wire: the very request waits, is approved by others, and is carried
out once when its asker repeats it; in the region's store, in the directory, and for what only reads."""
import pathlib
import sys

from support import Caller, request_in
from world import KINDS, no_such_id

MAY = [{"actions": ["chatelaine:control:quorum/*"], "resources": ["*"]}]


class Queue:
    def __init__(self, world, tally):
        self.world, self.tally, self.ours = world, tally, world.ours
        self.people = [self.person() for _ in range(3)]

    def person(self):
        identity = self.ours.identity("q" + no_such_id()[:13], MAY)
        return identity, Caller(self.world.service, identity["name"],
                                token=self.ours.token(identity)[1])

    def rule(self, action, resource, approvals, approvers):
        return self.ours.root.need("control", "POST", "/v2/quorum/rule", {
            "name": "q" + no_such_id()[:13], "actions": [action], "resources": [resource],
            "approvals": approvals, "approvers": [one["urn"] for one, _ in approvers]})["id"]

    def approve(self, who, request):
        return who.call("control", "POST", f"/v2/quorum/request/{request}/approve").status

    def remove(self, rule, approvers):
        """A rule goes with the approvals that it asks for."""
        path = f"/v2/quorum/rule/{rule}"
        request = request_in(self.ours.root.call("control", "DELETE", path))
        self.tally.check(request, "a rule is not removed without its own approvals", request)
        for _, caller in approvers:
            self.approve(caller, request)
        self.tally.check(self.ours.root.call("control", "DELETE", path).status == 204,
                         "and is with them", path)

    def delete_a_key(self):
        check, app = self.tally.check, self.world.app
        key = self.ours.key(app, **KINDS["aes"])
        base = f"/api/{self.ours.domain}/v1/servicekey/{key}"
        app.need("rest", "POST", base + "/deactivate", {"reason": "unspecified"})
        two = self.people[:2]
        rule = self.rule("okms:apikms:serviceKey/delete",
                         self.world.resource_urn(self.ours.domain) + "/serviceKey/" + key, 2, two)
        request = request_in(app.call("rest", "DELETE", base))
        check(request, "a key is not deleted without approvals", request)
        check(request_in(app.call("rest", "DELETE", base)) == request, "asked again it is the same",
              request)
        view = two[0][1].need("control", "GET", f"/v2/quorum/request/{request}")
        check(view["state"] == "open" and view["target"] == base and view["method"] == "DELETE"
              and view["askedBy"] == [self.world.app_identity["urn"]]
              and [(r["id"], r["wanted"], r["given"]) for r in view["rules"]] == [(rule, 2, 0)],
              "the queue says who asks for what", view)
        check(self.approve(app, request) == 403, "nobody approves their own", request)
        check(self.approve(self.people[2][1], request) == 403, "nor who is no approver", request)
        check(self.approve(two[0][1], request) == 200, "an approver does", request)
        check(self.approve(two[0][1], request) == 409, "once", request)
        check(request_in(app.call("rest", "DELETE", base)) == request, "one of two is not enough",
              request)
        self.world.restart(0)
        check(self.approve(two[1][1], request) == 200, "the other too, after a restart", request)
        other = request_in(app.call("rest", "DELETE", base + "?x=1"))
        check(other and other != request, "another request is not the approved one", other)
        check(request_in(self.ours.root.call("rest", "DELETE", base)) not in ("", request),
              "nor is another asker's", base)
        check(app.call("rest", "DELETE", base).status == 204, "the approved one is carried out", base)
        check(request_in(app.call("rest", "DELETE", base)) not in ("", request), "once", base)
        view = two[0][1].need("control", "GET", f"/v2/quorum/request/{request}")
        check(view["state"] == "used", "and the queue says so", view)
        records = self.ours.root.need(
            "control", "GET", f"/v2/okms/resource/{self.ours.domain}/audit?order=desc&max=50"
            "&operation=serviceKey.delete")["records"]
        done = [one for one in records if one["details"].get("quorum") == request]
        check({one["verdict"] for one in done} == {"allowed", "denied"},
              "the audit has the refusals and the deletion, with the request", done)
        self.remove(rule, two)

    def export_a_key(self):
        check, app, keys = self.tally.check, self.world.app, self.world.keys
        one = self.people[:1]
        rule = self.rule("okms:apikms:serviceKey/get",
                         self.world.resource_urn(self.ours.domain) + "/serviceKey/" + keys["aes"],
                         1, one)
        path = (f"/api/{self.ours.domain}/v1/servicekey/{keys['aes']}?wrappingKeyId="
                f"{keys['transport']}&wrappedKeyFormat=RAW&wrappingAlgorithm=RSA-OAEP-256")
        plain = app.call("rest", "GET", f"/api/{self.ours.domain}/v1/servicekey/{keys['aes']}")
        check(plain.status == 200, "to look at a key needs none", plain)
        request = request_in(app.call("rest", "GET", path))
        check(request and self.approve(one[0][1], request) == 200, "an export waits", request)
        answer = app.call("rest", "GET", path)
        check(answer.status == 200 and "wrappedKeys" in answer.json(), "and is done", answer)
        check(request_in(app.call("rest", "GET", path)) not in ("", request), "once", path)
        self.remove(rule, one)

    def over_kmip(self):
        sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "kmip"))
        import wire
        check, app = self.tally.check, self.world.app

        def ask(*operations, **options):
            answer = app.call("rest", "POST", "/kmip", wire.message(list(operations), **options),
                              {"Content-Type": "application/octet-stream"})
            items = wire.find_all(wire.decode(answer.body)[0][2], "batch_item")
            said = [wire.find(one, "message") or "" for one in items]
            return [wire.find(one, "status") for one in items], said

        one = self.people[:1]
        key = self.ours.key(app, **KINDS["aes"])
        rule = self.rule("okms:kmip:destroy",
                         self.world.resource_urn(self.ours.domain) + "/serviceKey/" + key, 1, one)
        check(ask(wire.revoke(key))[0] == [wire.SUCCESS], "what is not asked for goes on", key)
        destroy = wire.named("destroy", key)
        status, said = ask(destroy)
        check(status == [wire.FAILED] and "approvals are asked for" in said[0],
              "KMIP's destroy waits", said)
        request = said[0].split("given: request ")[-1][:36]
        status, said = ask(wire.create(), destroy, continuation=3)
        check(wire.SUCCESS not in status and "outside a batch" in " ".join(said),
              "within a batch that undoes it is refused", (status, said))
        check(self.approve(one[0][1], request) == 200, "it is approved", request)
        check(ask(destroy)[0] == [wire.SUCCESS], "and done", request)
        self.remove(rule, one)

    def change_rules(self):
        """In the directory; what is asked for is shown, what may be a secret is not."""
        check, root = self.tally.check, self.ours.root
        one = self.people[:1]
        account = "urn:v1:*:account:*".replace("*", self.world.app_identity["urn"].split(":")[2], 1)
        rule = self.rule("chatelaine:control:policy/create", account, 1, one)
        body = {"name": "p" + no_such_id(), "identities": ["*"], "resources": [{"urn": "*"}]}
        request = request_in(root.call("control", "POST", "/v2/iam/policy", body))
        shown = [view for view in one[0][1].need("control", "GET", "/v2/quorum/request")
                 if view["id"] == request]
        check(shown and body["name"] in shown[0]["body"] and len(shown[0]["hash"]) == 64,
              "approvers read what they approve", shown)
        check(self.approve(one[0][1], request) == 200, "the root waits, too", request)
        changed = {**body, "identities": [self.world.stranger_identity["urn"]]}
        check(request_in(root.call("control", "POST", "/v2/iam/policy", changed))
              not in ("", request), "another body is another request", request)
        made = root.call("control", "POST", "/v2/iam/policy", body)
        check(made.status == 201, "the approved one is made", made)
        root.need("control", "DELETE", "/v2/iam/policy/" + made.json()["id"])
        made_again = root.call("control", "POST", "/v2/iam/policy", body)
        check(request_in(made_again) not in ("", request), "an approval is used up", made_again)
        minted = root.call("control", "POST", f"/v2/identity/{one[0][0]['id']}/token", {"name": "x"})
        check(request_in(minted), "the root mints no credential of an approver by itself", minted)
        self.remove(rule, one)
        canary = "canary" + no_such_id()
        rule = self.rule("okms:apikms:secret/create",
                         self.world.resource_urn(self.ours.domain) + "*", 1, one)
        secret = {"path": "iso/" + no_such_id(), "version": {"data": {"value": canary}}}
        answer = self.world.app.call("rest", "POST", f"/api/{self.ours.domain}/v2/secret", secret)
        request = request_in(answer)
        view = one[0][1].call("control", "GET", f"/v2/quorum/request/{request}")
        check(view.status == 200 and canary not in view.body.decode()
              and view.json().get("bodyHidden") and "hash" not in view.json(),
              "a body that may hold a secret is not shown, nor its hash", view)
        check(one[0][1].call("control", "DELETE", f"/v2/quorum/request/{request}").json()["state"]
              == "refused", "an approver refuses it", request)
        check(self.approve(one[0][1], request) == 400, "and that is its end", request)
        self.remove(rule, one)


def approvals(world, tally):
    queue = Queue(world, tally)
    queue.delete_a_key()
    queue.export_a_key()
    queue.over_kmip()
    queue.change_rules()
