# KMIP against the release binary: the OASIS cases of 1.0 to 1.4, then the wire itself.
stage_kmip() {
    local more=()
    [ "$all" -eq 0 ] || more=(--all)
    step "OASIS cases over the KMIP port" kmip-oasis "$ROOT/tests/kmip/run" oasis \
        "$ROOT/build/kmip-data"
    count plain "$LOGS/kmip-oasis.log"
    step "Batches, isolation, malformed bytes" kmip-wire "$ROOT/tests/kmip/run" wire \
        "$ROOT/build/kmip-data" "${more[@]}"
    count plain "$LOGS/kmip-wire.log"
    [ "$stage_failed" -eq 0 ]
}
