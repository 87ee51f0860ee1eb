%% What Size children of a supervisor take, idle.
-module(bench_child_bytes).
-export([run/1]).

run(Size) ->
    bench_tree:silent(),
    Before = bench_main:resident_bytes(),
    bench_dynamic:start(Size),
    bench_main:report("child_bytes", (bench_main:resident_bytes() - Before) / Size, "bytes/child").
