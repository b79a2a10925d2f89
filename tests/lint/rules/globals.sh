#!/bin/bash
# globals.sh ROOT [BUILD_DIR]: no module keeps writable data of its own; whatever changes is passed as a context. Test helpers may.
set -euo pipefail
root=$(cd "${1:?usage: globals.sh ROOT [BUILD_DIR]}" && pwd)
build=${2:-$root/build/release}
allowed=$root/tests/lint/allowed_globals.txt
libs=$(find "$build" -name 'lib*.a' -not -name 'libthirdparty_*' -not -path "$build/tests/*" | sort)
[ -n "$libs" ] || { echo "globals: no library of ours in $build; run deploy/build.sh" >&2; exit 1; }

# Sections that are only written while the program is loaded (.data.rel.ro) are constant afterwards.
found=$(for lib in $libs; do
  objdump -t "$lib" 2>/dev/null | awk -v lib="$(basename "$lib" .a)" '
    /^[^ ]+: +file format/ { member = $1; sub(":", "", member); sub(/\.o$/, "", member) }
    / O / && /[ \t]\.(data|bss|tdata|tbss)(\.[^ \t]*)?[ \t]/ && !/\.data\.rel\.ro/ { print substr(lib, 4) ": " member ": " $NF }
    / \*COM\*/ { print substr(lib, 4) ": " member ": " $NF }'
done | grep -vxFf <(grep -v '^#' "$allowed" 2>/dev/null || true) || true)
[ -z "$found" ] || { sed 's/$/: globals: writable data outside any context/' <<<"$found"; exit 1; }
