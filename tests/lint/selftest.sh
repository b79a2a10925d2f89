#!/bin/bash
# Proves that each lint rule can fail: a small good tree passes it, and the same tree with one fault does not.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# A tree that offends nothing. Each case below copies it and spoils one thing.
good=$work/good
mkdir -p "$good"/{shared/base,shared/crypto,shared/db,proto,client/core,server/core,shared/ui,tests/lint}
cp "$root/.clang-format" "$root/.clang-tidy" "$good"
printf '/* bytes.h: a header that offends nobody. */\nint bytes_one(void);\n' >"$good/shared/base/bytes.h"
printf '/* bytes.c: a source that offends nobody. */\n#include "shared/base/bytes.h"\n\nint bytes_one(void) { return 1; }\n' >"$good/shared/base/bytes.c"
printf '/* rows_sql.c: statements have a home. */\nconst char *rows_select(void);\nconst char *rows_select(void) { return "SELECT 1"; }\n' >"$good/shared/db/rows_sql.c"
printf '/* core.h: the door of one side. */\n#include "shared/base/bytes.h"\n' | tee "$good/client/core/core.h" >"$good/server/core/core.h"
printf '// call.ts: typed all through.\nexport const one: number = 1;\n' >"$good/shared/ui/call.ts"
{ printf '// seventy.ts: as long as a function may be.\nexport function seventy(): void {\n' && printf '  void 0;\n%.0s' {1..68} && printf '}\n'; } >"$good/shared/ui/seventy.ts"
printf '{"packages": {"x": {"integrity": "sha512-x"}}}\n' >"$good/shared/ui/package-lock.json"

run_rule() { # run_rule RULE TREE
  case $1 in
  format) "$here/rules/format.sh" "$2" ;;
  *) node "$here/rules/$1.mjs" "$2" ;;
  esac
}

expect() { # expect pass|fail WHAT COMMAND...
  local wanted=$1 what=$2 out got=pass
  shift 2
  out=$("$@" 2>&1) || got=fail
  # A rule that crashes is not a rule that found something.
  if [ "$got" != "$wanted" ] || grep -qE 'SyntaxError|TypeError|command not found|No such file' <<<"$out"; then
    echo "selftest: $what: expected $wanted, got $got: $out"
    failures=$((failures + 1))
  fi
}

bad() { # bad RULE WHAT FILE TEXT: the good tree with TEXT appended to FILE must fail RULE
  rm -rf "$work/bad"
  cp -a "$good" "$work/bad"
  mkdir -p "$(dirname "$work/bad/$3")"
  printf '%b' "$4" >>"$work/bad/$3"
  expect fail "$1: $2" run_rule "$1" "$work/bad"
}

for rule in format layers sql size functions words lockfile opening types names; do expect pass "$rule on a good tree" run_rule $rule "$good"; done

bad format 'a badly indented line' shared/base/bytes.c 'int   bytes_two( void ){return 2;}\n'
bad layers 'an include to the right' shared/base/bytes.c '#include "client/core/core.h"\n'
bad layers 'client includes server' client/core/core.h '#include "server/core/core.h"\n'
bad layers 'a neighbour in the same layer' client/core/more.c '/* more.c: looks at its neighbour. */\n#include "server/core/core.h"\n'
bad layers 'an include not from the root' shared/base/bytes.c '#include "bytes.h"\n'
bad layers 'an include that does not exist' shared/base/bytes.c '#include "shared/base/none.h"\n'
for header in sqlite3.h sodium.h msgpack.h libwebsockets.h; do bad layers "$header away from home" client/core/core.h "#include <$header>\n"; done
bad sql 'a statement outside its home' shared/base/bytes.c 'static const char *q = "SELECT x FROM y";\n'
bad sql 'a pragma outside its home' shared/db/open.c '/* open.c: has a pragma. */\nstatic const char *q = "PRAGMA synchronous=FULL";\n'
bad size 'a function of 71 lines' shared/base/bytes.c "int long_one(void) {\n$(printf '  bytes_one();\\n%.0s' {1..69})}\n"
bad size 'a file of 601 lines' shared/base/long.h "/* long.h: too long. */\n$(printf 'int x;\\n%.0s' {1..600})"
bad functions 'a function of 71 lines' shared/ui/long.ts "// long.ts: too long.\nexport function long(): void {\n$(printf '  console.log(1);\\n%.0s' {1..69})}\n"
bad functions 'a component of 71 lines, as an arrow' shared/ui/long.tsx "// long.tsx: too long.\nexport const Long = () => (\n  <p>\n$(printf '    one\\n%.0s' {1..67})  </p>\n);\n"
bad functions 'a function of 71 lines in a script' tests/lint/long.mjs "// long.mjs: too long.\nexport const x = {\n  long() {\n$(printf '    console.log(1);\\n%.0s' {1..69})  },\n};\n"
bad names 'a document that names what is not there' README.md '# Good\n`shared/base/none.h`\n'
bad names 'a comment that names what is not there' shared/base/bytes.c '/* As in shared/base/none.h. */\n'
bad words 'an unfinished thought' shared/base/bytes.c '/* TODO later */\n'
bad words 'how it was made' shared/base/bytes.c '/* an agent wrote this */\n'
bad words 'a path of one machine' shared/base/bytes.c '/* see /home/someone/x */\n'
bad words 'a path out of the tree' README.md 'see `../shared/design`\n'
bad words 'a private key' certs/x.txt '-----BEGIN EC PRIVATE KEY-----\n'
bad lockfile 'a host in the lock' shared/ui/package-lock.json '{"resolved": "https://example.org/x.tgz"}\n'
bad lockfile 'a registry in .npmrc' shared/ui/.npmrc 'registry=https://example.org/\n'
bad opening 'a source without its opening comment' shared/base/none.c 'int x;\n'
bad opening 'a script without its opening comment' deploy/x.sh '#!/bin/sh\necho\n'
bad types 'an any' shared/ui/more.ts '// more.ts: careless about types.\nexport const x: any = 1;\n'

