#!/bin/bash
# Every layer of tests by one command. The last line is always "N passed, N failed"; the exit code is 0 only when none failed.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/test-logs
usage='usage: tests/run.sh [--quick] [--only LAYER] [--list]'

# LAYER | when | how | what it shows | command. "quick" layers run in both forms, "full" ones only without --quick.
# Those "in front" run one after the other. They start programs and wait for them, and what they leave of the processors is for those
# "behind", which only compute, at a low priority. When both are through, "after" them come those that use the whole machine: tests under
# sanitizers, which are slow and have limits of time, and figures, which are taken on a quiet machine.
layers=(
  'lint       |quick|behind|style, layers, purity, each rule able to fail |layer_lint'
  'unit       |quick|front |each part alone, release build                |layer_ctest release unit'
  'contract   |quick|front |one suite over every store and transport      |layer_ctest release contract'
  'sim        |quick|front |real cores and hub on simulated disks and lines|layer_ctest release sim'
  'sim-seeds  |full |behind|2,000 fresh seeds, and all that once found something |layer_sim'
  'vectors    |quick|front |published vectors of the protocol             |layer_ctest release vectors'
  'fuzz       |quick|front |committed corpora, each input within 64 MiB|layer_ctest release fuzz'
  'ui         |quick|front |types and tests of the web code               |layer_ui'
  'sanitizers |full |after |every C test under ASan and UBSan             |layer_ctest asan ".*"'
  'faults     |full |front |kill -9, disk full, restored backup, ...      |layer_script tests/faults/run.sh'
  'check      |full |front |the demo, end to end, on a free port          |layer_check'
  'e2e        |full |front |real server, real kiosk, real browser         |layer_script tests/e2e/run.sh --again'
  'bench      |full |after |smoke run of the figures; only prints         |layer_bench'
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
names=()
tracks=()

# A line of the table for each layer that ended, in the order of the list, and before them what was built.
print_table() {
  local name ok bad seconds work
  echo '── layers'
  for name in build-release build-asan "${names[@]}"; do
    if [ ! -f "$logs/$name.result" ]; then
      [[ $name != build-* ]] || continue
      echo "   $name was not played to its end"
      failed=$((failed + 1))
      continue
    fi
    read -r ok bad seconds work <"$logs/$name.result"
    printf '   %-13s %5d passed %4d failed  %4d s, of a processor %5d s\n' "$name" "$ok" "$bad" "$seconds" "$work"
    passed=$((passed + ok))
    failed=$((failed + bad))
  done
}
finish() {
  trap - EXIT
  print_table
  echo "$((SECONDS - started)) s in all; logs in build/test-logs"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit $?
}
stop() {
  local track
  for track in "${tracks[@]}"; do kill -- "-$track" 2>/dev/null; done
  echo "run: stopped"
  failed=$((failed + 1))
  finish
}
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

# What several say at once is kept, and printed whole when each is over.
say_whole() { # say_whole NAME
  { flock 8 && echo "── $1" && cat "$logs/$1.log"; } 8<"$logs"
}

# What the children of a shell took of the processors, in seconds; `times` would tell of a substitution's own.
work_of() { awk -v tick="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); printf "%d", ($14 + $15) / tick }' "/proc/$1/stat"; }

# In a shell of its own, so that its children's work is the layer's. Its result is "PASSED FAILED SECONDS WORK".
run_layer() ( # run_layer NAME COMMAND
  layer=$1
  from=$SECONDS
  self=$BASHPID
  if [ ${#names[@]} = 1 ]; then
    echo "── $layer"
    eval "$2" > >(tee "$logs/$layer.log") 2>&1
    status=$?
    wait $! 2>/dev/null
  else
    eval "$2" >"$logs/$layer.log" 2>&1
    status=$?
    say_whole "$layer"
  fi
  # The counts come from the layer; its exit code is believed over them when they disagree.
  [ "$((layer_passed + layer_failed))" -gt 0 ] || { if [ $status = 0 ]; then layer_passed=1; else layer_failed=1; fi; }
  [ $status = 0 ] || [ "$layer_failed" -gt 0 ] || layer_failed=1
  echo "$layer_passed $layer_failed $((SECONDS - from)) $(work_of "$self")" >"$logs/$layer.result"
)

# A build that fails is one failure here, and all that depend on it say so too.
run_build() ( # run_build KIND ARG...
  from=$SECONDS
  self=$BASHPID
  bad=0
  TUTTI_KEEP_GOING=1 "$root/deploy/build.sh" "$@" >"$logs/build-$1.log" 2>&1 || {
    grep -E 'error|FAILED|build:' "$logs/build-$1.log" | head -40
    echo "run: the $1 build failed; see build/test-logs/build-$1.log"
    bad=1
  }
  echo "0 $bad $((SECONDS - from)) $(work_of "$self")" >"$logs/build-$1.result"
)

# The wanted layers of a kind, one after the other.
play() { # play front|behind|after
  local i
  for i in "${!names[@]}"; do
    [ "${kinds[$i]}" != "$1" ] || run_layer "${names[$i]}" "${commands[$i]}"
  done
}
play_behind() {
  renice -n 10 "$BASHPID" >/dev/null
  [ -z "$needs_asan" ] || run_build asan
  play behind
}

mkdir -p "$logs"
rm -f "$logs"/*.result
kinds=()
commands=()
needs_asan=
needs_browser=
for row in "${layers[@]}"; do
  IFS='|' read -r name when kind _ command <<<"$row"
  name=${name// /}
  if [ -n "$only" ]; then [ "$name" = "$only" ] || continue; elif [ -n "$quick" ] && [ "${when// /}" != quick ]; then continue; fi
  names+=("$name")
  kinds+=("${kind// /}")
  commands+=("$command")
  [ "$name" != sanitizers ] || needs_asan=asan
  [ "$name" != e2e ] || needs_browser=--tests
done
if [ ${#names[@]} = 0 ]; then
  echo "run: there is no layer '$only'; tests/run.sh --list names them"
  failed=1
  finish
fi

run_build release $needs_browser
# Each in a process group of its own, so that stopping reaches all that it started.
set -m
play_behind </dev/null &
tracks+=($!)
play front </dev/null &
tracks+=($!)
set +m
wait
tracks=()
play after
finish
