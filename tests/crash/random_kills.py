"""kill -9 at random times under load, checked against a ledger of what was answered."""

import os
import random
import threading
import time
import uuid

from crash.pairs import READY_AGAIN_SECONDS_MAX
from crash.world import PLAINTEXT, gaps
from support.service import Site, Unanswered, audit_records

LOAD_SECONDS = (0.02, 0.45)


class Counted:
    """Something that is changed step by step; one writer. Step 0 is its creation."""

    def __init__(self, row):
        self.row = row
        self.tried = self.answered = -1


class Load:
    """Threads that work until the service is gone. Each writes its own part of the ledger."""

    def __init__(self, site):
        self.site = site
        self.keys = {}        # id → steps of its life that were tried, and answered
        self.renamed = {}     # id → Counted
        self.identities = {}  # id → Counted
        self.encrypted = {}   # id → [tried, answered]
        self.odd = []
        self.threads = [threading.Thread(target=self.until_gone, args=(work,)) for work in
                        (self.live_keys, self.live_keys, self.rename, self.encrypt, self.encrypt,
                         self.describe)]

    def until_gone(self, work):
        try:
            work()
        except Unanswered:
            pass
        except (AssertionError, KeyError, TypeError) as error:
            self.odd.append(f"under load: {error}")

    def create(self, rest, name, ledger):
        identifier = str(uuid.uuid4())
        ledger[identifier] = entry = {"tried": 1, "answered": 0}
        rest.post(self.site.keys_path, {
            "id": identifier, "name": name, "type": "oct", "size": 256,
            "operations": ["encrypt", "decrypt"]}).expect(201)
        entry["answered"] = 1
        return identifier, entry

    def live_keys(self):
        """created → deactivated → destroyed, of every third the whole way."""
        rest = self.site.rest()
        for number in range(100_000):
            identifier, entry = self.create(rest, "life", self.keys)
            path = f"{self.site.keys_path}/{identifier}"
            if number % 3 > 0:
                entry["tried"] = 2
                rest.post(path + "/deactivate", {"reason": "superseded"}).expect(204)
                entry["answered"] = 2
            if number % 3 > 1:
                entry["tried"] = 3
                rest.call("DELETE", path).expect(204)
                entry["answered"] = 3

    def rename(self):
        rest = self.site.rest()
        identifier, _ = self.create(rest, "0", self.keys)
        counted = self.renamed[identifier] = Counted("serviceKey.update")
        counted.tried = counted.answered = 0
        while True:
            counted.tried += 1
            rest.call("PATCH", f"{self.site.keys_path}/{identifier}",
                      {"name": str(counted.tried)}).expect(200)
            counted.answered = counted.tried

    def encrypt(self):
        rest = self.site.rest()
        identifier, _ = self.create(rest, "use", self.keys)
        counts = self.encrypted[identifier] = [0, 0]
        while True:
            counts[0] += 1
            rest.post(f"{self.site.keys_path}/{identifier}/encrypt",
                      {"plaintext": PLAINTEXT}).expect(200)
            counts[1] += 1

    def describe(self):
        control = self.site.control()
        made = control.post("/v2/identity", {"name": "x" + uuid.uuid4().hex,
                                             "description": "0"}).expect(201)
        counted = self.identities[made["id"]] = Counted("identity.update")
        counted.tried = counted.answered = 0
        while True:
            counted.tried += 1
            control.call("PUT", f"/v2/identity/{made['id']}",
                         {"description": str(counted.tried)}).expect(200)
            counted.answered = counted.tried


class Reading:
    """What a round left, against its ledger."""

    def __init__(self, site, load, began):
        self.site, self.load = site, load
        self.rest, self.control = site.rest(), site.control()
        self.counts = {}
        self.records = 0
        every = audit_records(self.control, site.domain_path + "/audit", {"from": began})
        self.gaps = gaps(every)
        for record in every:
            if record["verdict"] == "allowed":
                subject = record["res_urn"].rsplit("/", 1)[-1]
                if record["operation"].startswith("identity."):
                    subject = record["http_path"].rsplit("/", 1)[-1]
                key = (record["operation"], subject)
                self.counts[key] = self.counts.get(key, 0) + 1
                self.records += 1

    def faults(self):
        found = self.load.odd + self.gaps
        for identifier, entry in self.load.keys.items():
            found += self.key_faults(identifier, entry)
        for identifier, counted in self.load.renamed.items():
            name = self.rest.get(f"{self.site.keys_path}/{identifier}").expect(200)["name"]
            found += self.counted_faults(identifier, counted, int(name))
        for identifier, counted in self.load.identities.items():
            text = self.control.get(f"/v2/identity/{identifier}").expect(200)["description"]
            found += self.counted_faults(identifier, counted, int(text))
        for identifier, (tried, answered) in self.load.encrypted.items():
            records = self.counts.get(("serviceKey.encrypt", identifier), 0)
            if not answered <= records <= tried:
                found.append(f"{answered} encryptions answered, {tried} tried, {records} recorded")
        return found

    def counted_faults(self, identifier, counted, step):
        found = []
        if step not in (counted.answered, counted.tried):
            found.append(f"{counted.row}: step {counted.answered} was answered, {counted.tried} "
                         f"tried, {step} is there")
        records = self.counts.get((counted.row, identifier), 0)
        if records != step:
            found.append(f"{counted.row}: {step} steps are there, {records} records")
        return found

    def key_faults(self, identifier, entry):
        reply = self.rest.get(f"{self.site.keys_path}/{identifier}")
        states = {"active": 1, "deactivated": 2, "destroyed": 3}
        step = 0 if reply.status == 404 else states[
            reply.expect(200)["attributes"]["state"]]
        if step == 0 and self.counts.get(("serviceKey.delete", identifier)):
            step = 3
        found = []
        if not entry["answered"] <= step <= entry["tried"]:
            found.append(f"a key: step {entry['answered']} was answered, {entry['tried']} tried, "
                         f"{step} is there")
        for at, row in enumerate(("create", "deactivate", "delete"), 1):
            records = self.counts.get((f"serviceKey.{row}", identifier), 0)
            if records != int(step >= at):
                found.append(f"a key at step {step} has {records} records of {row}")
        return found


def one_round(site, dice):
    """Returns (faults, seconds until ready, records read)."""
    began = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
    load = Load(site)
    for thread in load.threads:
        thread.start()
    threading.Event().wait(dice.uniform(*LOAD_SECONDS))
    site.kill()
    for thread in load.threads:
        thread.join()
    seconds = site.start()
    reading = Reading(site, load, began)
    faults = reading.faults()
    if seconds > READY_AGAIN_SECONDS_MAX:
        faults.append(f"ready again after {seconds:.2f} s")
    return faults, seconds, reading.records


def random_kills(binary, room, kills, seed, score):
    dice = random.Random(seed)
    site = Site(binary, os.path.join(room, "random"))
    assert site.init() == 0
    site.start()
    site.bootstrap()
    slowest = records = 0
    began = time.monotonic()
    try:
        for number in range(kills):
            try:
                faults, seconds, read = one_round(site, dice)
                slowest, records = max(slowest, seconds), records + read
            except Exception as error:  # whatever the reader stumbles over is the round's fault
                faults = [f"{type(error).__name__}: {error}"]
                if not site.running():
                    site.kill()
                    site.start()
            score.add(f"random kill {number + 1}, seed {seed}", faults)
        print(f"random kills: {kills}, {records} records read, ready again in at most "
              f"{slowest * 1000:.0f} ms, {time.monotonic() - began:.0f} s")
    finally:
        site.remove()
