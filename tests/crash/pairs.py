"""One operation, one failpoint: the service is killed there, started again and read in full."""

import collections
import os
import shutil
import signal

from crash.world import World, difference, gaps, template_text
from support.service import EndedEarly, Site, Unanswered

READY_AGAIN_SECONDS_MAX = 2.0


class Pair:
    """`action` is kill, or error for a place that can also report a failed call."""

    def __init__(self, subject, point, hit, action="kill"):
        self.subject, self.point, self.hit, self.action = subject, point, hit, action
        self.missed = False

    @property
    def name(self):
        return f"{self.subject.name} × {self.point}:{self.hit}:{self.action}"

    @property
    def environment(self):
        return {"CHATELAINE_FAILPOINT": f"{self.point}:{self.hit}:{self.action}"}


def read_trace(path):
    if not os.path.exists(path):
        return collections.Counter()
    with open(path, encoding="utf-8") as file:
        return collections.Counter(file.read().split())


def is_error_point(point):
    """Whether the code asks CH_FAILPOINT_ERROR there."""
    if point.startswith("store."):
        return point in ("store.write_error", "store.commit_error", "store.commit_unknown") or (
            point.startswith("store.file.") and point.endswith(".before"))
    if point.startswith("journal."):
        return point.endswith(".before") and not point.startswith(
            ("journal.mkdir", "journal.abandon", "journal.ship"))
    return point.startswith("seal.")


def pairs_between(subject, before, after):
    """Every hit that `after` counts and `before` does not yet."""
    found = []
    for point in sorted(after):
        for hit in range(before[point] + 1, after[point] + 1):
            found.append(Pair(subject, point, hit))
            if is_error_point(point):
                found.append(Pair(subject, point, hit, "error"))
    return found


class Bench:
    """A template, what is read of it, and room for copies."""

    def __init__(self, template, room):
        self.template, self.room = template, room
        site = self.copy("template-read")
        site.start()
        self.audit = World(site).audit()  # first: what is read below is recorded too
        self.known = template_text(World(site))
        world = World(site, self.known)
        self.facts = world.facts()
        self.uses = world.uses()
        site.remove()

    def copy(self, name):
        folder = os.path.join(self.room, name.replace(" ", "_").replace("/", "_"))
        shutil.rmtree(folder, ignore_errors=True)
        return self.template.copy(folder)

    def world(self, site):
        return World(site, self.known)

    def log_faults(self, audit):
        """What was recorded stays recorded, and no stream has a gap."""
        faults = []
        for log, records in audit.items():
            there = {(one["stream"], one["sequence"]): one for one in records}
            for record in self.audit[log]:
                if there.get((record["stream"], record["sequence"])) != record:
                    faults.append(f"the {log}'s record {record['operation']} of before is lost")
            faults += gaps(records)
            faults += [f"the {log}'s stream {key[0]} does not begin at 1" for key in there
                       if key[1] > 1 and (key[0], key[1] - 1) not in there]
        return faults


