%% Size children are started one after the other and stopped together; smaller numbers beside it show what grows.
-module(bench_dynamic).
-export([run/1, start/1]).

run(Size) ->
    bench_tree:silent(),
    start_and_stop(Size div 100, 100, "_hundredth"),
    start_and_stop(Size div 10, 10, "_tenth"),
    start_and_stop(Size, 1, "").

start_and_stop(Count, Rounds, Name) ->
    {Up, Down} = lists:foldl(fun(_, {U, D}) ->
        {Starting, Top} = bench_main:timed(fun() -> start(Count) end),
        {Stopping, ok} = bench_main:timed(fun() -> bench_tree:stop(Top) end),
        {U + Starting, D + Stopping}
    end, {0, 0}, lists:seq(1, Rounds)),
    bench_main:report_each("dynamic_start" ++ Name, Up, Count * Rounds, "ns/child"),
    bench_main:report_each("dynamic_stop" ++ Name, Down, Count * Rounds, "ns/child").

start(Count) ->
    Top = bench_tree:start(simple_one_for_one,
                           [#{id => idler, start => {bench_tree, start_idler, []}, restart => temporary}]),
    Started = lists:sum([case supervisor:start_child(Top, [N]) of {ok, _} -> 1 end || N <- lists:seq(1, Count)]),
    bench_main:expect(Started =:= Count, "dynamic: how many have started"),
    Top.
