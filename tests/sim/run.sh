#!/bin/bash
# run.sh: the simulator by command. `--seeds N --first S [--world NAME] [--jobs N] [--twice] [--tell] [--shrink]` runs seeds, `--fresh N` seeds
# that belong to the commit, `--listed` those of seeds.txt, `--mutants` shows that the oracles can fail. README.md tells more.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${TUTTI_BUILD:-$root/build/release}
[ -f "$build/build.ninja" ] || { echo "run: $build is not configured; run deploy/build.sh" >&2; exit 1; }
build_target() { flock "$build.lock" ninja -k 0 -C "$build" "$1" >"$build/sim-build.log" 2>&1 || { grep -E 'mutate:|error:|FAILED' "$build/sim-build.log" | head -20; return 1; }; }
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

# Every line is one run; whatever found something once must find nothing now. They play side by side, and what one says is printed whole.
play_line() { # play_line LINE ARGUMENT...
  local out line=$1 status=0
  shift
  # shellcheck disable=SC2086
  out=$("$build/tests/simulator" --commit "$commit" --seeds 1 $line "$@" 2>&1) || status=1
  [ "$status" = 0 ] || out+=$'\n'"FAILED line: $line"
  { flock 9 && printf '%s\n' "$out"; } 9<"$build/build.ninja"
}
run_listed() {
  local lines said failed broken=''
  export -f play_line
  export build commit
  mapfile -t lines < <(sed 's/#.*//; s/[[:space:]]*$//; /^[[:space:]]*$/d' "$here/seeds.txt")
  said=$(printf '%s\n' "${lines[@]}" | xargs -d '\n' -P "${TUTTI_JOBS:-$(nproc)}" -I '{}' bash -c 'play_line "$@"' play_line '{}' "${arguments[@]}") || broken=yes
  printf '%s\n' "$said"
  failed=$(grep -c '^FAILED line' <<<"$said")
  echo "seeds ${#lines[@]} failed $failed${broken:+, and some were not played}"
  [ "$failed" = 0 ] && [ -z "$broken" ]
}

# A mutant is caught when a seed of its world fails; the first that does ends it. Whether one oracle alone notices a mutant is shown by playing
# the same seeds, and a few more, without it.
more=8 most=400
caught_by() { "$@" --stop --quiet "${arguments[@]}" 2>/dev/null | sed -nE 's/^FAILED seed ([0-9]+), .* oracle [^:]*: .*\[(.*)\]$/\1 \2/p' | head -1; }
run_mutants() {
  local name world first program seed said total=0 caught=0 all alone heard='' only
  while read -r name world first; do
    total=$((total + 1))
    program=$build/tests/sim_mutant_$name
    if [ ! -x "$program" ]; then printf '%-28s does not build\n' "$name"; continue; fi
    read -r seed said < <(caught_by "$program" --world "$world" --first "$first" --seeds "$most")
    if [ -z "${said:-}" ]; then printf '%-28s %-12s not caught\n' "$name" "$world"; continue; fi
    caught=$((caught + 1)) only=
    if grep -qxF "$said" <<<"$oracles" && ! grep -qxF "$said" <<<"$heard"; then
      [ -n "$(caught_by "$program" --world "$world" --first "$first" --seeds $((seed - first + 1 + more)) --deaf "$said")" ] || only=', and nothing else'
    fi
    [ -z "$only" ] || heard+="$said"$'\n'
    printf '%-28s %-12s %s, seed %s%s\n' "$name" "$world" "$said" "$seed" "$only"
  done < <(sed -nE 's/^([A-Z_]+) ([a-z_]+) ([0-9]+) .*/\1 \2 \3/p' "$here/mutants.txt" | awk '!seen[$1]++')
  only=
  all=$(grep -c . <<<"$oracles") alone=$(grep -c . <<<"$heard")
  [ "$alone" = "$all" ] || only="; not of: $(grep -vxF "${heard:-none}" <<<"$oracles" | paste -sd, | sed 's/,/, /g')"
  echo "oracles $all, of $alone each is the only one to notice some mutant${only:-}"
  echo "mutants $total caught $caught"
  [ "$total" -ge 20 ] && [ "$caught" = "$total" ] && [ "$alone" = "$all" ]
}

case $what in
mutants)
  rm -f "$build"/tests/sim_mutant_*
  build_target simulator || exit 1
  build_target sim_mutants
  oracles=$("$build/tests/simulator" --oracles)
  run_mutants
  ;;
listed) build_target simulator && run_listed ;;
seeds)
  build_target simulator || exit 1
  echo "commit $commit: ${arguments[*]}"
  exec "$build/tests/simulator" --commit "$commit" "${arguments[@]}"
  ;;
esac
