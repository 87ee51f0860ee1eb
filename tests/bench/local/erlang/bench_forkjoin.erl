%% One sender deals Size messages to each of 60 processes, which compute a little for each (Savina fork-join throughput).
-module(bench_forkjoin).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    Main = self(),
    Hands = [spawn(fun() -> hand(Main, Size, 0, 37.2) end) || _ <- lists:seq(1, ?FORKJOIN_ACTORS)],
    Dealer = spawn(fun() -> receive {deal, Each} -> deal(Hands, Each, 0) end end),
    {Time, _} = bench_main:timed(fun() ->
        Dealer ! {deal, Size},
        [receive finished -> ok end || _ <- Hands]
    end),
    bench_main:report_each("forkjoin", Time, Size * ?FORKJOIN_ACTORS, "ns/message").

hand(Main, Count, Count, _) -> Main ! finished;
hand(Main, Count, Received, Theta) ->
    receive
        {job, Received} ->
            Sine = math:sin(Theta),
            Sine * Sine > 0 orelse bench_main:expect(false, "forkjoin: the computation"),
            hand(Main, Count, Received + 1, Theta);
        _ -> bench_main:expect(false, "forkjoin: messages out of order")
    end.

deal(_, Each, Each) -> ok;
deal(Hands, Each, I) ->
    deal_one(Hands, I),
    deal(Hands, Each, I + 1).

deal_one([], _) -> ok;
deal_one([Hand | Rest], I) ->
    Hand ! {job, I},
    deal_one(Rest, I).
