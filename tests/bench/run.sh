#!/bin/bash
# Every figure of ours, one TSV line each: name, value, unit, ratio to floor, must, goal, ok|miss|info. --quick takes fewer runs.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
runs=5
case ${1:-} in
--quick) runs=3 ;;
--smoke) runs=1 ;; # only that every figure can be taken
'') ;;
*) echo 'usage: tests/bench/run.sh [--quick|--smoke]' >&2; exit 2 ;;
esac
"$root/deploy/build.sh" release >&2
"$root/build/release/tests/sync_bench" "$runs"
node "$root/tests/bench/processes.mjs"
