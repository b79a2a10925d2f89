# installing.sh: what an installation is made of, for deploy/kiosk/install.sh and deploy/hub/install.sh, which read it in. They set
#   here   the folder the files are taken from
#   root   below which folder it is installed; empty: this machine
#   dry    not empty: everything is said and nothing done
#   files  lines of MODE|from `here`|to
#   usage, program, and remove (not empty: it is taken away again)

fail() { echo "install: $1" >&2; exit 1; }

# Says it, and does it unless this is a dry run.
act() {
  echo "  $*"
  [ -n "$dry" ] || "$@"
}

put() { # put MODE FROM TO
  act install -D -m "$1" "$2" "$root$3"
}

each_file() { # each_file COMMAND: COMMAND MODE FROM TO
  local mode from to
  for line in "${files[@]}"; do
    IFS='|' read -r mode from to <<<"$line"
    "$1" "$mode" "$here/$from" "$to"
  done
}
take_away() { act rm -f "$root$3"; }

systemd() { act systemctl --quiet ${root:+--root "$root"} "$@"; }

packages_install() { # packages_install PACKAGE...: on this machine alone
  [ -n "$root" ] || act env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@"
}

# An option that every installation has; `taken` is how many words it is.
option() { # option "$@"
  taken=1
  case $1 in
  --program) program=${2:?$usage} taken=2 ;;
  --root) root=$(realpath -m "${2:?$usage}") taken=2 ;;
  --dry-run) dry=yes ;;
  --remove) remove=yes ;;
  -h | --help) echo "$usage"; exit 0 ;;
  *) fail "unknown argument '$1'; $usage" ;;
  esac
}

# Only a machine is changed as root; a folder is whoever's it is.
who_may() {
  [ -n "$root$dry" ] || [ "$(id -u)" = 0 ] || fail 'this changes the system: run it as root, or with --root DIR'
  [ -z "$dry" ] || echo 'Nothing is done; this would be:'
}

install_or_remove() {
  who_may
  if [ -n "$remove" ]; then remove_all; else install_all; fi
}
