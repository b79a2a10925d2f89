#!/bin/sh
# Fetches the sources we compile ourselves into folder $1; each pin stands beside its line. Does nothing when all is there.
set -eu
usage='usage: fetch.sh FOLDER'
self=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
out=${1:?$usage}
mkdir -p "$out"
out=$(cd "$out" && pwd)
stamp=$out/stamp-$(sha256sum <"$self" | cut -c1-16)
[ ! -e "$stamp" ] || exit 0

# Several build folders may share one source folder: only one fetches, the others wait and find it done.
exec 9>"$out.lock"
flock 9
[ ! -e "$stamp" ] || exit 0

fail() { echo "deps: $1" >&2; exit 1; }
for tool in npm xz patch sha256sum apt-get; do
  command -v $tool >/dev/null || fail "the tool '$tool' is missing: run deploy/build.sh, which installs it"
done
work=$out.part
rm -rf "$work"
mkdir -p "$work"
cd "$work"

check() { echo "$1  $2" | sha256sum -c --quiet - >/dev/null 2>&1 || fail "$2 is not the pinned file"; }

# SQLite3 Multiple Ciphers (SQLite 3.53.4), MIT and public domain. Debian's 3.40.1 has the WAL-reset bug and no page encryption.
fetch_sqlite() {
  npm pack --ignore-scripts better-sqlite3-multiple-ciphers@13.0.3 >npm.log 2>&1 ||
    fail "npm could not fetch SQLite3 Multiple Ciphers: $(sed -nE 's#[a-z]+://[^ ]*#(address)#g; s/^npm (ERR!|error) (code|errno|request) //p' npm.log | sort -u | tr '\n' ' ')"
  check 24a11e221247fc003f755ad0f82126bc6b0295d0be1c06f3cb3e48d9db8eb898 better-sqlite3-multiple-ciphers-13.0.3.tgz
  mkdir sqlite3mc
  tar xzf better-sqlite3-multiple-ciphers-13.0.3.tgz -C sqlite3mc --strip-components=3 package/deps/sqlite3
  heed_failed_reads sqlite3mc/sqlite3.c
  heed_failed_allocations sqlite3mc/sqlite3.c
}

# Version 2.4.0 opens a page although its read failed, and takes what was in the buffer for the file: a log is cut short there and loses
# what was committed. Only a short read was passed on; now every failure is.
heed_failed_reads() {
  sed -i -E '/^static int mcReadMainDb\(.*offset\)$/,/^static int mcReadMainJournal\(/ s/if \(rc == SQLITE_IOERR_SHORT_READ\)/if (rc != SQLITE_OK)/
    /^static int mcIoRead\(.*offset\)$/,/^static int mcWriteMainDb\(/ s/if \(rc == SQLITE_IOERR_SHORT_READ\)/if (rc != SQLITE_OK)/' "$1"
  [ "$(sed -n '/^static int mcReadMainDb(/,/^static int mcWriteMainDb(/p' "$1" | grep -c 'if (rc != SQLITE_OK)')" = 2 ] ||
    fail 'SQLite3 Multiple Ciphers: its reads are not where they were'
}

# The same version copies its table of ciphers for every connection into memory that it may not have got, and goes on with it after
# handing it to SQLite, which frees it when there is none left to note it.
heed_failed_allocations() {
  sed -i -E '/^sqlite3mcCloneCodecParameterTable\(\)$/,/^}/ {
      s/if \(cloneCodecParams != NULL\)/if (cloneCodecParams != NULL \&\& cloneCipherParams != NULL)/
      s/^    sqlite3_free\(cloneCipherParams\);/    sqlite3_free(cloneCipherParams);\n    sqlite3_free(cloneCodecParams);\n    cloneCodecParams = NULL;/
    }
    /^    sqlite3_set_clientdata\(db, globalConfigTableName, codecParameterTable,/ { s/sqlite3_set/rc = sqlite3_set/; n; n; n; d }' "$1"
  [ "$(sed -n '/^sqlite3mcCloneCodecParameterTable()$/,/^}/p' "$1" | grep -cE 'cloneCipherParams != NULL|cloneCodecParams = NULL')" = 2 ] &&
    [ "$(grep -c 'rc = (codecParameterTable != NULL)' "$1")" = 1 ] &&
    [ "$(grep -c 'rc = sqlite3_set_clientdata(db, globalConfigTableName, codecParameterTable' "$1")" = 1 ] ||
    fail 'SQLite3 Multiple Ciphers: its table of ciphers is not where it was'
}

# A private apt state, so that no deb-src line is needed on the machine and none is added to it.
apt_private() {
  apt-get -qq -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User=root "$@"
}

# The archive comes before a security mirror: the latter may have dropped the file its index still names.
fetch_debian_sources() {
  mkdir -p apt/lists/partial apt/cache/archives/partial
  apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    awk '{ print /-security/ ? 1 : 0, $0 }' | sort -us -k1,1n -k2 | cut -d' ' -f2- >apt/sources.list
  [ -s apt/sources.list ] || fail 'no Debian package index on this machine: run "apt-get update" first'
  apt_private update || fail 'the index of Debian sources could not be read'
  apt_private source --download-only libsodium msgpack-c || fail 'a Debian source package could not be fetched'
}

# Upstream is pinned by hash; Debian's security patches go on top, vouched for by apt's signature.
unpack_debian_source() {
  mkdir "$1"
  tar xzf "$1"_*.orig.tar.gz -C "$1" --strip-components=1
  tar xJf "$1"_*.debian.tar.xz -C "$1"
  [ -f "$1/debian/patches/series" ] || return 0
  sed 's/#.*//; s/[[:space:]].*//; /^$/d' "$1/debian/patches/series" | while read -r name; do
    patch -s -p1 -d "$1" <"$1/debian/patches/$name" || fail "$1: patch $name does not apply"
  done
}

fetch_sqlite
fetch_debian_sources
check d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4 libsodium_1.0.18.orig.tar.gz       # ISC
check 420fe35e7572f2a168d17e660ef981a589c9cbe77faa25eb34a520e1fcc032c8 msgpack-c_4.0.0.orig.tar.gz        # BSL-1.0
for package in libsodium msgpack-c; do unpack_debian_source $package; done
rm -rf apt
for part in sqlite3mc libsodium msgpack-c; do
  rm -rf "${out:?}/$part"
  mv "$part" "$out/$part"
done
rm -rf "$work" "$out"/stamp-*
touch "$stamp"
