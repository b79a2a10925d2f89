#!/bin/bash
# Builds Tutti from nothing: installs what is missing (as root or through sudo), fetches pinned sources, configures, compiles.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
usage='usage: deploy/build.sh [release|asan|tsan|fuzz|wasm|all] [--target TARGET] [--tests] [--packages-only]'

# Compiler, tools, libraries: the Debian 12 names. clang-14 and wasi-libc are for the browser core and for clang-tidy.
packages=(bash build-essential cmake ninja-build ccache pkg-config git xz-utils patch gzip ca-certificates openssl curl procps
  clang-14 lld-14 llvm-14 binaryen clang-tidy-14 clang-format-14 wasi-libc libclang-rt-14-dev libclang-rt-14-dev-wasm32
  libwebsockets-dev libwebsockets-evlib-uv libssl-dev libuv1-dev libsodium-dev libmsgpack-dev libutf8proc-dev libjansson-dev libcsv-dev
  libqrencode-dev libxlsxwriter-dev liboath-dev libconfuse-dev libcmocka-dev)

# The end-to-end tests drive a real browser; --tests asks for it, unless one is there or named by TUTTI_CHROMIUM.
test_packages() { command -v "${TUTTI_CHROMIUM:-chromium}" >/dev/null || packages+=(chromium fonts-dejavu-core); }

fail() { echo "build: $1" >&2; exit 1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
can_be_root() { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }

# A Node.js of 18 or later may come from anywhere; only when there is none, Debian's is taken.
node_is_present() {
  command -v npm >/dev/null && command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]
}

# One look at dpkg's database when nothing is missing. apt's talk goes to a log, which is shown only on failure.
install_packages() {
  local installed log
  command -v apt-get >/dev/null || fail 'this script installs packages with apt-get: Debian 12 is what it knows'
  node_is_present || packages+=(nodejs npm)
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${packages[@]}" 2>/dev/null | sed -n 's/^ii *//p' || true)
  missing=()
  for package in "${packages[@]}"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  can_be_root || fail "packages are missing and there is no sudo; as root: apt-get install ${missing[*]}"
  echo "build: installing ${#missing[@]} packages: ${missing[*]}"
  log=$(mktemp)
  as_root apt-get -qq -o Acquire::Retries=5 update >"$log" 2>&1 || apt_failed 'apt-get update' "$log"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Acquire::Retries=5 --no-install-recommends install "${missing[@]}" >"$log" 2>&1 ||
    apt_failed "apt-get install" "$log"
  rm -f "$log"
}

# Addresses of mirrors and registries are nobody's business in a shared log.
apt_failed() {
  sed 's#[a-z]*://[^ ]*#(address)#g' "$2" | tail -20 >&2
  fail "$1 failed"
}

# The index that fetch.sh reads source packages by is absent on a machine whose lists were cleaned.
ensure_package_index() {
  [ -n "$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null)" ] && return 0
  can_be_root || fail 'the package index is missing and there is no sudo; as root: apt-get update'
  as_root apt-get -qq -o Acquire::Retries=5 update >/dev/null 2>&1 || fail 'apt-get update failed'
}

deps_dir=${TUTTI_DEPS_DIR:-$root/build/deps}

# The compiler is named by its full path: CMake takes a changed spelling for a changed compiler and forgets the build type.
configure() { # configure FOLDER OPTION...
  local folder=$root/build/$1
  shift
  cmake -S "$root" -B "$folder" -G Ninja -DTUTTI_DEPS_DIR="$deps_dir" "$@" >"$folder.log" 2>&1 || {
    tail -30 "$folder.log" >&2
    fail "configuring $folder failed"
  }
}

# Somebody may ask for the same folder at the same time, as a demo beside the tests does: one after the other.
build() { # build KIND [TARGET]
  (
    flock 7
    build_alone "$@"
  ) 7>"$root/build/$1.lock"
}

build_alone() { # build_alone KIND [TARGET]
  case $1 in
  release) configure release -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER="$(command -v gcc)" ;;
  asan) configure asan -DCMAKE_BUILD_TYPE=Asan -DCMAKE_C_COMPILER="$(command -v gcc)" ;;
  tsan) configure tsan -DCMAKE_BUILD_TYPE=Tsan -DCMAKE_C_COMPILER="$(command -v gcc)" ;;
  fuzz) configure fuzz -DCMAKE_BUILD_TYPE=Fuzz -DCMAKE_C_COMPILER="$(command -v clang-14)" ;;
  wasm) configure wasm -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE="$root/deploy/cmake/wasm32-wasi.cmake" ;;
  esac
  echo "build: $1"
  cmake --build "$root/build/$1" -j "${TUTTI_JOBS:-$(nproc)}" ${2:+--target "$2"} -- --quiet ${TUTTI_KEEP_GOING:+-k 0}
}

kinds=()
target=
packages_only=
while [ $# -gt 0 ]; do
  case $1 in
  release | asan | tsan | fuzz | wasm) kinds+=("$1") ;;
  all) kinds+=(release asan tsan fuzz) ;;
  --target) target=${2:?$usage}; shift ;;
  --tests) test_packages ;;
  --packages-only) packages_only=yes ;;
  *) fail "unknown argument '$1'; $usage" ;;
  esac
  shift
done
[ ${#kinds[@]} -gt 0 ] || kinds=(release)

mkdir -p "$root/build" 2>/dev/null && [ -w "$root/build" ] || fail "$root/build cannot be written: whoever builds needs a copy of their own"
install_packages
[ -z "$packages_only" ] || exit 0
stamps=("$deps_dir"/stamp-*)
[ -e "${stamps[0]}" ] || ensure_package_index
# The Fuzz build has no pages in it; those of the builds with sanitizers are the Release build's.
[ "${kinds[*]}" = fuzz ] || [ ! -d "$root/shared/ui" ] || "$root/deploy/cmake/npm_install.sh" "$root/shared/ui" || fail 'the web packages are missing'
for kind in "${kinds[@]}"; do
  # Those that stand there will do: their tests ask that a page is served, not which.
  case $kind in asan | tsan) [ -n "$target" ] || [ -e "$root/build/release/web_field.stamp" ] || [ ! -d "$root/shared/ui" ] || build release web_field || [ -n "${TUTTI_KEEP_GOING:-}" ] ;; esac
  build "$kind" "$target"
done
