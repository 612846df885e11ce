#!/usr/bin/env bash
# tests/cavp/run.sh [BUILD]: fetches NIST's vectors, pinned by their hash, as PyPI's
# cryptography_vectors carries them, builds the runner in BUILD (build/test) and runs every vector of
# the suites that the product has.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
build="${1:-$root/build/test}"
release='cryptography_vectors==50.0.2'
hash='sha256:51641f03a3eb4edbe9fb68e3a3574d25f86aa502d06391fffa886330d02778a0'

venv="$root/.cache/cavp-50.0.2"
if [ ! -e "$venv/complete" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    printf '%s --hash=%s\n' "$release" "$hash" >"$venv/requirements.txt"
    "$venv/bin/pip" install -q --no-deps --no-compile --require-hashes -r "$venv/requirements.txt"
    touch "$venv/complete"
fi

ninja -C "$build" chatelaine_cavp
exec "$build/tests/cavp/chatelaine_cavp" \
    "$("$venv/bin/python" -c 'import cryptography_vectors as v; print(v.__path__[0])')"
