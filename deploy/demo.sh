#!/bin/bash
# Tutti to look at: builds, makes a hub with a made-up county and a kiosk, and prints where to click. --check does the main job without a person.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case " $* " in
  *" --help "*|*" -h "*) exec cat "$root/deploy/demo/help.txt" ;;
esac
"$root/deploy/build.sh" release
exec node "$root/deploy/demo/main.mjs" "$@"
