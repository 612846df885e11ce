#!/usr/bin/env bash
# tests/wycheproof/run.sh [BUILD]: fetches the pinned vectors through the Go module proxy, builds the
# runner in BUILD (build/test) and runs every vector of the families that the product has.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
build="${1:-$root/build/test}"
module=github.com/C2SP/wycheproof@v0.0.0-20250901140545-b51abcfb8daf

# Outside any module, so that no go.mod of ours comes into it.
answer="$(cd / && GO111MODULE=on GOFLAGS=-mod=mod "$root/tools/go" mod download -json "$module")"
vectors="$(printf '%s' "$answer" | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])')"

ninja -C "$build" chatelaine_wycheproof
exec "$build/tests/wycheproof/chatelaine_wycheproof" "$vectors/testvectors_v1"
