# AddressSanitizer and UndefinedBehaviorSanitizer over the whole suite.
# shellcheck source=tools/stages/unit.sh
. "$ROOT/tools/stages/unit.sh"

stage_asan() {
    step "Building with ASan and UBSan" build-asan configure_and_build "$ROOT/build/asan" \
        -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCHATELAINE_TEST_BUILD=ON \
        -DCHATELAINE_SANITIZE=address || return
    ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1 \
        run_ctest asan "$ROOT/build/asan"
}
