%% Random traffic among 100 of Size / 5 processes.
-module(bench_hot_among).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    Population = Size div ?TRAFFIC_HOPS_AN_ACTOR,
    bench_traffic:run("hot_among", Size, Population, Population div ?HOT_ACTORS).
