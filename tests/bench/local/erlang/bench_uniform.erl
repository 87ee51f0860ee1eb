%% Random traffic among Size / 5 processes.
-module(bench_uniform).
-export([run/1]).
-include("work.hrl").

run(Size) -> bench_traffic:run("uniform", Size, Size div ?TRAFFIC_HOPS_AN_ACTOR, 1).
