#!/bin/bash
# purity.sh ROOT [BUILD_DIR] [ALLOWED]: the core's objects ask the world for nothing but what allowed_symbols.txt names.
set -euo pipefail
root=$(cd "${1:?usage: purity.sh ROOT [BUILD_DIR] [ALLOWED]}" && pwd)
build=${2:-$root/build/release}
allowed=${3:-$root/tests/lint/allowed_symbols.txt}
modules='shared_base shared_schema shared_crypto shared_merge proto client_core server_core'

# Members for one platform are the edge of the core; they are what may touch the machine.
native='_(posix|linux|system|stderr)\.c\.o'

archive() { find "$build" -name "lib$1.a" -not -path '*/thirdparty/*' | head -1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find "$build" -name 'lib*.a' -not -name 'libthirdparty_*' -print0 | xargs -0 -r nm --defined-only --extern-only 2>/dev/null |
  awk 'NF == 3 { print $3 }' | sort -u >"$work/ours"
[ -s "$work/ours" ] || { echo "purity: no library of ours in $build; run deploy/build.sh" >&2; exit 1; }

status=0
for module in $modules; do
  lib=$(archive $module)
  [ -n "$lib" ] || { echo "purity: lib$module.a is not built in $build" >&2; status=1; continue; }
  patterns=()
  while read -r who symbol; do
    case $who in '#'* | '') continue ;; esac
    # shellcheck disable=SC2053
    [[ $module != $who ]] || patterns+=("$symbol")
  done <"$allowed"
  while read -r member symbol; do
    ok=
    for pattern in "${patterns[@]}"; do
      # shellcheck disable=SC2053
      if [[ $symbol == $pattern ]]; then ok=yes; break; fi
    done
    [ -n "$ok" ] || { echo "$module: ${member%.o}: purity: asks the outside for $symbol"; status=1; }
  done < <(nm -A --undefined-only "$lib" | sed -E 's/^[^:]*:([^:]*):.* U /\1 /' | grep -vE "^[^ ]*$native " | sort -u |
    awk -v ours="$work/ours" 'BEGIN { while ((getline s < ours) > 0) mine[s] = 1 } !($2 in mine)')
done
exit $status
