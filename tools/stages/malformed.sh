# Malformed requests made from good ones: 4,000, or 20,000 with --all.
stage_malformed() {
    CHATELAINED="$(find_binary chatelained)" || { say "no chatelained in build/release"; return 1; }
    export CHATELAINED
    local amount=()
    [ "$all" -eq 1 ] && amount=(--all)
    step "Malformed requests" malformed "$ROOT/tests/malformed/run" "${amount[@]}"
    count plain "$LOGS/malformed.log"
    [ "$stage_failed" -eq 0 ]
}
