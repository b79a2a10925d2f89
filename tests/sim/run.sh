#!/bin/bash
# run.sh: the simulator by command. `--seeds N --first S [--world NAME] [--jobs N] [--twice] [--tell] [--shrink]` runs seeds, `--mutants`
# shows that the oracles can fail. README.md tells more.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${TUTTI_BUILD:-$root/build/release}
[ -f "$build/build.ninja" ] || { echo "run: $build is not configured; run deploy/build.sh" >&2; exit 1; }
build_target() { ninja -C "$build" "$1" >"$build/sim-build.log" 2>&1 || { tail -20 "$build/sim-build.log"; exit 1; }; }

mutants=
arguments=()
for argument in "$@"; do
  if [ "$argument" = --mutants ]; then mutants=yes; else arguments+=("$argument"); fi
done
if [ -z "$mutants" ]; then
  build_target simulator
  commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
  exec "$build/tests/simulator" --commit "$commit" "${arguments[@]}"
fi

# A mutant is caught when any seed fails; the oracle that speaks first is named.
[ ${#arguments[@]} -gt 0 ] || arguments=(--seeds 60 --first 1)
build_target sim_mutants
total=0
caught=0
for program in "$build"/tests/sim_mutant_*; do
  total=$((total + 1))
  first=$("$program" --quiet "${arguments[@]}" 2>/dev/null | grep -m 1 '^FAILED')
  printf '%-32s %s\n' "${program##*/sim_mutant_}" "${first:-not caught}"
  [ -z "$first" ] || caught=$((caught + 1))
done
echo "mutants $total caught $caught"
[ "$total" -gt 0 ] && [ "$caught" = "$total" ]
