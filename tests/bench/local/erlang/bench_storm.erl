%% The workers of one supervisor fail whenever they serve, Size times in all.
-module(bench_storm).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    bench_tree:silent(),
    Self = self(),
    {Time, Sum} = bench_main:timed(fun() ->
        spawn_link(fun() ->
            bench_tree:start(one_for_one, [bench_tree:worker(N, Self) || N <- lists:seq(0, ?STORM_WORKERS - 1)]),
            receive after infinity -> ok end
        end),
        storm(Size, Size + ?STORM_WORKERS, 0)
    end),
    bench_main:expect(Sum =:= Size + ?STORM_WORKERS, "storm: how many have started"),
    bench_main:report_each("storm", Time, Size, "ns/restart").

storm(_Left, 0, Seen) -> Seen;
storm(Left, Missing, Seen) ->
    receive
        {up, _, Pid} when Left > 0 ->
            gen_server:cast(Pid, crash),
            storm(Left - 1, Missing - 1, Seen + 1);
        {up, _, _} ->
            storm(0, Missing - 1, Seen + 1)
    end.
