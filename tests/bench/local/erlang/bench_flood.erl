%% How long a message takes to a process beside one that sends itself messages without end.
-module(bench_flood).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    Main = self(),
    Light = spawn(fun() -> light(Main) end),
    Heavy = spawn(fun() -> heavy() end),
    [Heavy ! drop || _ <- lists:seq(1, ?FLOOD_MESSAGES)],
    bench_main:report_latencies("flood", probes(Light, Size, [])).

probes(_, 0, Times) -> Times;
probes(Light, Left, Times) ->
    timer:sleep(?FLOOD_PAUSE_MS),
    Light ! {probe, erlang:monotonic_time(nanosecond)},
    receive {took, Time} -> probes(Light, Left - 1, [Time | Times]) end.

light(Main) ->
    receive
        {probe, Sent} ->
            Main ! {took, erlang:monotonic_time(nanosecond) - Sent},
            light(Main)
    end.

heavy() ->
    receive
        drop ->
            self() ! drop,
            heavy()
    end.
