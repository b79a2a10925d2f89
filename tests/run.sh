#!/bin/bash
# Every layer of tests by one command. The last line is always "N passed, N failed"; the exit code is 0 only when none failed.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/test-logs
usage='usage: tests/run.sh [--quick] [--only LAYER] [--list]'

# LAYER | when | what it shows | command. "quick" layers run in both forms, "full" ones only without --quick.
layers=(
  'lint       |quick|style, layers, purity, each rule able to fail |layer_lint'
  'unit       |quick|each part alone, release build                |layer_ctest release unit'
  'contract   |quick|one suite over every store and transport      |layer_ctest release contract'
  'sim        |quick|real cores and hub on simulated disks and lines|layer_ctest release sim'
  'sim-seeds  |full |2,000 fresh seeds, and all that once found something |layer_sim'
  'vectors    |quick|published vectors of the protocol             |layer_ctest release vectors'
  'fuzz       |quick|committed corpora, each input within 64 MiB|layer_ctest release fuzz'
  'ui         |quick|types and tests of the web code               |layer_ui'
  'sanitizers |full |every C test under ASan and UBSan             |layer_ctest asan ".*"'
  'faults     |full |kill -9, disk full, restored backup, ...      |layer_script tests/faults/run.sh'
  'check      |full |the demo, end to end, on a free port          |layer_check'
  'e2e        |full |real server, real kiosk, real browser         |layer_script tests/e2e/run.sh'
  'bench      |full |smoke run of the figures; only prints         |layer_bench'
)

quick=
only=
while [ $# -gt 0 ]; do
  case $1 in
  --quick) quick=yes ;;
  --only) only=${2:-}; shift ;;
  --list) printf '%s\n' "${layers[@]}"; exit 0 ;;
  *) echo "run: unknown argument '$1'; $usage" >&2; echo '0 passed, 1 failed'; exit 1 ;;
  esac
  shift
done

passed=0
failed=0
started=$SECONDS
table=
finish() {
  trap - EXIT
  printf '── layers\n%s' "$table"
  echo "$((SECONDS - started)) s in all; logs in build/test-logs"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit $?
}
stop() { echo "run: stopped"; failed=$((failed + 1)); finish; }
trap stop INT TERM
trap stop EXIT

# The counts of the layer that runs; a layer sets them, or has one result: its exit code.
layer_passed=0
layer_failed=0

