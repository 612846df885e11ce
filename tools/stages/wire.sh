# The judges: clients that we did not write, against the release binary.

# judge LABEL NAME KIND COMMAND…: runs one; it writes its report to the file in $REPORT.
judge() {
    local label="$1" name="$2" kind="$3"
    shift 3
    export REPORT="$REPORTS/$name"
    rm -f "$REPORT"
    step "$label" "$name" "$@"
    count "$kind" "$REPORT"
}

stage_wire() {
    if ! running_pid "$service_directory" >/dev/null; then
        step "Starting the service" wire-start "$ROOT/run" --dir "$service_directory" \
            --background --ports auto || return
    fi
    export CHATELAINE_CONNECT="$service_directory/connect.json"
    [ -r "$CHATELAINE_CONNECT" ] || { say "no connect.json in $service_directory"; return 1; }
    judge "okms-sdk-go" wire-go go "$ROOT/tests/wire/go/run"
    judge "Vault's and OpenBao's Go clients" wire-vault go "$ROOT/tests/wire/vault/run"
    judge "go-ovh" wire-ovh go "$ROOT/tests/wire/ovh/run"
    judge "hvac" wire-hvac junit "$ROOT/tests/wire/hvac/run"
    judge "chatelaine secret" wire-cli junit "$ROOT/tests/wire/cli/run"
    judge "schemathesis" wire-schemathesis junit "$ROOT/tests/wire/python/run"
    [ "$stage_failed" -eq 0 ]
}
