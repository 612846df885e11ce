# ThreadSanitizer over the rooms that have threads.
# shellcheck source=tools/stages/unit.sh
. "$ROOT/tools/stages/unit.sh"

stage_tsan() {
    step "Building with TSan" build-tsan configure_and_build "$ROOT/build/tsan" \
        -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCHATELAINE_TEST_BUILD=ON \
        -DCHATELAINE_SANITIZE=thread || return
    TSAN_OPTIONS=halt_on_error=0:second_deadlock_stack=1 \
        run_ctest tsan "$ROOT/build/tsan" -R '^(base|net|store/sqlite|seal|audit|engine|apps/.*)$'
}
