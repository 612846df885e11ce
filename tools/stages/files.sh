# Files of every size about a block's through the command line, and every kind of damage to them.
stage_files() {
    CHATELAINED="$(find_binary chatelained)" || { say "no chatelained in build/release"; return 1; }
    CHATELAINE="$(find_binary chatelaine)" || { say "no chatelaine in build/release"; return 1; }
    export CHATELAINED CHATELAINE
    step "Files through the command line" files "$ROOT/tests/files/run"
    count plain "$LOGS/files.log"
    [ "$stage_failed" -eq 0 ]
}
