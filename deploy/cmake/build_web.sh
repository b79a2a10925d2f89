#!/bin/sh
# Builds the web files of package folder $1 into $TUTTI_WEB_OUT.
set -eu
: "${TUTTI_WEB_OUT:?TUTTI_WEB_OUT names the folder to build into}"
"$(dirname "$0")/npm_install.sh" "$1"
cd "$1"
rm -rf "$TUTTI_WEB_OUT"
mkdir -p "$TUTTI_WEB_OUT"
npm run --silent build
