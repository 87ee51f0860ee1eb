%% How long it takes to stop Size processes until the last is gone, and how much of their memory stays.
-module(bench_stop).
-export([run/1]).

run(Size) ->
    Parent = bench_crowd:parent(self()),
    Before = bench_main:resident_bytes(),
    Parent ! {gather, Size, true},
    receive {gathered, Sum} -> ok end,
    bench_main:expect(Sum =:= Size * (Size - 1) div 2, "stop: the sum of the numbers"),
    {Time, Gone} = bench_main:timed(fun() ->
        Parent ! disband,
        receive {gone, N} -> N end
    end),
    bench_main:expect(Gone =:= Size, "stop: how many are gone"),
    bench_main:report_each("stop", Time, Size, "ns/actor"),
    bench_main:report("stop_kept", max(0, bench_main:resident_bytes() - Before) / Size, "bytes/actor").
