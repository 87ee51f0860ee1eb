%% Random traffic among 100 processes, alone in their system.
-module(bench_hot).
-export([run/1]).
-include("work.hrl").

run(Size) -> bench_traffic:run("hot", Size, ?HOT_ACTORS, 1).
