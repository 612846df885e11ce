# kill -9 at the failpoints of the test build: what was acknowledged is there, and the rest is
# wholly there or wholly not. tests/crash/run ends with a line "N passed, N failed".
stage_crash() {
    local binary
    binary="$(find_binary chatelained test)" || { say "build the tests first"; return 1; }
    step "Killing at every failpoint" crash "$ROOT/tests/crash/run" "$binary"
    grep -E '^(pairs|random kills|system calls):' "$LOGS/crash.log"
    count plain "$LOGS/crash.log"
    [ "$stage_failed" -eq 0 ]
}
