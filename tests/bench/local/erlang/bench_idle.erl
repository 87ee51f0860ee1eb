%% The processor time of Size idle processes and a hundredth as many armed timers, percent of a core.
-module(bench_idle).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    Parent = bench_crowd:parent(self()),
    Parent ! {gather, Size, false},
    [erlang:send_after(?IDLE_TIMER_MS, self(), due) || _ <- lists:seq(1, Size div ?IDLE_ACTORS_A_TIMER)],
    receive {gathered, _} -> ok end,
    timer:sleep(?IDLE_BEFORE_MS),
    Before = bench_main:cpu_ns(),
    timer:sleep(?IDLE_MEASURED_MS),
    Used = bench_main:cpu_ns() - Before,
    bench_main:report("idle", 100 * Used / (?IDLE_MEASURED_MS * 1000000), "%core").
