#!/usr/bin/env bash
# The main job, end to end: three nodes of samples/kv under load, a client that remembers every acknowledged write, shards
# that crash, a node that is killed and comes back, and a timeline of it all. Exits 0 only if nothing was lost.
#
#   samples/demo.sh            about two minutes
#   samples/demo.sh --quick    under a minute once built
#   DEMO_PORT=16380            first of six ports on 127.0.0.1 that it uses
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/prepare.sh

seconds=75 crashes=60
case ${1-} in
  '') ;;
  --quick) seconds=24 crashes=24 ;;
  *) fail "samples/demo.sh knows --quick only, not '$1'" ;;
esac

prepare_packages
prepare_build release kv_node kv_verify
kv_node=$TROUPE_ROOT/build/release/samples/kv/kv_node
kv_verify=$TROUPE_ROOT/build/release/samples/kv/kv_verify
port=${DEMO_PORT:-16380}
case $port in '' | *[!0-9]*) fail "DEMO_PORT is the first of six ports, a number, not '$port'" ;; esac
work=$(mktemp -d "$TROUPE_ROOT/build/demo.XXXXXX") || fail "no directory could be made in build/; is there room on the disk?"

declare -A pid_of=()
helpers=()
cleanup() {
  trap - EXIT INT TERM
  local p
  touch "$work/stop"
  for p in "${helpers[@]}" "${pid_of[@]}"; do kill -TERM "$p" 2>/dev/null; done
  for _ in $(seq 50); do
    for p in "${helpers[@]}" "${pid_of[@]}"; do kill -0 "$p" 2>/dev/null && { read -rt 0.1 <> <(:) || :; continue 2; }; done
    break
  done
  for p in "${helpers[@]}" "${pid_of[@]}"; do kill -KILL "$p" 2>/dev/null; done
  wait 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
trap 'printf "demo: interrupted\n"; exit 130' INT TERM

pause() { read -rt "$1" <> <(:) || :; }                       # waits without a process of its own
now_ms() { now=$((${EPOCHREALTIME/[.,]/} / 1000)); }           # no process of its own: it would cost what is measured
cli() { redis-cli -h 127.0.0.1 -p "$((port + $1))" "${@:2}" 2>&1; }
now_ms
began=$now
tell() {
  now_ms
  printf '%7.3f s  %s\n' "$((now - began))e-3" "$*"
}

# ---- three nodes
# Fails unless all three nodes live. What answers on their ports might else be somebody else's.
check_nodes() {
  local n
  for n in 1 2 3; do
    kill -0 "${pid_of[$n]}" 2>/dev/null ||
      fail "node n$n has ended: $(tail -n 1 "$work/n$n.log"); if a port is taken, set DEMO_PORT to the first of six free ones, as in DEMO_PORT=26380 samples/demo.sh"
  done
}
# Whether it is our node that answers on the port of node $1: no other has its data in this run's directory.
is_ours() { [ "$(cli "$1" config get dir | tail -n 1)" = "$work/data-n$1" ]; }
start_node() {
  "$kv_node" --config "$work/n$1.toml" >>"$work/n$1.log" 2>&1 &
  pid_of[$1]=$!
  disown
}
for n in 1 2 3; do
  cat >"$work/n$n.toml" <<END
[kv]
listen = "127.0.0.1:$((port + n))"
directory = "$work/data-n$n"
[node]
name = "n$n"
listen = "127.0.0.1:$((port + 3 + n))"
[node.peers]
n1 = "127.0.0.1:$((port + 4))"
n2 = "127.0.0.1:$((port + 5))"
n3 = "127.0.0.1:$((port + 6))"
END
  start_node "$n"
done
wait_until_serving() {  # all 64 shards answer, asked through that node
  for _ in $(seq 600); do
    check_nodes
    if is_ours "$1"; then
      case $(cli "$1" dbsize) in [0-9]*) return 0 ;; esac
    fi
    pause 0.1
  done
  fail "the cluster did not serve within a minute; is the disk very slow?; the last line of n$1: $(tail -n 1 "$work/n$1.log")"
}
for n in 1 2 3; do wait_until_serving "$n"; done
tell "three nodes serve 64 shards; the tree of n1 begins:"
cli 1 troupe tree | head -n 6 | sed 's/^/             | /'

