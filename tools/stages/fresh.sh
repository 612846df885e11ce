# The reference platform from nothing: a bare Debian 13, nothing preinstalled, only the checkout.
stage_fresh() {
    step "Debian 13 from nothing" fresh "$ROOT/tools/fresh-machine" trixie \
        --command './test --only install,run,package'
    count plain "$LOGS/fresh.log"
    [ "$stage_failed" -eq 0 ]
}
