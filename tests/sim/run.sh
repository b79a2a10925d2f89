#!/bin/bash
# run.sh: the simulator by command. `--seeds N --first S [--world NAME] [--jobs N] [--twice] [--tell] [--shrink]` runs seeds, `--fresh N` seeds
# that belong to the commit, `--listed` those of seeds.txt, `--mutants` shows that the oracles can fail. README.md tells more.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${TUTTI_BUILD:-$root/build/release}
[ -f "$build/build.ninja" ] || { echo "run: $build is not configured; run deploy/build.sh" >&2; exit 1; }
build_target() { ninja -k 0 -C "$build" "$1" >"$build/sim-build.log" 2>&1 || { grep -E 'mutate:|error:|FAILED' "$build/sim-build.log" | head -20; return 1; }; }
commit=$(git -C "$root" rev-parse --short=8 HEAD 2>/dev/null || date +%Y%m%d)

what=seeds
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
  --mutants) what=mutants ;;
  --listed) what=listed ;;
  --fresh) arguments+=(--seeds "${2:?run: --fresh wants a number of seeds}" --first $((16#$commit))); shift ;;
  *) arguments+=("$1") ;;
  esac
  shift
done

# Every line is one run; whatever found something once must find nothing now.
run_listed() {
  local line failed=0 count=0
  while IFS= read -r line; do
    line=${line%%#*}
    [ -n "${line// /}" ] || continue
    count=$((count + 1))
    # shellcheck disable=SC2086
    "$build/tests/simulator" --commit "$commit" --seeds 1 $line "${arguments[@]}" || failed=$((failed + 1))
  done <"$here/seeds.txt"
  echo "seeds $count failed $failed"
  [ "$failed" = 0 ]
}

# A mutant is caught when any seed fails. The few seeds tell which oracles speak; when none does, many are asked.
few=(--seeds 44 --first 1)
many=(--seeds 660 --first 1000 --stop)
oracles_of() { "$@" --quiet 2>/dev/null | sed -nE 's/^FAILED .* oracle ([^:]*): .*/\1/p' | sort | uniq -c | sort -rn | sed -E 's/^ *([0-9]+) (.*)/\2 (\1)/' | paste -sd, | sed 's/,/, /g'; }
run_mutants() {
  local name program said total=0 caught=0 table=
  for name in $(sed -nE 's/^([A-Z_]+) .*/\1/p' "$here/mutants.txt"); do
    total=$((total + 1))
    program=$build/tests/sim_mutant_$name
    if [ ! -x "$program" ]; then printf '%-28s does not build\n' "$name"; continue; fi
    said=$(oracles_of "$program" "${few[@]}" "${arguments[@]}")
    [ -n "$said" ] || said=$(oracles_of "$program" "${many[@]}" "${arguments[@]}")
    printf '%-28s %s\n' "$name" "${said:-not caught}"
    [ -z "$said" ] || caught=$((caught + 1))
    table+="$name: $said"$'\n'
  done
  echo '── oracles, and a mutant that one alone caught'
  sed -E 's/^[A-Z_]+: //; s/ \([0-9]+\)//g' <<<"$table" | tr ',' '\n' | sed 's/^ *//' | grep . | sort -u | while read -r said; do
    printf '%-28s %s\n' "$said" "$(grep -E "^[A-Z_]+: $said \([0-9]+\)$" <<<"$table" | head -3 | cut -d: -f1 | paste -sd' ')"
  done
  echo "mutants $total caught $caught"
  [ "$total" -gt 0 ] && [ "$caught" = "$total" ]
}

case $what in
mutants)
  rm -f "$build"/tests/sim_mutant_*
  build_target sim_mutants
  run_mutants
  ;;
listed) build_target simulator && run_listed ;;
seeds)
  build_target simulator || exit 1
  echo "commit $commit: ${arguments[*]}"
  exec "$build/tests/simulator" --commit "$commit" "${arguments[@]}"
  ;;
esac
