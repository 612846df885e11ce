# The documents: their snippets run as they stand against the service of the main job, and their
# links lead somewhere.
stage_docs() {
    if ! running_pid "$service_directory" >/dev/null; then
        step "Starting the service" docs-start "$ROOT/run" --dir "$service_directory" \
            --background --ports auto || return
    fi
    CHATELAINE_CONNECT="$service_directory/connect.json" \
        step "Running the documents' snippets" docs "$ROOT/tools/check-docs"
    count plain "$LOGS/docs.log"
    [ "$stage_failed" -eq 0 ]
}
