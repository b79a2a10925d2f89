#!/bin/sh
# Builds the web files of package folder $1 into $TUTTI_WEB_OUT; installs its locked packages when the lock has changed.
set -eu
cd "$1"
: "${TUTTI_WEB_OUT:?TUTTI_WEB_OUT names the folder to build into}"

# One checkout, several build folders: only one of them installs packages at a time.
mkdir -p ../../build
exec 9>../../build/npm.lock
flock 9
if [ -f package-lock.json ] && ! cmp -s package-lock.json node_modules/.tutti-lock; then
  npm ci --silent --no-audit --no-fund || { echo 'web: npm ci failed: shared/ui/package-lock.json names packages that cannot be fetched' >&2; exit 1; }
  cp package-lock.json node_modules/.tutti-lock
fi
flock -u 9
rm -rf "$TUTTI_WEB_OUT"
mkdir -p "$TUTTI_WEB_OUT"
npm run --silent build
