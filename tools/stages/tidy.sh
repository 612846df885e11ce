# The rules of the source: floors between rooms, sizes, forbidden words.
stage_tidy() {
    [ -x "$ROOT/tools/tidy" ] || { say "tools/tidy is missing"; return 1; }
    counted_step "Checking the source's rules" tidy "$ROOT/tools/tidy"
}
