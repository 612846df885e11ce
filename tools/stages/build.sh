# The test build (failpoints, virtual clock, unit tests) and the release that the judges meet.
stage_build() {
    step "Building the tests" build-test configure_and_build "$ROOT/build/test" \
        -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCHATELAINE_TEST_BUILD=ON -DCHATELAINE_TESTS=ON || return
    step "Building the release" build-release build_release
}
