#!/bin/bash
# Lint: every rule over the tree, then a line per rule and the count. `run.sh RULE...` runs only those; `--build DIR` names the build.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/release
wanted=()
while [ $# -gt 0 ]; do
  case $1 in
  --build) build=$2; shift ;;
  --help) echo 'usage: tests/lint/run.sh [--build DIR] [RULE...]'; exit 0 ;;
  *) wanted+=("$1") ;;
  esac
  shift
done

# Quick text rules first; those that need a built tree last.
rules=(format layers sql size functions words names lockfile opening types purity globals tidy selftest)
[ ${#wanted[@]} -gt 0 ] || wanted=("${rules[@]}")

run_rule() {
  case $1 in
  selftest) "$here/selftest.sh" ;;
  purity | globals | tidy) "$here/rules/$1.sh" "$root" "$build" ;;
  format) "$here/rules/format.sh" "$root" ;;
  *) if [ -f "$here/rules/$1.mjs" ]; then node "$here/rules/$1.mjs" "$root"; else echo "lint: there is no rule '$1'"; false; fi ;;
  esac
}

passed=0
failed=0
for rule in "${wanted[@]}"; do
  start=$SECONDS
  if out=$(run_rule "$rule" 2>&1); then
    passed=$((passed + 1))
    echo "ok      lint $rule ($((SECONDS - start)) s)"
  else
    failed=$((failed + 1))
    head -60 <<<"$out"
    echo "FAILED  lint $rule ($(wc -l <<<"$out") lines)"
  fi
done
echo "lint: $passed passed, $failed failed"
[ "$failed" = 0 ]
