# Sourced by run.sh: samples/demo.sh when it is interrupted, and when its ports are taken.

port=$((20000 + $$ % 5000))  # below the ephemeral range, so that no connection's other end has it
demo_work=$(mktemp -d "$TROUPE_ROOT/build/scripts.XXXXXX") || fail "no directory could be made in build/"
stranger=
demo_group=
end_demo_test() {
  [ -z "$demo_group" ] || kill -KILL -- "-$demo_group" 2>/dev/null
  [ -z "$stranger" ] || kill -KILL "$stranger" 2>/dev/null
  rm -rf "$demo_work"
}
trap end_demo_test EXIT
trap 'exit 130' INT TERM

# Waits until the text is in the demo's output; its lines go on being read from descriptor 8.
demo_says() {
  local line
  while IFS= read -rt 60 line <&8; do
    printf '%s\n' "$line" >>"$demo_work/out"
    case $line in *"$1"*) return 0 ;; esac
  done
  return 1
}
# Job control gives the demo a process group and a SIGINT of its own, as a terminal does.
start_demo() {
  : >"$demo_work/out"
  mkfifo "$demo_work/fifo"
  set -m
  DEMO_PORT=$1 samples/demo.sh --quick >"$demo_work/fifo" 2>&1 &
  demo_group=$!
  set +m
  exec 8<"$demo_work/fifo"
  rm "$demo_work/fifo"
}
demo_ended_with() {
  while IFS= read -rt 60 line <&8; do printf '%s\n' "$line" >>"$demo_work/out"; done
  exec 8<&-
  wait "$demo_group"
  [ $? -eq "$1" ]
}
nobody_is_left() { ! kill -0 -- "-$demo_group" 2>/dev/null && ! pgrep -f "$TROUPE_ROOT/build/demo\\." >/dev/null; }
no_directory_is_left() { ! compgen -G 'build/demo.??????' >/dev/null; }

for when in 'three nodes serve' 'TROUPE CRASH' 'SIGKILL to node n2'; do
  start_demo "$port"
  check "the demo comes to: $when" demo_says "$when"
  kill -INT -- "-$demo_group"
  check "Ctrl-C after '$when' ends the demo with 130" demo_ended_with 130
  check "Ctrl-C after '$when' leaves no process" nobody_is_left
  check "Ctrl-C after '$when' leaves no directory" no_directory_is_left
  port=$((port + 7))
done

# A node of somebody else has the first client port.
build/release/samples/kv/kv_node --node.name other --kv.directory "$demo_work/other" \
  --kv.listen "127.0.0.1:$((port + 1))" >"$demo_work/other.log" 2>&1 &
stranger=$!
for _ in $(seq 200); do
  grep -q 'serves Redis' "$demo_work/other.log" && break
  read -rt 0.05 <> <(:) || :
done
start_demo "$port"
check "a taken port ends the demo with 1" demo_ended_with 1
check "a taken port: the line names the port" grep -q "127.0.0.1:$((port + 1)) is taken" "$demo_work/out"
check "a taken port: the line says what to do" grep -q 'DEMO_PORT=' "$demo_work/out"
check "a taken port: the demo has begun nothing there" \
  [ "$(redis-cli -h 127.0.0.1 -p $((port + 1)) dbsize)" = 0 ]
check "a taken port leaves no process" nobody_is_left
kill -TERM "$stranger"
wait "$stranger"
stranger=
end_demo_test
trap - EXIT INT TERM
