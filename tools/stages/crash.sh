# kill -9 at the failpoints of the test build: what was acknowledged is there, and the rest is
# wholly there or wholly not. tests/crash/run ends with a line "N passed, N failed".
stage_crash() {
    [ -x "$ROOT/tests/crash/run" ] || { say "tests/crash/run is missing"; return 1; }
    step "Killing at every failpoint" crash "$ROOT/tests/crash/run"
    count plain "$LOGS/crash.log"
    [ "$stage_failed" -eq 0 ]
}
