#!/bin/bash
# The whole product as a person meets it: real hub, real kiosk, real Chromium. The last line is "N passed, N failed".
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
usage='usage: tests/e2e/run.sh [--screens DIR] [--only NAME[,NAME...]] [--bin DIR] [--jobs N] [--again] [--learners N] [--kills N]'
for argument in "$@"; do
  case $argument in
  -h | --help) echo "$usage"; exit 0 ;;
  esac
done
fail() {
  echo "e2e: $1" >&2
  echo '0 passed, 1 failed'
  exit 1
}
command -v node >/dev/null || fail 'node is missing: run deploy/build.sh first'
[ -x "${TUTTI_CHROMIUM:-/usr/bin/chromium}" ] || fail 'Chromium is missing: apt-get install chromium'
[ -d "$root/shared/ui/node_modules/playwright-core" ] || (cd "$root/shared/ui" && npm ci --silent) || fail 'npm ci failed in shared/ui'
exec node "$root/tests/e2e/run.mjs" "$@"
