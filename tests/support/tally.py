"""What every script of checks shares: the program under test and a count of what was checked."""
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def find_server():
    """CHATELAINED, or the newest build of it in the checkout."""
    named = os.environ.get("CHATELAINED")
    if named:
        return named
    found = [p for p in (ROOT / "build").rglob("chatelained")
             if p.is_file() and os.access(p, os.X_OK)]
    if not found:
        sys.exit("no chatelained below build/: build it, or set CHATELAINED")
    return str(max(found, key=lambda p: p.stat().st_mtime))


class Tally:
    """Counts checks; prints the first failures and the closing line."""

    SHOWN = int(os.environ.get("FAILURES_SHOWN", "60"))

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, good, what, detail=""):
        if good:
            self.passed += 1
            return True
        self.failed += 1
        if self.failed <= self.SHOWN:
            print(f"FAILED {what}: {detail}", flush=True)
        return False

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.failed == 0 and self.passed else 1