# Runs a command and takes the layer's counts from its last "N passed, N failed", if it says so.
counted() {
  local status sums
  "$@" 2>&1 | tee "$logs/$layer.out"
  status=${PIPESTATUS[0]}
  sums=$(sed -nE 's/(.*[^0-9])?([0-9]+) passed, ([0-9]+) failed.*/\2 \3/p' "$logs/$layer.out" | tail -1)
  [ -z "$sums" ] || { layer_passed=${sums% *}; layer_failed=${sums#* }; }
  return "$status"
}

# cmocka prints one "[       OK ]" per test; a program without such lines counts as one test.
layer_sim() { "$root/tests/sim/run.sh" --fresh 2000 && "$root/tests/sim/run.sh" --listed; }

layer_ctest() { # layer_ctest BUILD LABEL
  local folder=$root/build/$1 log=$logs/$layer.log listed junit=$logs/$layer.xml
  [ -f "$folder/CTestTestfile.cmake" ] || { echo "run: build/$1 is not built"; return 1; }
  listed=$(ctest --test-dir "$folder" -N -L "^$2\$" | sed -n 's/^Total Tests: //p')
  [ "${listed:-0}" -gt 0 ] || { echo "run: there are no tests of layer '$layer'"; return 1; }
  rm -f "$junit"
  ctest --test-dir "$folder" -L "^$2\$" -j "${TUTTI_JOBS:-$(nproc)}" --output-on-failure --output-junit "$junit" \
    --test-output-size-passed 1048576 --test-output-size-failed 1048576 >"$log.ctest" 2>&1
  local status=$?
  grep -E '\*\*\*|\[  FAILED  \]|ERROR|SUMMARY|tests passed' "$log.ctest" | head -60
  eval "$(node "$root/tests/count.mjs" "$junit")"
  return $status
}

layer_lint() { counted "$root/tests/lint/run.sh"; }

layer_ui() {
  local status=0 ui=$root/shared/ui
  [ -f "$ui/package.json" ] || { echo 'run: shared/ui is not a package'; return 1; }
  (cd "$ui" && npm run --silent typecheck) && layer_passed=$((layer_passed + 1)) || { layer_failed=$((layer_failed + 1)); status=1; }
  (cd "$ui" && npm test --silent) >"$logs/ui-test.log" 2>&1 || status=1
  node --test "$root"/tests/unit/client/browser/*_test.mjs >>"$logs/ui-test.log" 2>&1 || status=1
  # Node sums up as "# pass N" or "ℹ pass N", once a run.
  sums() { sed -nE "s/^(# |ℹ )$1 ([0-9]+).*/\\2/p" "$logs/ui-test.log" | awk '{ n += $1 } END { print n + 0 }'; }
  layer_passed=$((layer_passed + $(sums pass)))
  layer_failed=$((layer_failed + $(sums fail)))
  [ $status = 0 ] || grep -vE '^(# |ℹ )?(Subtest|duration_ms|ok)|^ ' "$logs/ui-test.log" | tail -40
  return $status
}

layer_script() { # layer_script PATH ARG...
  [ -x "$root/$1" ] || { echo "run: $1 does not exist"; return 1; }
  counted "$root/$1" "${@:2}"
}

# The demo's own check picks free ports and a folder of its own, so it runs beside whatever else is there.
layer_check() { layer_script deploy/demo.sh --check; }

layer_bench() { layer_script tests/bench/run.sh --smoke; }

run_layer() { # run_layer NAME COMMAND
  layer=$1
  layer_passed=0
  layer_failed=0
  local start=$SECONDS status
  echo "── $layer"
  # shellcheck disable=SC2086
  eval "$2" > >(tee "$logs/$layer.log") 2>&1
  status=$?
  wait $! 2>/dev/null
  # The counts come from the layer; its exit code is believed over them when they disagree.
  [ "$((layer_passed + layer_failed))" -gt 0 ] || { if [ $status = 0 ]; then layer_passed=1; else layer_failed=1; fi; }
  [ $status = 0 ] || [ "$layer_failed" -gt 0 ] || layer_failed=1
  table+=$(printf '   %-10s %5d passed %4d failed  %4d s' "$layer" "$layer_passed" "$layer_failed" $((SECONDS - start)))$'\n'
  passed=$((passed + layer_passed))
  failed=$((failed + layer_failed))
}

mkdir -p "$logs"
names=()
commands=()
needs_asan=
needs_browser=
for row in "${layers[@]}"; do
  IFS='|' read -r name when _ command <<<"$row"
  name=${name// /}
  if [ -n "$only" ]; then [ "$name" = "$only" ] || continue; elif [ -n "$quick" ] && [ "${when// /}" != quick ]; then continue; fi
  names+=("$name")
  commands+=("$command")
  [ "$name" != sanitizers ] || needs_asan=asan
  [ "$name" != e2e ] || needs_browser=--tests
done
if [ ${#names[@]} = 0 ]; then
  echo "run: there is no layer '$only'; tests/run.sh --list names them"
  failed=1
  finish
fi

# Everything is built first, so that a layer that cannot be built fails all that depend on it and says why once.
for kind in release $needs_asan; do
  TUTTI_KEEP_GOING=1 "$root/deploy/build.sh" "$kind" $needs_browser >"$logs/build-$kind.log" 2>&1 || {
    grep -E 'error|FAILED|build:' "$logs/build-$kind.log" | head -40
    echo "run: the $kind build failed; see build/test-logs/build-$kind.log"
    failed=$((failed + 1))
  }
done
for i in "${!names[@]}"; do run_layer "${names[$i]}" "${commands[$i]}"; done
finish
