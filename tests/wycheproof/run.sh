#!/usr/bin/env bash
# tests/wycheproof/run.sh [BUILD]: fetches the pinned vectors, builds the runner in BUILD (build/test)
# and runs every vector of the families that the product has.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
build="${1:-$root/build/test}"
vectors="$("$root/tests/wycheproof/vectors")"

ninja -C "$build" chatelaine_wycheproof
exec "$build/tests/wycheproof/chatelaine_wycheproof" "$vectors"
