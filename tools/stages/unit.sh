# Unit and property tests: one GoogleTest binary a room, run by ctest.

# run_ctest NAME BUILD [CTEST ARGUMENT…]: runs and counts the tests of one build tree.
run_ctest() {
    local name="$1" build="$2" reports="$REPORTS/$1" runner=()
    shift 2
    rm -rf "$reports"
    mkdir -p "$reports"
    # Sanitizers want a fixed address space layout on kernels that randomise more bits.
    [ "$name" != tsan ] || runner=(setarch "$(uname -m)" -R)
    # A directory makes each binary write a report of its own name.
    step "Running $name tests" "$name" env GTEST_OUTPUT="xml:$reports/" "${runner[@]}" \
        ctest --test-dir "$build" --output-on-failure --no-tests=error --timeout 600 \
        -j "$JOBS" --output-junit "$reports/ctest.xml" "$@"
    local status=$?
    count ctest "$reports/ctest.xml" "$reports"
    return "$status"
}

stage_unit() {
    run_ctest unit "$ROOT/build/test"
}