class OperationSubject:
    """An operation sent to a running service, then the log read, then the service stopped."""

    def __init__(self, bench, operation):
        self.bench, self.operation = bench, operation
        self.name = operation.name
        self.facts_after = self.uses_after = None

    def pairs(self):
        """Does it once undisturbed, to learn what it does and which failpoints it reaches."""
        site = self.bench.copy("trace " + self.name)
        trace = os.path.join(site.folder, "trace")
        site.start({"CHATELAINE_FAILPOINT_TRACE": trace})
        before = read_trace(trace)
        reply = self.operation.act(site)
        assert reply.good, f"{self.name}: {reply.status} {reply.body!r}"
        self.bench.world(site).audit()
        site.stop()
        after = read_trace(trace)
        site.start()
        world = self.bench.world(site)
        self.facts_after, self.uses_after = world.facts(), world.uses()
        site.remove()
        changed = self.facts_after != self.bench.facts or self.uses_after != self.bench.uses
        visible = self.operation.row != "operator.create"
        assert changed == (self.operation.changes and visible), f"{self.name} changes {changed}"
        return pairs_between(self, before, after)

    def run(self, pair):
        """The faults found, as sentences."""
        site = self.bench.copy(pair.name)
        try:
            site.start(pair.environment)
            reply, died = self.act(site, pair)
            # A timer may have taken another turn than when it was traced: then nothing was killed,
            # and everything must be there.
            pair.missed = pair.action == "kill" and not died
            return self.check(site, reply, died)
        finally:
            site.remove()

    def act(self, site, pair):
        reply = None
        try:
            reply = self.operation.act(site)
            self.bench.world(site).audit()
        except (Unanswered, AssertionError):
            if pair.action == "error":
                # The log may be refused once: the operation itself must have been answered.
                assert reply is not None or not site.running(), "no answer to a failed call"
        if site.running() and pair.action == "error":
            site.stop()
            return reply, False
        if site.running():
            os.kill(site.pid, signal.SIGTERM)
        return reply, site.wait_for_end() == -signal.SIGKILL

    def check(self, site, reply, died):
        faults = []
        seconds = site.start()
        if seconds > READY_AGAIN_SECONDS_MAX:
            faults.append(f"ready again after {seconds:.2f} s")
        world = self.bench.world(site)
        audit = world.audit()
        done = sum(1 for one in audit[self.operation.log]
                   if one["operation"] == self.operation.row and one["verdict"] == "allowed")
        done -= sum(1 for one in self.bench.audit[self.operation.log]
                    if one["operation"] == self.operation.row and one["verdict"] == "allowed")
        faults += self.bench.log_faults(audit)
        acknowledged = reply is not None and reply.good
        if not died and reply is not None and not reply.good and reply.status < 500:
            faults.append(f"a fault of the disk was answered with {reply.status}")
        if not self.operation.changes:
            return faults + self.use_faults(world, acknowledged, done)
        return faults + self.change_faults(world, acknowledged, done)

    def use_faults(self, world, acknowledged, done):
        faults = []
        if done > 1 or (acknowledged and done != 1):
            faults.append(f"acknowledged: {acknowledged}, but {done} records of it")
        faults += state_faults("state", self.bench.facts, world.facts())
        return faults + state_faults("uses", self.bench.uses, world.uses())

    def change_faults(self, world, acknowledged, done):
        facts, uses = world.facts(), world.uses()
        # What a change of an operator leaves is seen in the log alone.
        visible = self.facts_after != self.bench.facts or self.uses_after != self.bench.uses
        happened = (facts != self.bench.facts or uses != self.bench.uses) if visible else done == 1
        faults = []
        if acknowledged and not happened:
            faults.append("acknowledged, but not there")
        if done != int(happened):
            faults.append(f"the effect is there: {happened}, but {done} records of it")
        if happened:
            faults += state_faults("state after", self.facts_after, facts)
            faults += state_faults("uses after", self.uses_after, uses)
        return faults


def state_faults(what, expected, found):
    at = difference(expected, found)
    return [f"{what} {at}"] if at else []


class StartSubject:
    """The start itself, after a clean stop or after a kill with work in log and journal."""

    def __init__(self, bench, name):
        self.bench, self.name = bench, name

    def pairs(self):
        site = self.bench.copy("trace " + self.name)
        trace = os.path.join(site.folder, "trace")
        site.start({"CHATELAINE_FAILPOINT_TRACE": trace})
        after = read_trace(trace)
        site.remove()
        return pairs_between(self, collections.Counter(), after)

    def run(self, pair):
        site = self.bench.copy(pair.name)
        faults = []
        try:
            try:
                site.start(pair.environment)
                if pair.action == "kill":
                    return ["the failpoint was not reached before it was ready"]
                site.kill()
            except EndedEarly:
                pass
            seconds = site.start()
            if seconds > READY_AGAIN_SECONDS_MAX:
                faults.append(f"ready again after {seconds:.2f} s")
            world = self.bench.world(site)
            faults += self.bench.log_faults(world.audit())
            faults += state_faults("state", self.bench.facts, world.facts())
            return faults + state_faults("uses", self.bench.uses, world.uses())
        finally:
            site.remove()


class InitSubject:
    """The making of a data directory: until it is answered, it can be done again."""

    name = "init"

    def __init__(self, binary, room):
        self.binary, self.room = binary, room

    def site(self, name):
        folder = os.path.join(self.room, name.replace(" ", "_"))
        shutil.rmtree(folder, ignore_errors=True)
        return Site(self.binary, folder)

    def pairs(self):
        site = self.site("trace init")
        trace = os.path.join(self.room, "trace-of-init")
        assert site.init({"CHATELAINE_FAILPOINT_TRACE": trace}) == 0
        site.remove()
        return pairs_between(self, collections.Counter(), read_trace(trace))

    def run(self, pair):
        site = self.site(pair.name)
        try:
            code = site.init(pair.environment)
            if pair.action == "kill" and code != -signal.SIGKILL:
                return ["the failpoint was not reached"]
            if code != 0:
                site.init()  # it says so when the first had done everything but answer
            shares = sorted(name for name in os.listdir(site.shares) if name.startswith("share-"))
            faults = [] if len(shares) == 5 else [f"the shares are {shares}"]
            if site.init() == 0:
                faults.append("it can be done over a finished one")
            site.start()
            site.bootstrap()
            return faults
        except (EndedEarly, OSError) as error:
            return [f"{error}: {last_line(site.log)}"]
        finally:
            site.remove()


def last_line(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return (file.read().strip().splitlines() or [""])[-1]
