%% Size rings at once: a token goes round until its value is 0, then the ring is taken down and made anew, and meanwhile a
%% worker factors a number for each ring that is made (the mixed case of CAF's suite).
-module(bench_mixed).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    Main = self(),
    {Time, _} = bench_main:timed(fun() ->
        [spawn(fun() -> master(Main) end) || _ <- lists:seq(1, Size)],
        collect(Size * (?MIXED_REPETITIONS + 1))
    end),
    bench_main:report("mixed", Time / 1000000, "ms").

collect(0) -> ok;
collect(Left) ->
    receive
        {factors, ?MIXED_FACTOR_1, ?MIXED_FACTOR_2} -> collect(Left - 1);
        done -> collect(Left - 1);
        _ -> bench_main:expect(false, "mixed: the factors")
    end.

master(Collector) ->
    Worker = spawn(fun() -> worker(Collector) end),
    rings(Collector, Worker, ?MIXED_REPETITIONS).

rings(Collector, _, 0) -> Collector ! done;
rings(Collector, Worker, Left) ->
    Worker ! {number, ?MIXED_FACTOR_1 * ?MIXED_FACTOR_2},
    Next = ring(self(), ?MIXED_RING_ACTORS - 1),
    Next ! {token, ?MIXED_TOKEN},
    rounds(Next),
    rings(Collector, Worker, Left - 1).

ring(Next, 0) -> Next;
ring(Next, Left) -> ring(spawn(fun() -> relay(Next) end), Left - 1).

rounds(Next) ->
    receive
        {token, 0} -> ok;
        {token, Value} ->
            Next ! {token, Value - 1},
            rounds(Next)
    end.

relay(Next) ->
    receive
        {token, 0} -> Next ! {token, 0};
        {token, Value} ->
            Next ! {token, Value},
            relay(Next)
    end.

worker(Collector) ->
    receive
        {number, N} ->
            {First, Second} = factorize(N, 3),
            Collector ! {factors, First, Second},
            worker(Collector)
    end.

factorize(N, D) when D * D > N -> {1, N};
factorize(N, D) when N rem D =:= 0 -> {D, N div D};
factorize(N, D) -> factorize(N, D + 2).
