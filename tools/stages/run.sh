# The main job, as a newcomer runs it, against the release; its service stays for the judges. Then
# once more on the same directory: the data must still be there.
stage_run() {
    stop_service "$service_directory"
    rm -rf "$service_directory" "$service_directory-root-key" \
        "$service_directory-break-glass-demo"
    counted_step "Main job from nothing" run-first \
        "$ROOT/run" --dir "$service_directory" --background --ports auto
    [ "$stage_failed" -eq 0 ] || return 1
    counted_step "Stopping" run-stop "$ROOT/run" --dir "$service_directory" --stop
    counted_step "Main job on the data of before" run-second \
        "$ROOT/run" --dir "$service_directory" --background --ports auto
    [ "$stage_failed" -eq 0 ]
}
