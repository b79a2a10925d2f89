#!/bin/bash
# Real programs, real faults: kill -9, full and read-only disks, old copies of a hub, two copies of a device, ports in use, damaged
# files. Each compares what was said to be saved with what the hub exports; the last line adds them up.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
usage='usage: tests/faults/run.sh [--long | --kills N]   (8 kills each of kiosk and hub; --long: 200; TUTTI_SEED repeats a run)'
kills=8
case ${1:-} in
--long) kills=200 ;;
--kills) kills=${2:-} ;;
'') ;;
*) echo "$usage" >&2; exit 2 ;;
esac
[[ $kills =~ ^[1-9][0-9]*$ ]] || { echo "$usage" >&2; exit 2; }
tally=$(mktemp)
trap 'rm -f "$tally"' EXIT
out=$(TUTTI_TALLY=$tally TUTTI_KILLS=$kills node --test --test-concurrency=1 --test-reporter=tap "$root"/tests/faults/*.test.mjs 2>&1)
status=$?
grep -vE '^ *(---|\.\.\.|duration_ms|type:)|^# Subtest' <<<"$out" | grep -E '^ *(not ok|ok)|error:|^ +(at|message)|demo:' | head -200
count() { sed -nE "s/^# $1 ([0-9]+)/\1/p" <<<"$out" | tail -1; }
passed=$(count pass)
failed=$(count fail)
skipped=$(count skipped)
[ -n "$passed" ] || { echo "$out" | tail -20; passed=0 failed=1; }
[ "${skipped:-0}" = 0 ] || echo "$skipped skipped: this machine cannot make the fault (root and loop devices are needed)"
echo "$passed passed, $failed failed"
node -e '
  const sum = { kiosk_kills: 0, hub_kills: 0, full_disks: 0, read_only_disks: 0, restores: 0, copies: 0, answers: 0, marks: 0, lost: 0, duplicated: 0 };
  for (const line of require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n").filter(Boolean))
    for (const [name, n] of Object.entries(JSON.parse(line))) sum[name] += n;
  console.log(Object.entries(sum).map(([name, n]) => `${name}=${n}`).join(" "));
  process.exit(sum.lost + sum.duplicated ? 1 : 0);' "$tally" || status=1
exit $status
