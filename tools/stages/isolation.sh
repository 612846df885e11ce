# Who must be kept out of what, made from the operation table, on a service of its own.
stage_isolation() {
    CHATELAINED="$(find_binary chatelained)" || { say "no chatelained in build/release"; return 1; }
    export CHATELAINED
    step "Every operation, caller and object" isolation "$ROOT/tests/isolation/run"
    count plain "$LOGS/isolation.log"
    [ "$stage_failed" -eq 0 ]
}
