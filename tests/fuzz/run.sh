#!/bin/bash
# Fuzzes the parsers: one target, or each in turn, for so many seconds. What is found stays in build/fuzz/findings.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/fuzz
usage='usage: tests/fuzz/run.sh [--target NAME] [--seconds N] [--list] [--help]'
help="$usage

  --target NAME   this target alone; without it each in turn
  --seconds N     how long each runs (60)
  --list          the targets' names: the folders of tests/fuzz/corpus

The first run builds the Fuzz type (clang-14, AddressSanitizer, UndefinedBehaviorSanitizer, libFuzzer) in build/fuzz.
New inputs go to build/fuzz/findings/NAME/corpus, and what breaks a target to build/fuzz/findings/NAME.
For a long run: tests/fuzz/run.sh --target session --seconds 3600
After a finding: fix it with a unit test named for it, and copy the input to tests/fuzz/corpus/NAME under a name that says
what it is; every build replays that folder (ctest -L fuzz). TUTTI_FUZZ_MEMORY_MB (512) bounds a target's memory.
Exit codes: 0 nothing was found, 1 something was found or could not be built, 2 wrong arguments."
only=
seconds=60
names=$(cd "$root/tests/fuzz/corpus" && ls)

while [ $# -gt 0 ]; do
  case $1 in
  --target) only=${2:-}; shift ;;
  --seconds) seconds=${2:-}; shift ;;
  --list) echo "$names"; exit 0 ;;
  --help | -h) echo "$help"; exit 0 ;;
  *) echo "fuzz: unknown argument '$1'; $usage" >&2; exit 2 ;;
  esac
  shift
done
[[ $seconds =~ ^[0-9]+$ ]] || { echo "fuzz: --seconds wants a number; $usage" >&2; exit 2; }
if [ -n "$only" ]; then
  grep -qxF "$only" <<<"$names" || { echo "fuzz: there is no target '$only'; --list names them" >&2; exit 2; }
  names=$only
fi

passed=0
failed=0
for name in $names; do
  target=fuzz_$name
  if ! "$root/deploy/build.sh" fuzz --target "$target"; then
    echo "fuzz: $target could not be built"
    failed=$((failed + 1))
    continue
  fi
  found=$build/findings/$name
  mkdir -p "$found/corpus"
  echo "── $name, $seconds s"
  # New inputs that reach new code go to the first folder; the committed corpus is only read.
  # AddressSanitizer keeps freed memory back; a small share of it, or that is all that the limit measures. No input of 64 KiB
  # is a reason to take 64 MiB at once.
  if ASAN_OPTIONS="quarantine_size_mb=8:detect_leaks=1:${ASAN_OPTIONS:-}" "$build/tests/$target" -max_total_time="$seconds" \
    -max_len=65536 -timeout=10 -rss_limit_mb="${TUTTI_FUZZ_MEMORY_MB:-512}" -malloc_limit_mb=64 -print_final_stats=1 \
    -artifact_prefix="$found/" "$found/corpus" "$root/tests/fuzz/corpus/$name" >"$found/log" 2>&1; then
    grep -E 'stat::number_of_executed_units|cov:' "$found/log" | tail -2
    passed=$((passed + 1))
  else
    tail -40 "$found/log"
    echo "fuzz: $name failed; replay: $build/tests/$target $found/<crash-...>"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
