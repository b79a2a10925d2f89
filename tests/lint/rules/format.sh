#!/bin/bash
# format.sh ROOT: every C file is as clang-format would write it.
set -euo pipefail
root=${1:?usage: format.sh ROOT}
cd "$root"
format=$(command -v clang-format-14 || command -v clang-format) || { echo 'format: clang-format-14 is not installed' >&2; exit 1; }
if [ -e .git ]; then
  list() { git -c 'safe.directory=*' ls-files -z --cached --others --exclude-standard '*.c' '*.h'; }
else
  list() { find . \( -name build -o -name node_modules \) -prune -o -name '*.[ch]' -print0; }
fi
findings=$(list | while IFS= read -r -d '' file; do if [ -e "$file" ]; then printf '%s\0' "$file"; fi; done |
  xargs -0 -r -n 40 "$format" --dry-run -Werror --style=file 2>&1 || true)
[ -z "$findings" ] || { grep -E 'error|warning' <<<"$findings" || echo "$findings"; exit 1; }
