%% A hundred processes in a ring, one token, Size hops (Savina thread ring).
-module(bench_ring).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    Main = self(),
    Links = [spawn(fun() -> receive {meet, Next} -> pass(Main, Next, Size - 1 - I) end end)
             || I <- lists:seq(0, ?RING_ACTORS - 1)],
    lists:foreach(fun({Link, Next}) -> Link ! {meet, Next} end,
                  lists:zip(Links, tl(Links) ++ [hd(Links)])),
    {Time, _} = bench_main:timed(fun() ->
        hd(Links) ! {token, Size - 1},
        receive finished -> ok end
    end),
    bench_main:report_each("ring", Time, Size, "ns/message").

pass(Main, Next, Expected) ->
    receive
        {token, 0} when Expected =:= 0 -> Main ! finished;
        {token, Left} when Left =:= Expected ->
            Next ! {token, Left - 1},
            pass(Main, Next, Expected - ?RING_ACTORS);
        _ -> bench_main:expect(false, "ring: the token came out of turn")
    end.
