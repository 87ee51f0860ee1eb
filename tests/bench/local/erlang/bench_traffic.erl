%% Tokens that go from a process to another, chosen at random: the scenarios hot, hot_among and uniform. The pids stand in a
%% persistent term, which every process reads without copying it.
-module(bench_traffic).
-export([run/4]).
-include("work.hrl").

%% Size hops; tokens visit every Stride'th of Population processes.
run(Name, Size, Population, Stride) ->
    Main = self(),
    All = start(Main, 0, Population, Stride, []),
    Visited = list_to_tuple([P || {true, P} <- All]),
    persistent_term:put(?MODULE, Visited),
    Hops = Size div ?TRAFFIC_TOKENS,
    {Time, _} = bench_main:timed(fun() ->
        [element(I rem tuple_size(Visited) + 1, Visited) !
             {token, I rem tuple_size(Visited), Hops - 1, bench_random:seed(I + 1)}
         || I <- lists:seq(0, ?TRAFFIC_TOKENS - 1)],
        [receive finished -> ok end || _ <- lists:seq(1, ?TRAFFIC_TOKENS)]
    end),
    bench_main:report_each(Name, Time, Hops * ?TRAFFIC_TOKENS, "ns/message").

start(_, Population, Population, _, All) -> lists:reverse(All);
start(Main, I, Population, Stride, All) ->
    Visit = I rem Stride =:= 0,
    Pid = spawn(fun() -> receive {hello, Number} -> Main ! started, station(Main, Number) end end),
    Pid ! {hello, I div Stride},
    receive started -> ok end,
    start(Main, I + 1, Population, Stride, [{Visit, Pid} | All]).

station(Main, Number) ->
    receive
        {token, Number, 0, _} ->
            Main ! finished,
            station(Main, Number);
        {token, Number, Left, Random} ->
            Visited = persistent_term:get(?MODULE),
            {To, More} = bench_random:below(Random, tuple_size(Visited)),
            element(To + 1, Visited) ! {token, To, Left - 1, More},
            station(Main, Number);
        _ -> bench_main:expect(false, "traffic: a token for somebody else")
    end.
