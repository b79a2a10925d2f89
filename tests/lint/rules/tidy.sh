#!/bin/bash
# tidy.sh ROOT [BUILD_DIR]: clang-tidy over every C file the build compiles, two at a time. A file whose bytes, flags, headers and
# rules have not changed since it last passed is not looked at again. Files that only the browser's build compiles are read there.
# Its path-sensitive analyzer follows calls into small functions only, a tenth of the time; with TUTTI_TIDY=deep into every one of a file,
# as before a release.
set -euo pipefail
root=$(cd "${1:?usage: tidy.sh ROOT [BUILD_DIR]}" && pwd)
build=${2:-$root/build/release}
tidy=$(command -v clang-tidy-14 || command -v clang-tidy) || { echo 'tidy: clang-tidy-14 is not installed' >&2; exit 1; }
[ -f "$build/compile_commands.json" ] || { echo "tidy: $build is not configured; run deploy/build.sh" >&2; exit 1; }
cache=$build/tidy-passed
mkdir -p "$cache"

# One hash of everything a file's result may depend on besides the file itself: rules and all our headers.
cd "$root"
common=$( (find shared proto client server tests \( -name node_modules -o -name build \) -prune -o \( -name '*.h' -o -name '*.def' \) -print 2>/dev/null || true) |
  LC_ALL=C sort | xargs -r cat .clang-tidy | sha256sum | cut -c1-32)
mode=${TUTTI_TIDY:-shallow}
[[ $mode = shallow || $mode = deep ]] || { echo "tidy: TUTTI_TIDY is '$mode', not shallow or deep" >&2; exit 2; }
export tidy cache common mode

# Tests are spared the path-sensitive analyzer, which takes most of the time: they run under sanitizers anyway.
check_one() { # check_one BUILD FILE
  local hash out build=$1 checks=
  shift
  [[ $1 != */tests/* ]] || checks=-clang-analyzer-*
  hash=$(cat "$1" <(echo "$common") | sha256sum | cut -c1-32)
  [ ! -e "$cache/$hash.deep" ] && [ ! -e "$cache/$hash.$mode" ] || return 0
  local analyzer=(-Xclang -analyzer-config -Xclang "mode=$mode")
  if out=$("$tidy" -p "$build" --quiet ${checks:+"--checks=$checks"} "${analyzer[@]/#/--extra-arg=}" "$1" 2>/dev/null); then
    touch "$cache/$hash.$mode"
  else
    echo "$out" | grep -E '(error|warning):' || echo "$1: clang-tidy failed: $("$tidy" -p "$build" --quiet "$1" 2>&1 | tail -3)"
    return 1
  fi
}
export -f check_one

# "BUILD FILE" for every file of ours, each in the first database that knows it.
files() {
  node -e '
    const { existsSync, readFileSync } = require("fs");
    const [root, ...builds] = process.argv.slice(1);
    const seen = new Map();
    for (const build of builds) {
      const database = `${build}/compile_commands.json`;
      if (!existsSync(database)) continue;
      for (const { file } of JSON.parse(readFileSync(database, "utf8"))) {
        if (file.startsWith(`${root}/`) && !file.startsWith(`${root}/build/`) && !seen.has(file) && existsSync(file)) seen.set(file, build);
      }
    }
    for (const [file, build] of [...seen].sort()) console.log(`${build} ${file}`);
  ' "$root" "$build" "$root/build/wasm"
}
files | xargs -r -P "${TUTTI_JOBS:-2}" -L 1 bash -c 'check_one "$@"' check_one
