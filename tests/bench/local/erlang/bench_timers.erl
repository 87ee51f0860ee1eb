%% How late Size timers fire.
-module(bench_timers).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    arm(Size, bench_random:seed(1)),
    bench_main:report_latencies("timers", late(Size, [])).

arm(0, _) -> ok;
arm(Left, Random) ->
    {Offset, More} = bench_random:below(Random, ?TIMER_MS_MAX - ?TIMER_MS_MIN),
    Delay = ?TIMER_MS_MIN + Offset,
    erlang:send_after(Delay, self(), {due, erlang:monotonic_time(nanosecond) + Delay * 1000000}),
    arm(Left - 1, More).

late(0, Times) -> Times;
late(Left, Times) ->
    receive {due, Due} -> late(Left - 1, [max(0, erlang:monotonic_time(nanosecond) - Due) | Times]) end.
