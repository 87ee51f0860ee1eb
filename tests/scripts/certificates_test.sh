# Sourced by run.sh: the command certificates.sh, and what it makes, as openssl sees it.

certificates=remoting/certificates.sh
pki=$(mktemp -d "$TROUPE_ROOT/build/scripts.XXXXXX") || fail "no directory could be made in build/"
# cert_ends CODE TEXT ARGUMENTS...: with these arguments it ends with that code and says a line with the text, on standard error.
cert_ends() {
  bash "$certificates" "${@:3}" >"$pki/out" 2>"$pki/err"
  [ $? -eq "$1" ] && [ ! -s "$pki/out" ] && grep -qF -- "$2" "$pki/err"
}
cert_makes() { bash "$certificates" "$@" >"$pki/out" 2>"$pki/err" && [ ! -s "$pki/out" ] && [ ! -s "$pki/err" ]; }
# cert_shows FILE TEXT...: openssl reads all of this in the certificate.
cert_shows() {
  local text shown
  shown=$(openssl x509 -in "$pki/$1" -noout -text) || return 1
  for text in "${@:2}"; do
    case $shown in *"$text"*) ;; *) return 1 ;; esac
  done
}
cert_holds() { openssl verify -x509_strict -CAfile "$pki/ca/authority.crt" "$@" >/dev/null 2>&1; }
cert_holds_for() { cert_holds -purpose "$1" "$pki/ca/n1.crt"; }
cert_is_refused() { ! openssl verify -CAfile "$pki/other/authority.crt" "$pki/ca/n1.crt" >/dev/null 2>&1; }
cert_is_key_of() {
  [ "$(openssl pkey -in "$pki/ca/$1.key" -pubout 2>/dev/null)" = "$(openssl x509 -in "$pki/ca/$1.crt" -noout -pubkey)" ]
}
cert_is_private() { [ "$(stat -c %a "$pki/ca/$1.key")" = 600 ]; }
# cert_lasts FILE DAYS: it is valid for that many days from now, and not for one more.
cert_lasts() {
  openssl x509 -in "$pki/ca/$1" -noout -checkend $(($2 * 86400 - 3600)) >/dev/null &&
    ! openssl x509 -in "$pki/ca/$1" -noout -checkend $(($2 * 86400 + 3600)) >/dev/null
}
cert_unchanged() { [ "$(cksum <"$pki/ca/$1")" = "$2" ]; }

check "certificates: an authority is made" cert_makes authority "$pki/ca"
check "certificates: another one, for some days" cert_makes authority "$pki/other" --days 3
check "certificates: the authority signs, and signs nobody who signs" \
  cert_shows ca/authority.crt 'CA:TRUE, pathlen:0' 'Certificate Sign' 'prime256v1'
check "certificates: a node's, signed by it" cert_makes node "$pki/ca" n1
check "certificates: a node's, for some days" cert_makes node "$pki/ca" n2 --days 2
check "certificates: a node's, whose name has more than letters" cert_makes node "$pki/ca" 'bank 1+2'
check "certificates: the node's name is an URI, and the certificate signs nothing" \
  cert_shows ca/n1.crt 'URI:troupe:n1' 'CA:FALSE' 'Digital Signature' 'prime256v1'
check "certificates: what is no letter in a name is escaped" cert_shows 'ca/bank 1+2.crt' 'URI:troupe:bank%201%2B2'
check "certificates: it holds for a server" cert_holds_for sslserver
check "certificates: it holds for a client" cert_holds_for sslclient
check "certificates: another authority does not vouch for it" cert_is_refused
for one in authority n1 n2 'bank 1+2'; do
  check "certificates: the key of $one belongs to it" cert_is_key_of "$one"
  check "certificates: the key of $one is for its user alone" cert_is_private "$one"
done
check "certificates: a node's is for 90 days" cert_lasts n1.crt 90
check "certificates: or for what was asked" cert_lasts n2.crt 2
check "certificates: an authority's is for ten years" cert_lasts authority.crt 3650

