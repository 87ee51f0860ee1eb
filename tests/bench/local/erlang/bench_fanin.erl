%% Four senders, one receiver, Size messages in all.
-module(bench_fanin).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    Main = self(),
    Each = Size div ?FANIN_SENDERS,
    Total = Each * ?FANIN_SENDERS,
    Receiver = spawn(fun() -> collect(Main, Total, 0, 0, 0, 0) end),
    Senders = [spawn(fun() -> receive {produce, Count} -> produce(Receiver, I, Count, 0) end end)
               || I <- lists:seq(0, ?FANIN_SENDERS - 1)],
    {Time, _} = bench_main:timed(fun() ->
        [S ! {produce, Each} || S <- Senders],
        receive finished -> ok end
    end),
    bench_main:report_each("fanin", Time, Total, "ns/message").

%% A..D: the next number of each sender.
collect(Main, 0, _, _, _, _) -> Main ! finished;
collect(Main, Left, A, B, C, D) ->
    receive
        {item, 0, A} -> collect(Main, Left - 1, A + 1, B, C, D);
        {item, 1, B} -> collect(Main, Left - 1, A, B + 1, C, D);
        {item, 2, C} -> collect(Main, Left - 1, A, B, C + 1, D);
        {item, 3, D} -> collect(Main, Left - 1, A, B, C, D + 1);
        _ -> bench_main:expect(false, "fanin: messages of one sender out of order")
    end.

produce(_, _, Count, Count) -> ok;
produce(Receiver, Index, Count, I) ->
    Receiver ! {item, Index, I},
    produce(Receiver, Index, Count, I + 1).
