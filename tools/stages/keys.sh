# What service keys have beyond the original: names that move.
stage_keys() {
    CHATELAINED="$(find_binary chatelained)" || { say "no chatelained in build/release"; return 1; }
    CHATELAINE="$(find_binary chatelaine)" || { say "no chatelaine in build/release"; return 1; }
    export CHATELAINED CHATELAINE
    step "Service keys beyond the original" keys "$ROOT/tests/keys/run"
    count plain "$LOGS/keys.log"
    [ "$stage_failed" -eq 0 ]
}
