#!/bin/bash
# Every figure of ours, one TSV line each: name, value, unit, ratio to floor, must, goal, ok|miss|info. --quick takes fewer runs.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
runs=5
case ${1:-} in
--quick) runs=3 ;;
'') ;;
*) echo 'usage: tests/bench/run.sh [--quick]' >&2; exit 2 ;;
esac
"$root/deploy/build.sh" release >&2
"$root/build/release/tests/sync_bench" "$runs"
node "$root/tests/bench/processes.mjs"
