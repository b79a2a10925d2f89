#!/bin/bash
# mutate.sh NAME FILE OUT: writes the broken copy of a file of the product that mutants.txt describes; a copy that is not broken is a failure.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
read -r name _ _ file expression < <(grep -E "^$1 [a-z_]+ [0-9]+ $2 " "$root/tests/sim/mutants.txt")
mkdir -p "$(dirname "$3")"
sed -E "$expression" "$root/$file" >"$3"
! cmp -s "$root/$file" "$3" || { rm "$3"; echo "mutate: $name changes nothing in $file any more; see mutants.txt" >&2; exit 1; }
