# The Debian package: made, its content checked; in a fresh root also installed and started as its unit
# says. Installing is left out elsewhere, so that testing never changes somebody's machine.

package_content() {
    local deb="$1" path paths
    paths="$(dpkg-deb --fsys-tarfile "$deb" | tar -t)" || return
    for path in ./usr/bin/chatelained ./usr/bin/chatelaine ./etc/chatelaine/chatelained.toml \
        ./usr/lib/systemd/system/chatelained.service ./usr/share/doc/chatelaine/copyright; do
        grep -qx "$path" <<<"$paths" || { echo "no $path in the package"; return 1; }
    done
    # No failpoint may be in what is shipped.
    ! strings "$(find_binary chatelained)" | grep -i chatelaine_failpoint
}

# Runs the unit's own command as the unit's user, as there is no systemd in a bare root.
package_start() {
    local command pid status=1
    command="$(sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/chatelained.service)"
    # Where the shares are taken from: never below the data.
    install -d -o chatelaine -g chatelaine -m 0700 /var/lib/chatelaine-shares || return
    runuser -u chatelaine -- chatelained init --config /etc/chatelaine/chatelained.toml \
        --shares-dir /var/lib/chatelaine-shares || return
    # shellcheck disable=SC2086
    runuser -u chatelaine -- $command &
    pid=$!
    for _ in $(seq 1 100); do
        if curl -sk --fail https://127.0.0.1:8445/health/ready; then
            status=0
            break
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -TERM "$pid" 2>/dev/null
    wait "$pid"
    return "$status"
}

stage_package() {
    local deb
    "$ROOT/tools/install" build package || return
    step "Making the package" package bash -c \
        '. "$1/tools/lib.sh"; build_release && rm -f "$1"/build/release/*.deb && cd "$1/build/release" && cpack' \
        package "$ROOT" || return
    deb="$(find "$ROOT/build/release" -maxdepth 1 -name 'chatelaine_*.deb' | head -n 1)"
    [ -n "$deb" ] || { say "cpack made no package"; return 1; }
    counted_step "Its content" package-content package_content "$deb"
    if [ "${CHATELAINE_FRESH_MACHINE:-}" = yes ]; then
        counted_step "Installing it" package-install \
            as_root apt-get -q -y -o Dpkg::Use-Pty=0 install "$deb"
        counted_step "Starting it as its unit does" package-start package_start
        counted_step "Removing it" package-remove as_root apt-get -q -y purge chatelaine
    fi
    [ "$stage_failed" -eq 0 ]
}
