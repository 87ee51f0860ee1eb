# Sourced by run.sh: .ci/prepare.sh installs packages without starting services. apt-get is a stand-in that notes what a
# package's scripts would be told.

listed_for() { sed 's/#.*//' .ci/packages.txt | awk -v who="$1" 'NF && $2 == who {print $1}'; }
check "the demo does not need redis-server" sh -c '! printf "%s" "$1" | grep -qx redis-server' - "$(listed_for all)"
check "the tests do" sh -c 'printf "%s" "$1" | grep -qx redis-server' - "$(listed_for tests)"
check "they do not need clang" sh -c '! printf "%s" "$1" | grep -qx clang' - "$(listed_for tests)"
check "every package says who needs it" [ "$(sed 's/#.*//' .ci/packages.txt | awk 'NF && $2 != "all" && $2 != "tests" && $2 != "ci"')" = '' ]

policy=/usr/sbin/policy-rc.d
install_with() {  # install_with EXIT_CODE: what apt-get does
  (
    stand_in=$(mktemp -d) && trap 'rm -rf "$stand_in"' EXIT
    cat >"$stand_in/apt-get" <<END
#!/bin/sh
[ "\$1" = install ] || exit 0
$policy redis-server start
echo \$? >"$stand_in/asked"
exit $1
END
    chmod +x "$stand_in/apt-get"
    PATH=$stand_in:$PATH install_packages redis-server
    code=$?
    [ "$(cat "$stand_in/asked")" = 101 ] || exit 99
    exit "$code"
  )
}
installs_with() { install_with "$1"; [ $? -eq "$1" ]; }
policy_is() { if [ -n "$1" ]; then [ "$(cat "$policy" 2>/dev/null)" = "$1" ]; else [ ! -e "$policy" ]; fi; }

if [ "$(id -u)" -ne 0 ]; then
  say "not root: the tests of the installation are left out"
else
  own=
  [ -e "$policy" ] && own=$(cat "$policy")
  for code in 0 100; do
    check "an installation that ends with $code starts no service" installs_with "$code"
    check "an installation that ends with $code puts the machine's policy back" policy_is "$own"
  done
fi