# cert_listed NAME...: the list is the authority's, of now, and has the certificates of just these.
cert_listed() {
  local name serial list=$pki/ca/revoked.pem shown
  openssl crl -in "$list" -noout -CAfile "$pki/ca/authority.crt" >/dev/null 2>&1 || return 1
  shown=$(openssl crl -in "$list" -noout -text) || return 1
  [ "$(grep -c 'Serial Number:' <<<"$shown")" -eq $# ] || return 1
  for name in "$@"; do
    serial=$(openssl x509 -in "$pki/ca/$name.crt" -noout -serial) || return 1
    grep -q "Serial Number: ${serial#serial=}" <<<"$shown" || return 1
  done
}
cert_list_lasts() {
  local next
  next=$(openssl crl -in "$pki/ca/revoked.pem" -noout -nextupdate) || return 1
  local left=$(($(date -d "${next#nextUpdate=}" +%s) - $(date +%s)))
  [ "$left" -gt $(($1 * 86400 - 3600)) ] && [ "$left" -le $(($1 * 86400)) ]
}
cert_counts_by_list() {
  openssl verify -crl_check -CRLfile "$pki/ca/revoked.pem" -CAfile "$pki/ca/authority.crt" "$pki/ca/$1.crt" >/dev/null 2>&1
}
cert_does_not_count() { ! cert_counts_by_list "$1"; }
check "certificates: an empty list is made" cert_makes revoke "$pki/ca"
check "certificates: it has nobody" cert_listed
check "certificates: it is for 30 days" cert_list_lasts 30
check "certificates: one is revoked" cert_makes revoke "$pki/ca" n2
check "certificates: a second one, for some days" cert_makes revoke "$pki/ca" 'bank 1+2' --days 7
check "certificates: both are on the list, and nobody else" cert_listed n2 'bank 1+2'
check "certificates: it is for what was asked" cert_list_lasts 7
check "certificates: who is revoked does not count" cert_does_not_count n2
check "certificates: who is not does" cert_counts_by_list n1
check "certificates: the list is made anew with the same" cert_makes revoke "$pki/ca" --days 9
check "certificates: it has them still" cert_listed n2 'bank 1+2'
before=$(cksum <"$pki/ca/revoked.pem")
check "certificates: one that is revoked already" cert_ends 1 'n2.crt is revoked already' revoke "$pki/ca" n2
check "certificates: one that is not there" cert_ends 1 "has no n9.crt" revoke "$pki/ca" n9
check "certificates: one of another authority's folder" cert_ends 1 "has no / and does not begin with a dot" revoke "$pki/ca" ../ca/n1
check "certificates: the list is the one that it was" cert_unchanged revoked.pem "$before"
check "certificates: without an authority there is no list" cert_ends 1 'has no authority.key' revoke "$pki/none"

before=$(cksum <"$pki/ca/n1.key")
check "certificates: nothing is written over: a node" cert_ends 1 'n1.key is there already; move it away first' node "$pki/ca" n1
check "certificates: nothing is written over: the authority" \
  cert_ends 1 'authority.key is there already; move it away first' authority "$pki/ca"
check "certificates: the key is the one that it was" cert_unchanged n1.key "$before"
check "certificates: without an authority it says how to make one" \
  cert_ends 1 'has no authority.key; make one with: certificates.sh authority' node "$pki/none" n1
check "certificates: a node needs a name" cert_ends 1 'the name of the node is empty' node "$pki/ca" ''
check "certificates: a name that leads elsewhere" cert_ends 1 "has no / and does not begin with a dot: '../n1'" node "$pki/ca" ../n1
for days in 0 -1 many ''; do
  check "certificates: --days '$days'" cert_ends 1 "--days wants a number of days, and not '$days'" node "$pki/ca" n3 --days "$days"
done
check "certificates: no command" cert_ends 2 'certificates.sh authority DIR'
check "certificates: an unknown command" cert_ends 2 'certificates.sh node DIR NAME' sign "$pki/ca"
check "certificates: a node without a name" cert_ends 2 'certificates.sh node DIR NAME' node "$pki/ca"
check "certificates: too many names" cert_ends 2 'certificates.sh revoke DIR [NAME]' revoke "$pki/ca" n1 n2
check "certificates: an unknown option" cert_ends 2 'certificates.sh authority DIR' authority "$pki/third" --years 3
check "certificates: what was refused left nothing" [ ! -e "$pki/third" -a ! -e "$pki/ca/n3.key" -a ! -e "$pki/none" ]
rm -rf "$pki"
