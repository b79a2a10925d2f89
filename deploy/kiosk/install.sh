#!/bin/bash
# Makes a Debian 12 tablet or Raspberry Pi a kiosk: tutti-kiosk as a service, Chromium full-screen under cage, and no way out of it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
usage='usage: deploy/kiosk/install.sh [--hub URL] [--ca FILE] [--program FILE] [--usb-keyboard] [--root DIR] [--dry-run] [--remove]

  --hub URL       the hub for codes typed by hand, as wss://host:port/sync
  --ca FILE       trust the certificates in this PEM file instead of the system'"'"'s
  --program FILE  the tutti-kiosk to install, with tutti beside it (build/release/bin/tutti-kiosk)
  --usb-keyboard  a USB keyboard may type; without this it is left alone
  --root DIR      install below DIR: no packages, no services started
  --dry-run       say what would be done, and do nothing
  --remove        take it away again; records and settings of the device stay'

root='' dry='' remove='' hub='' ca='' keyboard=''
program=$here/../../build/release/bin/tutti-kiosk

packages=(cage chromium chromium-l10n dbus libpam-systemd kbd fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
  libwebsockets17 libwebsockets-evlib-uv libuv1 libssl3 libsodium23 libmsgpackc2 libutf8proc2 ca-certificates)

# MODE | from this folder | to. The keyboard rule is left out where a keyboard is wanted.
files=(
  '0644|tutti-kiosk.service|/etc/systemd/system/tutti-kiosk.service'
  '0644|tutti-screen.service|/etc/systemd/system/tutti-screen.service'
  '0644|chromium-policy.json|/etc/chromium/policies/managed/tutti.json'
  '0644|tutti-screen.pam|/etc/pam.d/tutti-screen'
  '0644|sysusers.conf|/etc/sysusers.d/tutti-kiosk.conf'
  '0644|logind.conf|/etc/systemd/logind.conf.d/tutti-kiosk.conf'
  '0644|sysctl.conf|/etc/sysctl.d/70-tutti-kiosk.conf'
  '0644|70-tutti-usb.rules|/etc/udev/rules.d/70-tutti-usb.rules'
  '0644|README.md|/usr/share/doc/tutti-kiosk/README.md'
)
services=(tutti-kiosk.service tutti-screen.service)
# No terminal to log in at, and no restart by three keys.
masked=(getty@tty1.service ctrl-alt-del.target)

. "$here/../installing.sh"

write_settings() {
  local options='' file=$root/etc/tutti/kiosk.env
  [ -z "$hub" ] || options="--hub $hub"
  if [ -n "$ca" ]; then
    put 0644 "$ca" /etc/tutti/hub-ca.pem
    options="${options:+$options }--ca /etc/tutti/hub-ca.pem"
  fi
  # What somebody set by hand stays, unless something else was asked for.
  if [ -n "$options" ] || [ ! -e "$file" ]; then
    put 0644 "$here/kiosk.env" /etc/tutti/kiosk.env
    [ -z "$options" ] || act sed -i "s|^TUTTI_KIOSK_OPTIONS=.*|TUTTI_KIOSK_OPTIONS=$options|" "$file"
  fi
}

put_unless_keyboard() {
  if [ -n "$keyboard" ] && [ "$3" = /etc/udev/rules.d/70-tutti-usb.rules ]; then
    act rm -f "$root$3"
  else
    put "$@"
  fi
}

install_all() {
  [ -x "$program" ] || fail "there is no tutti-kiosk at $program: build it (deploy/build.sh) or name it with --program"
  [ -z "$ca" ] || [ -r "$ca" ] || fail "the file $ca cannot be read"
  [[ -z $hub || $hub =~ ^wss?://[A-Za-z0-9._:/-]+$ ]] || fail "'$hub' is not the address of a hub: wss://host:port/sync"
  packages_install "${packages[@]}"
  put 0755 "$program" /usr/bin/tutti-kiosk
  put 0755 "$(dirname "$program")/tutti" /usr/bin/tutti
  each_file put_unless_keyboard
  write_settings
  systemd mask "${masked[@]}"
  systemd enable "${services[@]}"
  [ -z "$root" ] || return 0
  systemd set-default graphical.target
  act systemd-sysusers
  act sysctl -q -p /etc/sysctl.d/70-tutti-kiosk.conf
  act udevadm control --reload
  systemd daemon-reload
  systemd restart tutti-kiosk.service
  echo 'Restart this device: it comes up as a kiosk, and asks for its enrolment code.'
}

remove_all() {
  [ -n "$root" ] || systemd stop tutti-screen.service tutti-kiosk.service
  systemd disable "${services[@]}"
  systemd unmask "${masked[@]}"
  each_file take_away
  act rm -f "$root/usr/bin/tutti-kiosk" "$root/usr/bin/tutti"
  [ -n "$root" ] || systemd daemon-reload
  echo "Removed. Its records stay in $root/var/lib/private/tutti-kiosk, its settings in $root/etc/tutti: what was not sent is not thrown away."
}

while [ $# -gt 0 ]; do
  case $1 in
  --hub) hub=${2:?$usage} taken=2 ;;
  --ca) ca=${2:?$usage} taken=2 ;;
  --usb-keyboard) keyboard=yes taken=1 ;;
  *) option "$@" ;;
  esac
  shift "$taken"
done
install_or_remove
