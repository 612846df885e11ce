# Every fuzz target for FUZZ_SECONDS (60), JOBS at a time, from the kept corpus. A target passes when
# it ran and found nothing; what it finds lies in build/fuzz-findings.
fuzz_one() {
    local target="$1" name corpus
    name="$(basename "$target")"
    corpus="$ROOT/build/fuzz-corpus/$name"
    mkdir -p "$corpus" "$ROOT/build/fuzz-findings"
    local kept="$ROOT/tests/fuzz/corpus/${name#chatelaine_fuzz_}"
    [ -d "$kept" ] || kept=
    # The outer limit holds a target that hangs outside libFuzzer's own watch.
    timeout --kill-after=10 "$((${FUZZ_SECONDS:-60} + 60))" "$target" \
        -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$ROOT/build/fuzz-findings/$name-" "$corpus" ${kept:+"$kept"} \
        >"$LOGS/$name.log" 2>&1
}

fuzz_all() {
    local target status=0
    for target in "$@"; do
        while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do
            wait -n || true
        done
        say "[$target]"
        { fuzz_one "$target" && : >"$REPORTS/fuzz/$(basename "$target").passed"; } &
    done
    wait
    return "$status"
}

stage_fuzz() {
    local targets target name
    step "Building the fuzz targets" build-fuzz configure_and_build "$ROOT/build/fuzz" \
        -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_COMPILER=clang++ -DCHATELAINE_FUZZ=ON \
        -DCHATELAINE_TESTS=OFF -DCHATELAINE_SANITIZE=address -- chatelaine_fuzzers || return
    mapfile -t targets < <(find "$ROOT/build/fuzz" -type f -name 'chatelaine_fuzz_*' -perm -u+x | sort)
    [ ${#targets[@]} -gt 0 ] || { say "no fuzz target was built"; return 1; }
    rm -rf "$REPORTS/fuzz"
    mkdir -p "$REPORTS/fuzz"
    step "Fuzzing ${#targets[@]} targets, ${FUZZ_SECONDS:-60} s each" fuzz fuzz_all "${targets[@]}"
    for target in "${targets[@]}"; do
        name="$(basename "$target")"
        if [ -e "$REPORTS/fuzz/$name.passed" ]; then
            counted 1 0
        else
            counted 0 1
            say "    failed: $name, its log ends with:"
            tail -n 15 "$LOGS/$name.log" | sed 's/^/      /'
        fi
    done
    [ "$stage_failed" -eq 0 ]
}
