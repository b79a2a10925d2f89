#!/bin/sh
# Installs the locked packages of package folder $1 when its lock has changed since; several builds may ask at once.
set -eu
cd "$1"
[ -f package-lock.json ] || exit 0
mkdir -p ../../build
exec 9>../../build/npm.lock
flock 9
cmp -s package-lock.json node_modules/.tutti-lock && exit 0
# A registry that is away for a moment is asked again.
installed=
for wait in 0 10 30; do
  sleep "$wait"
  npm ci --no-audit --no-fund >../../build/npm.log 2>&1 && installed=yes && break
done
[ -n "$installed" ] || {
  sed -nE 's#[a-z]+://[^ ]*#(address)#g; s/^npm (ERR!|error) /npm: /p' ../../build/npm.log | head -8 >&2
  echo "npm: the packages locked in $1/package-lock.json could not be installed" >&2
  exit 1
}
cp package-lock.json node_modules/.tutti-lock
