#!/bin/bash
# Makes a development CA and a server certificate in DIR, for localhost and any further NAMES. Running it again changes nothing
# until a certificate has less than a week left or the names differ. Never for production: see certs/README.md.
set -euo pipefail
umask 077
usage='usage: certs/make-dev-ca.sh DIR [NAME...]'
dir=${1:?$usage}
shift
command -v openssl >/dev/null || { echo 'certs: openssl is not installed' >&2; exit 1; }
mkdir -p "$dir"

week=604800
ca_days=1825
server_days=90
names=(localhost 127.0.0.1 ::1 "$@")

# "DNS:localhost,IP:127.0.0.1,...": what looks like an address is one, each name once.
alternative_names() {
  local name list='' seen=' '
  for name in "${names[@]}"; do
    [[ $name =~ ^[A-Za-z0-9.:*-]+$ ]] || { echo "certs: '$name' is neither a host name nor an address" >&2; return 1; }
    [[ $seen != *" $name "* ]] || continue
    seen+="$name "
    if [[ $name =~ ^[0-9.]+$ || $name == *:* ]]; then list+=",IP:$name"; else list+=",DNS:$name"; fi
  done
  echo "${list#,}"
}

fresh() { [ -s "$1" ] && openssl x509 -in "$1" -noout -checkend "$week" >/dev/null 2>&1; }

make_ca() {
  fresh "$dir/ca.pem" && [ -s "$dir/ca.key" ] && return 0
  openssl ecparam -name prime256v1 -genkey -noout -out "$dir/ca.key"
  openssl req -x509 -new -sha256 -key "$dir/ca.key" -days "$ca_days" -subj '/CN=Tutti development CA' \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' -out "$dir/ca.pem.new"
  mv "$dir/ca.pem.new" "$dir/ca.pem"
  rm -f "$dir/server.pem"
}

make_server() {
  local wanted
  wanted=$(alternative_names)
  fresh "$dir/server.pem" && [ -s "$dir/server.key" ] && [ "$(cat "$dir/server.names" 2>/dev/null)" = "$wanted" ] &&
    openssl verify -CAfile "$dir/ca.pem" "$dir/server.pem" >/dev/null 2>&1 && return 0
  openssl ecparam -name prime256v1 -genkey -noout -out "$dir/server.key"
  openssl req -new -sha256 -key "$dir/server.key" -subj '/CN=localhost' -out "$dir/server.csr"
  printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' 'extendedKeyUsage=serverAuth' \
    "subjectAltName=$wanted" >"$dir/server.ext"
  openssl x509 -req -sha256 -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -set_serial "0x$(openssl rand -hex 16 | sed 's/^./4/')" \
    -days "$server_days" -extfile "$dir/server.ext" -out "$dir/server.pem.new" 2>/dev/null
  mv "$dir/server.pem.new" "$dir/server.pem"
  echo "$wanted" >"$dir/server.names"
  rm -f "$dir/server.csr" "$dir/server.ext"
}

make_ca
make_server
chmod 0600 "$dir/ca.key" "$dir/server.key"
chmod 0644 "$dir/ca.pem" "$dir/server.pem"
echo "certs: $dir/server.pem, signed by $dir/ca.pem, for $(cat "$dir/server.names")"
