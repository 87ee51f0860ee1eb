%% One sender, one counter, Size messages as fast as they go (Savina counting).
-module(bench_counting).
-export([run/1]).

run(Size) ->
    Main = self(),
    Counter = spawn(fun() -> count(Main, Size, 0) end),
    Producer = spawn(fun() -> receive {produce, Count} -> produce(Counter, Count, 0) end end),
    {Time, Size} = bench_main:timed(fun() ->
        Producer ! {produce, Size},
        receive {finished, Count} -> Count end
    end),
    bench_main:report_each("counting", Time, Size, "ns/message").

count(Main, Size, Size) ->
    Main ! {finished, Size};
count(Main, Size, Received) ->
    receive
        {item, Received} -> count(Main, Size, Received + 1);
        _ -> bench_main:expect(false, "counting: messages out of order")
    end.

produce(_, Count, Count) -> ok;
produce(Counter, Count, I) ->
    Counter ! {item, I},
    produce(Counter, Count, I + 1).
