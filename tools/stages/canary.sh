# Known keys, names and texts go into the test build; no file, log, metric or core may show them.
# tests/canary/run ends with a line "N passed, N failed".
stage_canary() {
    local binary
    binary="$(find_binary chatelained test)" || { say "build the tests first"; return 1; }
    step "Looking for what must not be readable" canary "$ROOT/tests/canary/run" "$binary"
    count plain "$LOGS/canary.log"
    [ "$stage_failed" -eq 0 ]
}
