# A lost machine: backup, restore with shares alone, and the service as before.
stage_restore() {
    CHATELAINED="$(find_binary chatelained)" || { say "no chatelained in build/release"; return 1; }
    export CHATELAINED
    step "Restoring with shares alone" restore "$ROOT/tests/restore/run"
    count plain "$LOGS/restore.log"
    [ "$stage_failed" -eq 0 ]
}
