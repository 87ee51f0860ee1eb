%% A one_for_all of Size children goes down and comes up, again and again.
-module(bench_group).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    bench_tree:silent(),
    bench_tree:start(one_for_all, [bench_tree:worker(N, self()) || N <- lists:seq(0, Size - 1)]),
    First = all_up(Size),
    {Time, _} = bench_main:timed(fun() ->
        lists:foldl(fun(_, Pid) ->
            gen_server:cast(Pid, crash),
            all_up(Size)
        end, First, lists:seq(1, ?GROUP_ROUNDS))
    end),
    bench_main:report_each("group", Time, Size * ?GROUP_ROUNDS, "ns/child").

%% In their order; gives the first.
all_up(Size) ->
    First = receive {up, 0, Pid} -> Pid end,
    lists:foreach(fun(N) -> receive {up, N, _} -> ok end end, lists:seq(1, Size - 1)),
    First.
