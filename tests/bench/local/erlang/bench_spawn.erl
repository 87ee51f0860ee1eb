%% Size processes are spawned by one, each gets a first message and answers it; all are alive at the end.
-module(bench_spawn).
-export([run/1]).

run(Size) ->
    Parent = bench_crowd:parent(self()),
    {Time, Sum} = bench_main:timed(fun() ->
        Parent ! {gather, Size, false},
        receive {gathered, Sum} -> Sum end
    end),
    bench_main:expect(Sum =:= Size * (Size - 1) div 2, "spawn: the sum of the numbers"),
    bench_main:report_each("spawn", Time, Size, "ns/actor").
