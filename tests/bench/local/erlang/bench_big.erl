%% 120 processes, each sends Size pings, one at a time, each to one of the others, and waits for the pong (Savina big).
-module(bench_big).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    Main = self(),
    Players = [spawn(fun() -> receive {meet, Peers} -> ready(Main, Peers, I, Size) end end)
               || I <- lists:seq(0, ?BIG_ACTORS - 1)],
    Peers = list_to_tuple(Players),
    [P ! {meet, Peers} || P <- Players],
    {Time, _} = bench_main:timed(fun() ->
        [P ! start || P <- Players],
        [receive finished -> ok end || _ <- Players]
    end),
    bench_main:report_each("big", Time, 2 * Size * ?BIG_ACTORS, "ns/message").

ready(Main, Peers, Index, Pings) ->
    receive start -> next(Main, Peers, Index, Pings, bench_random:seed(Index + 1)) end.

next(Main, Peers, Index, 0, _) ->
    Main ! finished,
    answer_only(Peers, Index);
next(Main, Peers, Index, Left, Random) ->
    {Offset, More} = bench_random:below(Random, ?BIG_ACTORS - 1),
    Asked = (Index + 1 + Offset) rem ?BIG_ACTORS,
    element(Asked + 1, Peers) ! {ping, Index},
    wait(Main, Peers, Index, Left - 1, More, Asked).

wait(Main, Peers, Index, Left, Random, Asked) ->
    receive
        {ping, From} ->
            element(From + 1, Peers) ! {pong, Index},
            wait(Main, Peers, Index, Left, Random, Asked);
        {pong, Asked} -> next(Main, Peers, Index, Left, Random);
        {pong, _} -> bench_main:expect(false, "big: a pong from somebody else")
    end.

answer_only(Peers, Index) ->
    receive
        {ping, From} ->
            element(From + 1, Peers) ! {pong, Index},
            answer_only(Peers, Index)
    end.