# The rules that look at objects get a build folder of two small libraries.
objects() { # objects FOLDER SOURCE: every pure module, shared_base with SOURCE in it
  rm -rf "$1"
  mkdir -p "$1"
  local module
  for module in shared_base shared_schema shared_crypto shared_merge proto client_core server_core; do
    echo "int ${module}_one(void) { return 1; }" >"$1/one.c"
    cc -O1 -c "$1/one.c" -o "$1/one.c.o" && ar rcs "$1/lib$module.a" "$1/one.c.o"
  done
  printf '%b' "$2" >"$1/two.c"
  cc -O1 -w -c "$1/two.c" -o "$1/two.c.o" && ar rcs "$1/libshared_base.a" "$1/two.c.o"
}
objects "$work/pure" 'extern void *memcpy(void *, const void *, unsigned long);\nvoid *two(void *a, void *b, unsigned long n) { return memcpy(a, b, n); }\n'
expect pass 'purity on pure objects' "$here/rules/purity.sh" "$root" "$work/pure"
expect pass 'globals on constant objects' "$here/rules/globals.sh" "$root" "$work/pure"
for call in time clock_gettime socket open getenv rand printf pthread_create getrandom; do
  objects "$work/impure" "extern int $call();\nint two(void) { return $call(); }\n"
  expect fail "purity: $call" "$here/rules/purity.sh" "$root" "$work/impure"
done
objects "$work/impure" 'int two(void) { static int calls; return ++calls; }\n'
expect fail 'globals: a static counter' "$here/rules/globals.sh" "$root" "$work/impure"
objects "$work/impure" 'int two = 2;\n'
expect fail 'globals: a global number' "$here/rules/globals.sh" "$root" "$work/impure"

# clang-tidy: one file in a compile database, first sound, then not.
tidy_case() { # tidy_case WANTED WHAT SOURCE
  rm -rf "$work/tidy"
  mkdir -p "$work/tidy/tree/shared/base" "$work/tidy/build"
  cp "$root/.clang-tidy" "$work/tidy/tree"
  printf '%b' "$3" >"$work/tidy/tree/shared/base/x.c"
  printf '[{"directory":"%s","file":"%s","command":"cc -c %s"}]' "$work/tidy/tree" "$work/tidy/tree/shared/base/x.c" \
    "$work/tidy/tree/shared/base/x.c" >"$work/tidy/build/compile_commands.json"
  expect "$1" "$2" "$here/rules/tidy.sh" "$work/tidy/tree" "$work/tidy/build"
}
tidy_case pass 'tidy on a sound file' 'int one(int *p);\nint one(int *p) { return p ? *p : 0; }\n'
tidy_case fail 'tidy: a null dereference' 'int one(void);\nint one(void) { int *p = 0; return *p; }\n'

[ "$failures" = 0 ] && echo 'selftest: every rule passes a good tree and fails a bad one'
[ "$failures" = 0 ]
