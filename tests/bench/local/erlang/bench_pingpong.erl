%% One pair: Size messages, one in flight.
-module(bench_pingpong).
-export([run/1]).

run(Size) ->
    Main = self(),
    Ping = spawn(fun() -> player(Main) end),
    Pong = spawn(fun() -> player(Main) end),
    Ping ! {meet, Pong, Size - 1},
    Pong ! {meet, Ping, Size - 2},
    {Time, _} = bench_main:timed(fun() ->
        Ping ! {ball, Size - 1},
        receive finished -> ok end
    end),
    bench_main:report_each("pingpong", Time, Size, "ns/message").

player(Main) ->
    receive {meet, Other, First} -> play(Main, Other, First) end.

play(Main, Other, Expected) ->
    receive
        {ball, 0} when Expected =:= 0 -> Main ! finished;
        {ball, Left} when Left =:= Expected ->
            Other ! {ball, Left - 1},
            play(Main, Other, Expected - 2);
        _ -> bench_main:expect(false, "pingpong: a ball out of turn")
    end.
