# The process as its operator runs it: stop under load, reload, silent and idle connections.
stage_service() {
    CHATELAINED="$(find_binary chatelained)" || { say "no chatelained in build/release"; return 1; }
    export CHATELAINED
    step "Stop, reload, many connections" service "$ROOT/tests/service/run"
    count plain "$LOGS/service.log"
    [ "$stage_failed" -eq 0 ]
}
