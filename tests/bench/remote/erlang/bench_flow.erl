%% Messages one way: as many as the window allows are under way, and the receiver grants more.
-module(bench_flow).
-export([one_way/5, bulk/4, send_items/4, sink/4]).
-include("remote.hrl").

one_way(Name, Far, Flow, Pairs, Size) ->
    bench_main:report_each(Name, send_items(Far, Flow, Pairs, Size), Size, "ns/message").

bulk(Name, Far, {Bytes, _, _} = Flow, Size) ->
    Time = send_items(Far, Flow, 1, Size),
    bench_main:report(Name, Time / 1000 / (Size * Bytes / 1048576), "us/MiB").

%% Has Pairs senders send Count items in all, and gives the nanoseconds until all have arrived and been checked.
send_items(Far, {Bytes, Window, Grant}, Pairs, Count) ->
    Main = self(),
    Each = Count div Pairs,
    Pattern = bench_payload:pattern(Bytes),
    Sources = [spawn(fun() ->
                   Sink = spawn(Far, ?MODULE, sink, [self(), Bytes, Grant, Each]),
                   receive ready -> Main ! ready end,
                   receive start -> source(Sink, Pattern, Window, Each, 0, 0) end,
                   Main ! finished
               end) || _ <- lists:seq(1, Pairs)],
    [receive ready -> ok end || _ <- Sources],
    {Time, _} = bench_main:timed(fun() ->
        [S ! start || S <- Sources],
        [receive finished -> ok end || _ <- Sources]
    end),
    Time.

source(_, _, _, Count, Count, Count) -> ok;
source(Sink, Pattern, Window, Count, Sent, Granted) when Sent < Count, Sent - Granted < Window ->
    Sink ! item(Pattern, Sent),
    source(Sink, Pattern, Window, Count, Sent + 1, Granted);
source(Sink, Pattern, Window, Count, Sent, Granted) ->
    receive
        {grant, Received} ->
            Received > Granted andalso Received =< Sent orelse bench_main:expect(false, "a grant out of turn"),
            source(Sink, Pattern, Window, Count, Sent, Received)
    end.

%% From there on the bytes that the sender has are shared, with a number beside them.
item(Pattern, Number) when byte_size(Pattern) + 8 >= ?SHARED_BYTES_MIN -> {item, Number, Pattern};
item(Pattern, Number) -> {item, bench_payload:make(Pattern, Number)}.

sink(From, Bytes, Grant, Count) ->
    Pattern = bench_payload:pattern(Bytes),
    From ! ready,
    take(From, Pattern, Grant, Count, 0).

take(_, _, _, Count, Count) -> ok;
take(From, Pattern, Grant, Count, Received) ->
    Number = receive
        {item, N, Rest} ->
            bench_payload:expect(Pattern, Rest),
            N;
        {item, Payload} -> bench_payload:read(Pattern, Payload)
    end,
    Number =:= Received orelse bench_main:expect(false, "items out of order"),
    Now = Received + 1,
    (Now rem Grant =:= 0 orelse Now =:= Count) andalso (From ! {grant, Now}),
    take(From, Pattern, Grant, Count, Now).
