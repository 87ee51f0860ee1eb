%% latency: items to a mirror and back, 10,000 a second, whatever comes back.
%% heartbeat: a few of them while large items are under way to another process of that node.
-module(bench_latency).
-export([latency/2, heartbeat/2, mirror/1]).
-include("remote.hrl").

latency(Far, Size) ->
    Times = prober(Far, ?BURST, ?BURST_INTERVAL_MS, fun(Sent) -> Sent < Size end),
    report("latency", Times).

heartbeat(Far, Size) ->
    Main = self(),
    Done = atomics:new(1, []),
    Large = spawn_link(fun() ->
        bench_flow:send_items(Far, ?HEARTBEAT, 1, Size),
        atomics:put(Done, 1, 1),
        Main ! {large, self()}
    end),
    Times = prober(Far, 1, ?HEARTBEAT_INTERVAL_MS, fun(_) -> atomics:get(Done, 1) =:= 0 end),
    receive {large, Large} -> ok end,
    report("heartbeat", Times).

report(Name, Times) ->
    bench_main:report_latencies(Name, Times),
    Sorted = list_to_tuple(lists:sort(Times)),
    bench_main:report(Name ++ "_p999", element((tuple_size(Sorted) - 1) * 999 div 1000 + 1, Sorted) / 1000, "us").

mirror(To) ->
    receive
        {item, Payload} ->
            To ! {item, Payload},
            mirror(To)
    end.

%% A process of its own, whose queue nothing else is in. Gives all times, in nanoseconds.
prober(Far, ATick, Interval, GoesOn) ->
    Main = self(),
    spawn_link(fun() ->
        Mirror = spawn(Far, ?MODULE, mirror, [self()]),
        Pattern = bench_payload:pattern(?SMALL_BYTES),
        Due = erlang:monotonic_time(millisecond) + 20,
        arm(Due),
        Main ! {times, probe(Mirror, Pattern, ATick, Interval, GoesOn, Due, 0, 0, [])}
    end),
    receive {times, Times} -> Times end.

%% Tick by tick; Due is when, in whole milliseconds, or `none` when there is no more to send.
probe(_, _, _, _, _, none, Sent, Sent, Times) -> Times;
probe(Mirror, Pattern, ATick, Interval, GoesOn, Due, Sent, Received, Times) ->
    receive
        {item, Payload} ->
            Time = erlang:monotonic_time(nanosecond) - bench_payload:read(Pattern, Payload),
            Time > 0 orelse bench_main:expect(false, "an item came back before it was due"),
            probe(Mirror, Pattern, ATick, Interval, GoesOn, Due, Sent, Received + 1, [Time | Times]);
        {timeout, _, tick} ->
            [Mirror ! {item, bench_payload:make(Pattern, Due * 1000000)} || _ <- lists:seq(1, ATick)],
            Next = case GoesOn(Sent + ATick) of
                true -> Due + Interval;
                false -> none
            end,
            arm(Next),
            probe(Mirror, Pattern, ATick, Interval, GoesOn, Next, Sent + ATick, Received, Times)
    end.

arm(none) -> ok;
arm(Due) -> erlang:start_timer(Due, self(), tick, [{abs, true}]).
