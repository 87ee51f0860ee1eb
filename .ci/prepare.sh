# Sourced by every command of the project: installs missing packages, configures and builds one preset. Shows progress,
# never asks, and says in one line what is wrong and what to do.
#
#   prepare_packages [WHO [PACKAGE ...]]      installs what .ci/packages.txt lists for all, what it lists for WHO (`tests`, `ci`),
#                                             and the packages named
#   prepare_build [--within SECONDS] PRESET [TARGET ...]
#
# Everything it prints besides progress goes to build/PRESET.log.

TROUPE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$TROUPE_ROOT" || exit 1

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# apt-get install without starting the services that packages bring: a machine that builds this project has not asked for
# a server. The machine's own policy-rc.d, if there is one, is put back however this ends.
install_packages() (
  policy=/usr/sbin/policy-rc.d kept=/usr/sbin/policy-rc.d.kept-by-troupe ours='# made by .ci/prepare.sh while it installs'
  put_back() {
    rm -f "$policy"
    [ ! -e "$kept" ] || mv "$kept" "$policy"
  }
  trap put_back EXIT
  trap 'exit 130' INT TERM HUP
  # One that an earlier run left when it was killed is not the machine's.
  if [ -e "$policy" ] && ! grep -qF "$ours" "$policy"; then mv "$policy" "$kept" || exit 1; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$ours" >"$policy" && chmod 755 "$policy" || exit 1
  apt-get update -q && apt-get install -qy --no-install-recommends "$@"
)

# Installs the packages of the list that are missing.
prepare_packages() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    fail "this script installs Debian packages; on another system install what .ci/packages.txt lists and build with cmake --preset release"
  local wanted missing=() package
  wanted=$(sed 's/#.*//' .ci/packages.txt | awk -v who="${1-all}" 'NF && ($2 == "all" || $2 == who) {print $1}')
  for package in $wanted "${@:2}"; do
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  [ "$(id -u)" -eq 0 ] || fail "packages are missing and only root can install them; run as root: apt-get install ${missing[*]}"
  local free
  free=$(df -Pk / | awk 'NR == 2 {print $4}')
  [ "$free" -gt 1500000 ] || fail "less than 1.5 GB of disk is free; make room and run this again"
  mkdir -p build
  say "== installing ${#missing[@]} packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  install_packages "${missing[@]}" >build/packages.log 2>&1 ||
    { tail -n 5 build/packages.log >&2; fail "packages could not be installed; see build/packages.log, then run this again"; }
}

# Configures and builds, within a time box if one is given. Quick when nothing has changed.
prepare_build() {
  local box= preset started code
  if [ "$1" = --within ]; then
    box=$2
    shift 2
  fi
  preset=$1
  started=$(date +%s)
  shift
  local free
  free=$(df -Pk . | awk 'NR == 2 {print $4}')
  [ "$free" -gt 1500000 ] || fail "less than 1.5 GB of disk is free here; make room and run this again"
  mkdir -p build
  say "== building $preset ${*:-everything} (the first time takes a few minutes; log: build/$preset.log)"
  cmake --preset "$preset" >"build/$preset.log" 2>&1 ||
    { grep -A5 'CMake Error' "build/$preset.log" >&2; fail "configuring failed; see build/$preset.log"; }
  # Ninja's counter as progress: one line a tenth, the errors as they come. Ninja itself, not cmake --build: when it is told
  # to stop it ends its compilers.
  timeout --foreground "${box:-0}" ninja -C "build/$preset" "$@" 2>&1 | tee -a "build/$preset.log" | awk '
    /^\[[0-9]+\/[0-9]+\]/ {
      split(substr($1, 2), n, /[\/\]]/); tenth = int(10 * n[1] / n[2])
      if (n[2] > 20 && tenth > last) { last = tenth; printf "   built %d of %d\n", n[1], n[2]; fflush() }
    }
    /(error|FAILED)[: ]/ { if (++errors <= 20) { print substr($0, 1, 300) > "/dev/stderr" } }'
  code=${PIPESTATUS[0]}
  [ "$code" -ne 124 ] ||
    fail "building $preset did not end within its box of $box s; what is built stays, so run this again to go on"
  [ "$code" -eq 0 ] || fail "the build failed; see build/$preset.log"
  say "   built in $(($(date +%s) - started)) s${box:+ of $box}"
}
