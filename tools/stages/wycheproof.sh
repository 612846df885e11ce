# Project Wycheproof's vectors against the functions that the handlers call.
stage_wycheproof() {
    step "Vectors of Project Wycheproof" wycheproof "$ROOT/tests/wycheproof/run.sh"
    count plain "$LOGS/wycheproof.log"
    [ "$stage_failed" -eq 0 ]
}
