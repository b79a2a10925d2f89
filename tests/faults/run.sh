#!/bin/bash
# Real programs, real faults: kill -9, full and read-only disks, ports in use, damaged files. --long repeats the kills 200 times.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
kills=8
case ${1:-} in
--long) kills=200 ;;
'') ;;
*) echo "usage: tests/faults/run.sh [--long]" >&2; exit 2 ;;
esac
out=$(TUTTI_KILLS=$kills node --test --test-concurrency=1 --test-reporter=tap "$root"/tests/faults/*.test.mjs 2>&1)
status=$?
grep -vE '^ *(---|\.\.\.|duration_ms|type:)|^# Subtest' <<<"$out" | grep -E '^ *(not ok|ok)|error:|^ +(at|message)|demo:' | head -200
count() { sed -nE "s/^# $1 ([0-9]+)/\1/p" <<<"$out" | tail -1; }
passed=$(count pass)
failed=$(count fail)
[ -n "$passed" ] || { echo "$out" | tail -20; passed=0 failed=1; }
echo "$passed passed, $failed failed"
exit $status
