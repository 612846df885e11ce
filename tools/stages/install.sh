# Everything that the build and the tests need, by package name.
stage_install() {
    local purposes=(build run test)
    [[ " ${stages[*]} " != *" fresh "* ]] || purposes+=(fresh)
    "$ROOT/tools/install" "${purposes[@]}"
}
