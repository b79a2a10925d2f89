#!/bin/bash
# Makes a Debian 12 server ready for hubs: tutti-server as a service for each, a backup of each every night, certificates as they are renewed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
usage='usage: deploy/hub/install.sh [--program FILE] [--root DIR] [--dry-run] [--remove]

  --program FILE  the tutti-server to install (build/release/bin/tutti-server)
  --root DIR      install below DIR: no packages, no services started
  --dry-run       say what would be done, and do nothing
  --remove        take it away again; hubs, their backups and their certificates stay

A hub is made after it: /usr/share/doc/tutti-hub/README.md.'

root='' dry='' remove=''
program=$here/../../build/release/bin/tutti-server

packages=(libwebsockets17 libwebsockets-evlib-uv libuv1 libssl3 libsodium23 libmsgpackc2 libutf8proc2 libjansson4 libcsv3
  libqrencode4 libxlsxwriter4 liboath0 libconfuse2 ca-certificates)

# MODE | from this folder | to.
files=(
  '0755|tutti-hub-backup|/usr/bin/tutti-hub-backup'
  '0644|tutti-hub@.service|/etc/systemd/system/tutti-hub@.service'
  '0644|tutti-hub-backup@.service|/etc/systemd/system/tutti-hub-backup@.service'
  '0644|tutti-hub-backup@.timer|/etc/systemd/system/tutti-hub-backup@.timer'
  '0644|sysusers.conf|/etc/sysusers.d/tutti-hub.conf'
  '0644|tmpfiles.conf|/etc/tmpfiles.d/tutti-hub.conf'
  '0755|certificate-renewed|/etc/letsencrypt/renewal-hooks/deploy/tutti-hub'
  '0644|nginx.conf|/usr/share/doc/tutti-hub/nginx.conf'
  '0644|README.md|/usr/share/doc/tutti-hub/README.md'
)

. "$here/../installing.sh"

# The hubs that run are served by the new program after a moment: devices come back by themselves.
start_again() {
  act systemd-sysusers
  act systemd-tmpfiles --create /etc/tmpfiles.d/tutti-hub.conf
  systemd daemon-reload
  systemd try-restart 'tutti-hub@*.service'
}

install_all() {
  [ -x "$program" ] || fail "there is no tutti-server at $program: build it (deploy/build.sh) or name it with --program"
  packages_install "${packages[@]}"
  put 0755 "$program" /usr/bin/tutti-server
  each_file put
  [ -n "$root" ] || start_again
  echo 'Ready for hubs: /usr/share/doc/tutti-hub/README.md says how one is made.'
}

remove_all() {
  [ -n "$root" ] || systemd stop 'tutti-hub@*.service' 'tutti-hub-backup@*.timer'
  each_file take_away
  act rm -f "$root/usr/bin/tutti-server"
  [ -n "$root" ] || systemd daemon-reload
  echo "Removed. The hubs stay in $root/var/lib/tutti-hub, their backups in $root/var/backups/tutti-hub, their certificates in $root/etc/tutti-hub."
}

while [ $# -gt 0 ]; do
  option "$@"
  shift "$taken"
done
install_or_remove