# ---- the timeline: what the nodes log, with the time since the crash or kill that caused it
: >"$work/broken"
declare -A broken_at=()
# Milliseconds of the day of a log line's clock, 12:00:01.123.
clock_of() {
  local h m s
  IFS=:. read -r h m s ms <<<"$1"
  printf '%d' "$((((10#$h * 60 + 10#$m) * 60 + 10#$s) * 1000 + 10#$ms))"
}
timeline() {
  local clock node level who what rest f at
  while read -r clock node level who what rest; do
    case $what in actor_failed | actor_restarted* | peer_unreachable* | peer_up* | escalated*) ;; *) continue ;; esac
    while read -r f at; do broken_at[$f]=$at; done <"$work/broken"
    who=${who%:}
    local subject=${who##*/} now since
    now=$(clock_of "$clock")
    since="by itself"
    [ -n "${broken_at[$subject]-}" ] && since="$((now - broken_at[$subject])) ms later"
    printf '%7.3f s    ' "$((now - start_clock))e-3"
    case $what in
      actor_failed) printf '%s notices, %s: shard %s failed; its supervisor: %s\n' "$node" "$since" "$subject" "${rest##*; }" ;;
      actor_restarted*) printf 'shard %s on %s serves again, %s\n' "$subject" "$node" "$since" ;;
      peer_unreachable*) printf '%s notices, %s: %s\n' "$node" "$since" "$rest" ;;
      peer_up*) printf '%s reaches %s%s\n' "$node" "$who" "${rest:+: $rest}" ;;
      escalated*) printf '%s: the supervisor %s gives up: %s\n' "$node" "$who" "$rest" ;;
    esac
  done
}
now_ms
start_clock=$(($(clock_of "$(date +%H:%M:%S.%3N)") - (now - began)))
# Each helper is known by its number, so that cleanup ends all of them: in the background they do not hear Ctrl-C.
mkfifo "$work/news" || fail "no pipe could be made in $work"
tail -q -n 0 -F "$work"/n?.log >"$work/news" 2>/dev/null &
helpers+=($!)
disown
timeline <"$work/news" &
helpers+=($!)
disown
clock_ms() { clock_of "$(date +%H:%M:%S.%3N)"; }

# ---- load, and the client that remembers
"$kv_verify" --nodes "127.0.0.1:$((port + 1)),127.0.0.1:$((port + 2)),127.0.0.1:$((port + 3))" --seconds "$seconds" \
  --clients 6 --keys 600 --settle 30 --journal "$work/acks" >"$work/verify.log" 2>&1 &
verify=$!
helpers+=("$verify")
(
  # redis-benchmark gives up at the first error reply; while a node is down it is started again and again.
  load=
  trap 'kill $load 2>/dev/null; wait; exit' TERM
  while [ ! -e "$work/stop" ]; do
    redis-benchmark -h 127.0.0.1 -p "$((port + 1))" -t set,get,incr -n 20000 -r 100000 -c 4 -P 4 -q >>"$work/load.log" 2>&1 &
    load=$!
    wait "$load"
    pause 0.2
  done
) &
helpers+=($!)
disown
tell "load: redis-benchmark on n1, and kv_verify with 6 clients on all three nodes"

crash_one() {
  local key=demo:$RANDOM where at
  where=$(cli 1 troupe where "$key")                          # shard 12 on n3
  at=$(clock_ms)
  printf '%s %s\n' "$(printf '%s' "$where" | cut -d' ' -f2)" "$at" >>"$work/broken"
  tell "TROUPE CRASH: $where"
  cli 1 troupe crash "$key" >/dev/null
}

# A key on n2, and a connection that asks for it without starting a process each time.
for i in $(seq 1000); do
  key2=probe:$i
  case $(cli 1 troupe where "$key2") in *n2) break ;; esac
done
ask_for_key2() {
  printf '*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n' "${#key2}" "$key2" >&7
  IFS= read -rt 10 answer <&7 || answer=-closed
  case $answer in '$-1'*) ;; '$'*) IFS= read -rt 10 _ <&7 ;; esac
}

before_kill=$((crashes / 2))
gap=$(awk -v s="$seconds" -v c="$crashes" 'BEGIN { printf "%.2f", (s - 10) / c }')
for _ in $(seq "$before_kill"); do
  crash_one
  pause "$gap"
done

exec 7<>"/dev/tcp/127.0.0.1/$((port + 1))"
ask_for_key2
printf 'n2 %s\n' "$(clock_ms)" >>"$work/broken"
now_ms
killed=$now
kill -KILL "${pid_of[2]}"
for _ in $(seq 5000); do
  ask_for_key2
  case $answer in -UNAVAILABLE*) break ;; esac
done
now_ms
told=$((now - killed))
tell "SIGKILL to node n2; a client of n1 is told after $told ms: ${answer%$'\r'}"
pause 3
tell "node n2 is started again"
now_ms
back=$now
start_node 2
for _ in $(seq 3000); do
  ask_for_key2
  case $answer in '$'*) break ;; esac
  pause 0.005
done
now_ms
served=$((now - back))
check_nodes
tell "  n2's keys are served again, $served ms after its start"
exec 7>&-
for _ in $(seq $((crashes - before_kill))); do
  crash_one
  pause "$gap"
done

# ---- read everything back
tell "waiting for kv_verify to read every acknowledged write back"
wait "$verify"
verdict=$?
touch "$work/stop"
pause 0.3
line=$(grep '^verify: acknowledged' "$work/verify.log" | tail -n 1)
[ -n "$line" ] || { tail -n 5 "$work/verify.log"; fail "demo: kv_verify ended without a result"; }
number() { printf '%s' "$line" | grep -oE "$1 [0-9]+" | grep -oE '[0-9]+'; }
restarts=$(cat "$work"/n?.log | grep -c ' actor_restarted')
say "             | $line"
if [ "$verdict" -ne 0 ]; then
  grep -v '^kv_verify: at' "$work/verify.log" | tail -n 5
  mkdir -p build/demo-failed && cp "$work"/*.log "$work/acks" build/demo-failed/ 2>/dev/null
  say "             | the logs are kept in build/demo-failed"
fi
say "demo: acknowledged $(number acknowledged), lost $(($(number lost) + $(number wrong))), shard restarts $restarts, node kills 1"
[ "$verdict" -eq 0 ] && [ "$restarts" -ge 20 ]
