"""Each write, flush, rename and removal on the data directory lies between two failpoints.

strace shows the calls and, as writes to the trace file, the failpoints of the same thread. A call
is covered when it stands between `NAME.before` and `NAME.after` of one name, and the name is of the
room that the file belongs to. One that is not covered is a place at which no test can kill.
"""

import collections
import os
import re
import shutil

from crash.operations import change_operations, use_operations
from crash.world import World, make_template
from support.service import Site

CALLS = ("write,pwrite64,writev,pwritev,fdatasync,fsync,ftruncate,rename,renameat,renameat2,"
         "unlink,unlinkat")
LINE = re.compile(r"(\d+) +(\w+)\((.*)")
DESCRIPTOR = re.compile(r"^\d+<([^>]*)>(?:\(deleted\))?")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
KINDS = {"pwrite64": "write", "writev": "write", "pwritev": "write", "fdatasync": "sync",
         "fsync": "sync", "renameat": "rename", "renameat2": "rename", "unlinkat": "unlink",
         "ftruncate": "truncate"}


def room_of(path, site):
    """The failpoint prefix of a file's owner; None when the file is not of the data.

    The store's -shm is shared memory with a name: the first who opens a store makes it anew.
    """
    if path.endswith("-shm"):
        return None
    if path == site.data:
        return ""  # the folder itself: whoever put something into it
    if path.startswith(site.data + "-root-key"):
        return "seal."
    if path.startswith(site.shares):
        return "app."
    if not path.startswith(site.data + "/"):
        return None
    name = path[len(site.data) + 1:]
    if re.match(r"(directory|region)\.db", name):
        return "store."
    if name == "journal" or name.startswith("journal/"):
        return "journal."
    if re.match(r"(keybag|root\.seal|seal|initialis)", name):
        return "seal."
    return "app."


def subject_of(call, arguments):
    """The path that a call works on."""
    found = DESCRIPTOR.match(arguments)
    if found and call not in ("renameat", "renameat2", "unlinkat"):
        return found[1]
    quoted = QUOTED.findall(arguments)
    return quoted[-1] if quoted else ""


def events_of(lines, trace, site):
    """{thread: [("point", name) or ("call", kind, path, room)]}"""
    events = collections.defaultdict(list)
    for line in lines:
        found = LINE.match(line)
        # What failed for want of a file changed nothing.
        if not found or "resumed>" in line or "= -1 ENOENT" in line:
            continue
        thread, call, arguments = found.groups()
        path = subject_of(call, arguments)
        if path == trace:
            name = QUOTED.search(arguments)[1].replace("\\n", "")
            events[thread].append(("point", name))
            continue
        room = room_of(path, site)
        if room is not None:
            events[thread].append(("call", KINDS.get(call, call), path, room))
    return events


def judge(events, site, seen):
    """Adds to `seen`: (kind, file) → [covered, not covered, an example of the latter]."""
    for of_thread in events.values():
        last = None
        for at, event in enumerate(of_thread):
            if event[0] == "point":
                last = event[1]
                continue
            _, kind, path, room = event
            following = next((one[1] for one in of_thread[at:] if one[0] == "point"), "nothing")
            covered = (last is not None and last.endswith(".before") and last.startswith(room)
                       and following == last.removesuffix("before") + "after")
            counts = seen.setdefault((kind, generic(path, site)), [0, 0, ""])
            counts[0 if covered else 1] += 1
            if not covered:
                counts[2] = counts[2] or f"after {last}, before {following}"


def generic(path, site):
    name = os.path.relpath(path, site.folder)
    return re.sub(r"\d+-\d+\.", "N-N.", re.sub(r"share-\d", "share-N", name))


def traced(site, environment_trace, output):
    # Room for a whole failpoint name in what strace shows.
    wrapper = ["strace", "-f", "-y", "-s", "128", "-e", "trace=" + CALLS, "-e", "signal=none",
               "-o", output]
    return {"CHATELAINE_FAILPOINT_TRACE": environment_trace}, wrapper


def read_events(output, trace, site):
    with open(output, encoding="utf-8", errors="replace") as file:
        return events_of(file, trace, site)


def run_everything(site):
    """Each operation once, against one service; some find their object gone, which is no matter."""
    for operation in change_operations() + use_operations():
        operation.act(site)
    World(site).audit()


def system_calls(binary, room, score):
    if shutil.which("strace") is None:
        score.add("system calls", ["strace is missing"])
        return
    seen = {}
    fresh = Site(binary, os.path.join(room, "traced-init"))
    template = make_template(binary, os.path.join(room, "traced"))
    trace, output = os.path.join(room, "points"), os.path.join(room, "calls")
    try:
        environment, wrapper = traced(fresh, trace, output)
        assert fresh.init(environment, wrapper) == 0, "init failed under strace"
        judge(read_events(output, trace, fresh), fresh, seen)
        for end in (template.kill_traced, template.stop):
            environment, wrapper = traced(template, trace, output)
            template.start(environment, wrapper)
            run_everything(template)
            end()
            judge(read_events(output, trace, template), template, seen)
    finally:
        fresh.remove()
        template.remove()
    for (kind, name), (covered, bare, example) in sorted(seen.items()):
        faults = []
        if bare:
            faults.append(f"{bare} of {covered + bare} calls are at no failpoint: {example}")
        score.add(f"system calls: {kind} of {name}", faults)
    calls = sum(covered + bare for covered, bare, _ in seen.values())
    enough = {"write", "sync", "rename", "unlink"} <= {kind for kind, _ in seen}
    score.add("system calls were seen", [] if enough and calls > 200 else [f"only {calls}: {seen}"])
    print(f"system calls: {calls} on {len(seen)} kinds of file and call")
