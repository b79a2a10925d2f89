#!/bin/bash
# Every figure of ours, one TSV line each: name, value, unit, ratio to floor, must, goal, ok|miss|info. --quick takes fewer runs, a
# million stored marks instead of 25, an eighth of England's schools and two thousand connections instead of ten: under five minutes. The names say which.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
runs=5 stored=25000000 reported=500000 england='24453 34' connections=10000 idle_s=60 opens=7 taps=400
case ${1:-} in
--quick) runs=3 stored=1000000 reported=500000 england='3000 4' connections=2000 idle_s=3 opens=3 taps=200 ;;
--smoke) runs=1 stored=320000 reported=20000 england='60 1' connections=1100 idle_s=1 opens=1 taps=20 ;; # only that every figure can be taken
'') ;;
*) echo 'usage: tests/bench/run.sh [--quick|--smoke]' >&2; exit 2 ;;
esac
"$root/deploy/build.sh" release >&2
certificates=$(mktemp -d)
trap 'rm -rf "$certificates"' EXIT
"$root/certs/make-dev-ca.sh" "$certificates" >&2
port=$(node -e 'import(process.argv[1]).then(async (demo) => console.log(await demo.free_port()))' "$root/deploy/demo/demo.mjs")
"$root/build/release/tests/sync_bench" "$runs"
"$root/build/release/tests/stock_bench" "$stored"
"$root/build/release/tests/erase_bench" $((stored < 2400000 ? stored : 2400000))
"$root/build/release/tests/report_bench" "$reported"
# shellcheck disable=SC2086 # two numbers
"$root/build/release/tests/england_bench" $england
"$root/build/release/tests/duplicates_bench"
"$root/build/release/tests/crowd_bench" "$root/build/release/bin/tutti-server" "$certificates" "$port" "$connections" "$idle_s"
node "$root/tests/bench/processes.mjs"
node "$root/tests/bench/screen.mjs" "$opens" "$taps"
