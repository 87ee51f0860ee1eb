# Sourced by run.sh: the command troupe_contract on what a program prints, its exit codes, and what it says of mistakes.

contract_work=$(mktemp -d "$TROUPE_ROOT/build/scripts.XXXXXX") || fail "no directory could be made in build/"
troupe_contract=build/release/troupe_contract
for version in old safe careful json breaking; do
  check "a program prints its contracts ($version)" \
    eval 'build/release/tests/contract_versions $version >"$contract_work/$version.json"'
done
# says CODE TEXT ARGUMENTS...: with these arguments the command ends with that code, and one of its lines begins with the text; on standard
# output when it has looked, on standard error when it could not, and nothing on the other one.
says() {
  local code=$1 text=$2 to_be_silent=err to_speak=out
  [ "$code" -ne 2 ] || to_be_silent=out to_speak=err
  (cd "$contract_work" && "$TROUPE_ROOT/$troupe_contract" "${@:3}" >out 2>err)
  [ $? -eq "$code" ] || return 1
  [ ! -s "$contract_work/$to_be_silent" ] || return 1
  awk -v text="$text" 'index($0, text) == 1 { found = 1 } END { exit !found }' "$contract_work/$to_speak"
}
has_parts() {
  local part
  for part in '"versions.deposit"' '"versions.channel"' ledger '"cents"' '"phone"'; do
    grep -qF "$part" "$contract_work/old.json" || return 1
  done
}
for version in old safe careful json breaking; do
  check "what it prints is read again ($version)" says 0 '0 breaking, 0 careful, 0 safe' diff $version.json $version.json
done
check "it names actor, message, fields and values" has_parts

check "a field more is safe: 0" says 0 'safe      versions.deposit.note: ' diff old.json safe.json
check "so it is when careful counts: 0" says 0 '0 breaking, 0 careful, ' diff --strict old.json safe.json
check "a value more is careful: 0" says 0 'careful   versions.channel.web: ' diff old.json careful.json
check "with --strict: 1" says 1 '0 breaking, 1 careful, ' diff --strict old.json careful.json
check "another name breaks JSON: 1" says 1 'breaking  versions.deposit.' diff old.json json.json
check "and nothing else, with --binary: 0" says 0 '0 breaking, 0 careful, ' diff --binary old.json json.json
check "a field less breaks: 1" says 1 'breaking  versions.deposit.cents: ' diff old.json breaking.json
check "also with --binary: 1" says 1 'breaking  versions.deposit.cents: ' diff --binary old.json breaking.json
check "options may stand behind the files" says 1 '0 breaking, 1 careful, ' diff old.json careful.json --strict

check "--help says how: 0" says 0 'usage: troupe_contract diff' --help
printf '{"format": ' >"$contract_work/cut.json"
printf '[1, 2]' >"$contract_work/other.json"
check "no argument: 2" says 2 'troupe_contract: say what to do: '
check "another command: 2" says 2 "troupe_contract: there is no command 'print', only diff" print old.json
check "another option: 2" says 2 "troupe_contract: there is no option '--fast', " diff --fast old.json safe.json
check "one file: 2" says 2 'troupe_contract: diff takes two files, OLD and NEW, not 1' diff old.json
check "a file that is not there: 2" says 2 'troupe_contract: gone.json: No such file' diff old.json gone.json
check "a directory: 2" says 2 'troupe_contract: .: ' diff old.json .
check "a file that is cut short: 2" says 2 'troupe_contract: cut.json: ' diff cut.json old.json
check "JSON that is no print of contracts: 2" says 2 'troupe_contract: other.json: ' diff old.json other.json
ends_with_two_when_full() { "$troupe_contract" diff "$contract_work/old.json" "$contract_work/breaking.json" >/dev/full 2>/dev/null; [ $? -eq 2 ]; }
[ ! -e /dev/full ] || check "a report that can't be written: 2" ends_with_two_when_full
rm -rf "$contract_work"
