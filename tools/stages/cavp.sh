# NIST's vectors for ciphers and key derivation against the functions that KMIP's operations call.
stage_cavp() {
    step "Vectors of CAVP" cavp "$ROOT/tests/cavp/run.sh"
    count plain "$LOGS/cavp.log"
    [ "$stage_failed" -eq 0 ]
}
