#!/bin/bash
# mutate.sh NAME OUT: writes the broken copy of a file of the product that mutants.txt describes; a copy that is not broken is a failure.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
read -r name file expression < <(grep "^$1 " "$root/tests/sim/mutants.txt")
mkdir -p "$(dirname "$2")"
sed -E "$expression" "$root/$file" >"$2"
! cmp -s "$root/$file" "$2" || { rm "$2"; echo "mutate: $name changes nothing in $file any more; see mutants.txt" >&2; exit 1; }
