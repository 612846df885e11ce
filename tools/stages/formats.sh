# Data directories of landed formats: this build opens each.
stage_formats() {
    CHATELAINED="$(find_binary chatelained)" || { say "no chatelained in build/release"; return 1; }
    export CHATELAINED
    step "Directories of landed formats" formats "$ROOT/tests/formats/run"
    count plain "$LOGS/formats.log"
    [ "$stage_failed" -eq 0 ]
}
