%% One worker fails and serves again, Size times; how long it is away, from the message it fails on to its answer to the next one. Its
%% name would be free for a while, so it says who it is now.
-module(bench_crash).
-export([run/1]).

run(Size) ->
    bench_tree:silent(),
    bench_tree:start(one_for_one, [bench_tree:worker(7, self())]),
    Worker = up(),
    bench_main:report_latencies("crash", crash(Worker, Size, [])).

crash(_Worker, 0, Times) -> Times;
crash(Worker, Left, Times) ->
    {Time, Next} = bench_main:timed(fun() ->
        gen_server:cast(Worker, crash),
        New = up(),
        bench_main:expect(gen_server:call(New, knock, 10000) =:= 7, "crash: the worker's answer"),
        New
    end),
    crash(Next, Left - 1, [Time | Times]).

up() -> receive {up, 7, Pid} -> Pid end.
