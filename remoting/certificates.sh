#!/usr/bin/env bash
# Makes an authority of your own and certificates for nodes, with the openssl command:
#   certificates.sh authority DIR [--days N]    DIR/authority.crt, which all nodes get, and DIR/authority.key, which none gets
#   certificates.sh node DIR NAME [--days N]    DIR/NAME.crt and DIR/NAME.key for the node NAME, signed by that authority
#   certificates.sh revoke DIR [NAME] [--days N]   DIR/revoked.pem, the list of those that don't count any more, which all nodes get (node.tls.revoked)
# NAME's certificate in DIR is added to the list, in DIR/revoked.index too; without a name the list is made anew. Do that before its days, 30 by default,
# are over: one that has expired lets nobody in. Nothing but these two is written over. Keys are of the curve P-256 and for their user alone (0600).
set -euo pipefail
umask 077
usage() { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
fail() { echo "certificates.sh: $*" >&2; exit 1; }

[ $# -ge 2 ] || usage
what=$1 dir=$2
shift 2
name=
if [ "$what" = revoke ] && [ $# -ge 1 ] && [[ $1 != --* ]]; then
  name=$1
  [ -n "$name" ] || fail "the name of the node is empty"
  shift
fi
if [ "$what" = node ]; then
  [ $# -ge 1 ] || usage
  name=$1
  shift
fi
days=
while [ $# -gt 0 ]; do
  case $1 in
    --days)
      [ $# -ge 2 ] || usage
      [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "--days wants a number of days, and not '$2'"
      days=$2
      shift 2
      ;;
    *) usage ;;
  esac
done
command -v openssl >/dev/null || fail "the command openssl is missing; install the package openssl"

is_new() { [ ! -e "$1" ] || fail "$1 is there already; move it away first"; }

# A node's name as certificates have it: all but letters, digits and -._~ as %XX, byte by byte.
uri_of() {
  local LC_ALL=C text=$1 out=troupe: c i
  for ((i = 0; i < ${#text}; i++)); do
    c=${text:i:1}
    case $c in
      [a-zA-Z0-9._~-]) out+=$c ;;
      *) out+=$(printf '%%%02X' "$(($(printf '%d' "'$c") & 255))") ;;
    esac
  done
  printf '%s' "$out"
}

is_file_name() { [[ $1 != */* && $1 != .* ]] || fail "a name that is a file's has no / and does not begin with a dot: '$1'"; }
has_authority() { [ -r "$dir/authority.key" ] || fail "$dir has no authority.key; make one with: certificates.sh authority $dir"; }
# The command with which openssl keeps an authority's books.
books() {
  openssl ca -config "$work/books" -keyfile "$dir/authority.key" -cert "$dir/authority.crt" "$@" >"$work/said" 2>&1
}

case $what in
  authority)
    mkdir -p "$dir"
    is_new "$dir/authority.key"
    is_new "$dir/authority.crt"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days "${days:-3650}" \
      -subj "/CN=troupe authority $(openssl rand -hex 4)" -keyout "$dir/authority.key" -out "$dir/authority.crt" \
      -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null ||
      fail "openssl could not make an authority in $dir"
    ;;
  node)
    [ -n "$name" ] || fail "the name of the node is empty"
    is_file_name "$name"
    has_authority
    is_new "$dir/$name.key"
    is_new "$dir/$name.crt"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    printf '%s\n' "subjectAltName=critical,URI:$(uri_of "$name")" "basicConstraints=critical,CA:FALSE" \
      "keyUsage=critical,digitalSignature" "extendedKeyUsage=serverAuth,clientAuth" >"$work/extensions"
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -subj / \
      -keyout "$work/key" -out "$work/request" 2>/dev/null &&
      openssl x509 -req -in "$work/request" -CA "$dir/authority.crt" -CAkey "$dir/authority.key" -sha256 \
        -set_serial "0x$(openssl rand -hex 16)" -days "${days:-90}" -extfile "$work/extensions" -out "$work/crt" 2>/dev/null ||
      fail "openssl could not make a certificate for $name"
    mv "$work/key" "$dir/$name.key"
    mv "$work/crt" "$dir/$name.crt"
    ;;
  revoke)
    is_file_name "$name"
    has_authority
    [ -z "$name" ] || [ -r "$dir/$name.crt" ] || fail "$dir has no $name.crt"
    work=$(mktemp -d "$dir/revoked.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    # On a copy, so that what fails has changed nothing.
    if [ -e "$dir/revoked.index" ]; then cp "$dir/revoked.index" "$work/index"; else : >"$work/index"; fi
    printf '%s\n' "[ca]" "default_ca = books" "[books]" "database = $work/index" "default_md = sha256" "unique_subject = no" >"$work/books"
    if [ -n "$name" ] && ! books -revoke "$dir/$name.crt"; then
      grep -q "Already revoked" "$work/said" && fail "$dir/$name.crt is revoked already"
      fail "openssl could not revoke $dir/$name.crt: $(grep -v '^Using' "$work/said" | head -n 1)"
    fi
    books -gencrl -crldays "${days:-30}" -out "$work/list" || fail "openssl could not make the list"
    mv "$work/index" "$dir/revoked.index"
    mv "$work/list" "$dir/revoked.pem"
    ;;
  *) usage ;;
esac
