# Shared by run, test and the scripts in tools/: source it, it runs nothing by itself.
# ROOT is the checkout; logs go to build/logs, one file a step.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
LOGS="$ROOT/build/logs"
JOBS="${JOBS:-$(nproc)}"
# The command that builds; a shared machine may put something that waits for its turn before it.
NINJA="${NINJA:-ninja}"

say() { printf '%s\n' "$*"; }

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# The release's code name: bookworm, trixie, …
debian_release() {
    local VERSION_CODENAME=""
    # shellcheck disable=SC1091
    [ -r /etc/os-release ] && . /etc/os-release
    printf '%s' "${VERSION_CODENAME:-unknown}"
}

# as_root COMMAND…: with sudo when we are not root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo --preserve-env=DEBIAN_FRONTEND "$@"
    else
        die "needs root: run it as root or install sudo"
    fi
}

# The last thing that a log says about how far it is: ninja's [12/300], or its last line.
progress_of() {
    local last
    last="$(tail -c 4000 "$1" 2>/dev/null | tr '\r' '\n' | grep -v '^ *$' | tail -n 1)"
    case "$last" in
        \[*/*\]*) printf '%s' "${last%%]*}]" ;;
        *) printf '%s' "${last:0:60}" ;;
    esac
}

# step LABEL LOG COMMAND…: runs it with its output in build/logs/LOG.log, tells every few seconds
# that it goes on, and on failure shows the end of the log. Its exit code is the command's.
step() {
    local label="$1" log="$LOGS/$2.log" began=$SECONDS status=0 told=0 pid
    shift 2
    mkdir -p "$LOGS"
    printf '%-44s ' "$label"
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        if [ $((SECONDS - began - told)) -ge "$([ -t 1 ] && echo 1 || echo 20)" ]; then
            told=$((SECONDS - began))
            if [ -t 1 ]; then
                printf '\r%-44s %4d s  %-62s' "$label" "$told" "$(progress_of "$log")"
            else
                printf '\n    … %d s  %s' "$told" "$(progress_of "$log")"
            fi
        fi
    done
    wait "$pid" || status=$?
    [ -t 1 ] && printf '\r%-44s ' "$label"
    if [ "$told" -gt 0 ] && [ ! -t 1 ]; then
        printf '\n%-44s ' "$label"
    fi
    if [ "$status" -eq 0 ]; then
        printf '%4d s  %-62s\n' $((SECONDS - began)) "done"
    else
        printf '%4d s  FAILED (exit %d), the log ends with:\n' $((SECONDS - began)) "$status"
        tail -n 40 "$log" | sed 's/^/    /'
        say "    all of it: ${log#"$ROOT"/}"
    fi
    return "$status"
}

# configure_and_build DIRECTORY [CMAKE ARGUMENT…] [-- NINJA TARGET…]
configure_and_build() {
    local directory="$1" arguments=() 
    shift
    while [ $# -gt 0 ] && [ "$1" != "--" ]; do
        arguments+=("$1")
        shift
    done
    [ $# -gt 0 ] && shift
    cmake -G Ninja -S "$ROOT" -B "$directory" "${arguments[@]}" || return
    # shellcheck disable=SC2086
    $NINJA -C "$directory" -j "$JOBS" "$@"
}

build_release() {
    configure_and_build "$ROOT/build/release" -DCMAKE_BUILD_TYPE=Release -DCHATELAINE_TESTS=OFF
}

# find_binary NAME [BUILD]: the program in a build tree (release by default).
find_binary() {
    local found
    found="$(find "$ROOT/build/${2:-release}" -type f -name "$1" -perm -u+x 2>/dev/null | head -n 1)"
    [ -n "$found" ] || return 1
    printf '%s' "$found"
}

# running_pid DIR: the pid of the service on this data directory; fails when there is none.
running_pid() {
    local pid
    pid="$(cat "$1/chatelained.pid" 2>/dev/null)" || return 1
    [[ "$pid" =~ ^[0-9]+$ ]] || return 1
    # A pid may have been given to another program since: its name must be ours.
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = chatelained ] || return 1
    printf '%s' "$pid"
}

# stop_service DIR: asks it to end (accepted requests are answered first) and waits for that.
stop_service() {
    local pid
    pid="$(running_pid "$1")" || return 0
    kill -TERM "$pid"
    for _ in $(seq 1 400); do
        kill -0 "$pid" 2>/dev/null || { rm -f "$1/chatelained.pid"; return 0; }
        sleep 0.1
    done
    return 1
}
