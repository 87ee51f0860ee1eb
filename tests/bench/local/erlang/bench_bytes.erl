%% What each of Size idle processes takes, by the virtual machine's own account.
-module(bench_bytes).
-export([run/1]).

run(Size) ->
    Parent = bench_crowd:parent(self()),
    Before = erlang:memory(processes),
    Parent ! {gather, Size, false},
    receive {gathered, Sum} -> ok end,
    bench_main:expect(Sum =:= Size * (Size - 1) div 2, "bytes: the sum of the numbers"),
    bench_main:report("bytes", (erlang:memory(processes) - Before) / Size, "bytes/actor").
