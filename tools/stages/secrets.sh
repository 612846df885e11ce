# Many callers on one secret, with kills; what secrets have beyond both APIs, over stops and kills.
stage_secrets() {
    local name
    CHATELAINED="$(find_binary chatelained)" || { say "no chatelained in build/release"; return 1; }
    export CHATELAINED
    for name in cas life; do
        step "Secrets: $name" "secrets-$name" "$ROOT/tests/secrets/$name"
        count plain "$LOGS/secrets-$name.log"
    done
    [ "$stage_failed" -eq 0 ]
}
