#!/bin/bash
# Fuzzes the parsers: one target, or each in turn, for so many seconds. What is found stays in build/fuzz/findings.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/fuzz
record=$root/tests/fuzz/runs.tsv
usage='usage: tests/fuzz/run.sh [--target NAME] [--seconds N] [--jobs N] [--record] [--memory | --merge | --hours | --list | --help]'
help="$usage

  --target NAME   this target alone; without it each in turn
  --seconds N     how long each runs (60)
  --jobs N        so many targets at a time (1)
  --record        appends what was run to tests/fuzz/runs.tsv: target, processor seconds, executions, commit, edges reached, found
  --memory        does not fuzz: replays committed and found inputs without sanitizers, each within 64 MiB resident
  --merge         does not fuzz: copies found inputs of at most 4 KiB that reach new code to tests/fuzz/corpus
  --hours         what is on record as the table of README.md, a line a target
  --list          the targets' names: the folders of tests/fuzz/corpus

The first run builds the Fuzz type (clang-14, AddressSanitizer, UndefinedBehaviorSanitizer, libFuzzer) in build/fuzz.
New inputs go to build/fuzz/findings/NAME/corpus, and what breaks a target to build/fuzz/findings/NAME.
For a long run: tests/fuzz/run.sh --target session --seconds 3600 --record
After a finding: fix it with a unit test named for it, and copy the input to tests/fuzz/corpus/NAME under a name that says
what it is; every build replays that folder (ctest -L fuzz). TUTTI_FUZZ_MEMORY_MB (512) bounds a target's memory.
Exit codes: 0 nothing was found, 1 something was found or could not be built, 2 wrong arguments."
only=
seconds=60
jobs=1
keep=
work=fuzz
names=$(cd "$root/tests/fuzz/corpus" && ls)

# Sums of the record, and the edges of the run that reached most; a target that never ran is a line too.
hours() {
  echo '| target | seconds | executions | a second | edges | found |'
  echo '|---|---|---|---|---|---|'
  awk -F'\t' -v names="$names" 'FNR > 1 { s[$1] += $2; n[$1] += $3; f[$1] += $6; if ($5 > e[$1]) e[$1] = $5 }
    END { for (i = split(names, list, "\n"); i > 0; i--) { t = list[i]; printf "| `%s` | %d | %d | %d | %s | %d |\n", t, s[t], n[t], s[t] ? n[t] / s[t] : 0, e[t] ? e[t] : "", f[t] } }' "$record" | sort
}

wrong() { echo "fuzz: $1; $usage" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
  --target) only=${2:-}; shift ;;
  --seconds) seconds=${2:-}; shift ;;
  --jobs) jobs=${2:-}; shift ;;
  --record) keep=yes ;;
  --memory) work=memory ;;
  --merge) work=merge ;;
  --hours) hours; exit 0 ;;
  --list) echo "$names"; exit 0 ;;
  --help | -h) echo "$help"; exit 0 ;;
  *) wrong "unknown argument '$1'" ;;
  esac
  shift
done
[[ $seconds =~ ^[0-9]+$ ]] || wrong '--seconds wants a number'
[[ $jobs =~ ^[1-9][0-9]*$ ]] || wrong '--jobs wants a number from 1 on'
if [ -n "$only" ]; then
  grep -qxF "$only" <<<"$names" || { echo "fuzz: there is no target '$only'; --list names them" >&2; exit 2; }
  names=$only
fi

# AddressSanitizer keeps freed memory back; a small share of it, or that is all that the limit measures.
export ASAN_OPTIONS="quarantine_size_mb=8:detect_leaks=1:${ASAN_OPTIONS:-}"

# What the target took of a processor, not of the clock: on a machine that is shared, the clock says more than was done.
write_record() { # write_record NAME LOG SECONDS FOUND
  local executions edges
  executions=$(sed -nE 's/^stat::number_of_executed_units: *([0-9]+).*/\1/p' "$2" | tail -1)
  edges=$(sed -nE 's/^#.*cov: ([0-9]+) .*/\1/p' "$2" | tail -1)
  printf '%s\t%.0f\t%s\t%s\t%s\t%s\n' "$1" "$3" "${executions:-0}" "$(git -C "$root" rev-parse --short=10 HEAD)" "${edges:-0}" "$4" >>"$record"
}

# New inputs that reach new code go to the first folder; the committed corpus is only read. A minute for one input, because the
# clock runs on while other programs have the processor. No input of 64 KiB is a reason to
# take 64 MiB at once.
fuzz() { # fuzz NAME
  local found=$build/findings/$1 status=0
  local TIMEFORMAT='%U %S'
  { time "$build/tests/fuzz_$1" -max_total_time="$seconds" -max_len=65536 -timeout=60 -rss_limit_mb="${TUTTI_FUZZ_MEMORY_MB:-512}" \
    -malloc_limit_mb=64 -print_final_stats=1 -artifact_prefix="$found/" "$found/corpus" "$root/tests/fuzz/corpus/$1" \
    >"$found/log" 2>&1; } 2>"$found/time" || status=1
  [ -z "$keep" ] || write_record "$1" "$found/log" "$(awk '{ print $1 + $2 }' "$found/time")" "$status"
  if [ $status = 0 ]; then
    grep -E 'stat::number_of_executed_units|cov:' "$found/log" | tail -2
  else
    tail -40 "$found/log"
    echo "fuzz: $1 failed; replay: $build/tests/fuzz_$1 $found/<crash-...>"
  fi
  return $status
}

memory() { # memory NAME
  local folders=("$root/tests/fuzz/corpus/$1")
  [ -z "$(ls -A "$build/findings/$1/corpus" 2>/dev/null)" ] || folders+=("$build/findings/$1/corpus")
  "$root/build/release/tests/fuzz_$1" "${folders[@]}" 2>&1 | tail -5
  return "${PIPESTATUS[0]}"
}

# Merged into a copy, so that libFuzzer chooses the smallest inputs; what is new there and small is named by its hash.
merge() { # merge NAME
  local corpus=$root/tests/fuzz/corpus/$1 chosen=$build/findings/$1/chosen file
  rm -rf "$chosen"
  cp -r "$corpus" "$chosen"
  "$build/tests/fuzz_$1" -merge=1 -rss_limit_mb=1024 "$chosen" "$build/findings/$1/corpus" >"$build/findings/$1/merge.log" 2>&1 || return 1
  for file in "$chosen"/*; do
    [ "$(stat -c %s "$file")" -gt 4096 ] || [ -e "$corpus/${file##*/}" ] || cp "$file" "$corpus/"
  done
  echo "$(ls "$corpus" | wc -l) inputs, $(du -sk "$corpus" | cut -f1) KiB"
}

one() { # one NAME: its whole output at once, so that those of several do not mix
  local status=0 out
  mkdir -p "$build/findings/$1/corpus"
  out=$("$work" "$1" 2>&1) || status=1
  printf '── %s\n%s\n' "$1" "$out"
  return $status
}

kind=fuzz
[ $work != memory ] || kind=release
passed=0
failed=0
running=0
reap() { wait -n && passed=$((passed + 1)) || failed=$((failed + 1)); running=$((running - 1)); }
for name in $names; do
  if ! "$root/deploy/build.sh" $kind --target "fuzz_$name"; then
    echo "fuzz: fuzz_$name could not be built"
    failed=$((failed + 1))
    continue
  fi
  [ "$running" -lt "$jobs" ] || reap
  one "$name" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do reap; done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
