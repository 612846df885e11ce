# KMIP against the release binary: the OASIS cases of 1.0 to 1.4, the wire itself, and clients that
# we did not write.

# kmip_client LABEL NAME KIND: the checks of tests/kmip/NAME, which write their report to $REPORT.
kmip_client() {
    export REPORT="$REPORTS/kmip-$2"
    rm -f "$REPORT"
    step "$1" "kmip-$2" "$ROOT/tests/kmip/run" "$2" "$ROOT/build/kmip-data"
    count "$3" "$REPORT"
}

stage_kmip() {
    local more=()
    [ "$all" -eq 0 ] || more=(--all)
    step "OASIS cases over the KMIP port" kmip-oasis "$ROOT/tests/kmip/run" oasis \
        "$ROOT/build/kmip-data"
    count plain "$LOGS/kmip-oasis.log"
    step "Batches, isolation, malformed bytes" kmip-wire "$ROOT/tests/kmip/run" wire \
        "$ROOT/build/kmip-data" "${more[@]}"
    count plain "$LOGS/kmip-wire.log"
    step "Wycheproof's vectors through KMIP" kmip-wycheproof "$ROOT/tests/kmip/run" wycheproof \
        "$ROOT/build/kmip-data"
    count plain "$LOGS/kmip-wycheproof.log"
    step "chatelaine kmip" kmip-cli "$ROOT/tests/kmip/run" cli "$ROOT/build/kmip-data"
    count plain "$LOGS/kmip-cli.log"
    kmip_client "kmip-go, OpenBao's seal, a Kubernetes plugin" kmipgo go
    kmip_client "PyKMIP's client" pykmip junit
    [ "$stage_failed" -eq 0 ]
}
