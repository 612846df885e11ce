# The OASIS cases of KMIP 1.0 to 1.4 against the release binary.
stage_kmip() {
    step "OASIS cases over the KMIP port" kmip "$ROOT/tests/kmip/run" "$ROOT/build/kmip-data"
    count plain "$LOGS/kmip.log"
    [ "$stage_failed" -eq 0 ]
}
