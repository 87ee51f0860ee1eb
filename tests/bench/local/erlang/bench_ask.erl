%% One client, one gen_server: Size calls, one after the other, each with a time limit.
-module(bench_ask).
-behaviour(gen_server).
-export([run/1, init/1, handle_call/3, handle_cast/2]).
-include("work.hrl").

run(Size) ->
    {ok, Server} = gen_server:start(?MODULE, [], []),
    Main = self(),
    Client = spawn(fun() -> receive {start, Count} -> Main ! {finished, calls(Server, Count, 0)} end end),
    {Time, Size} = bench_main:timed(fun() ->
        Client ! {start, Size},
        receive {finished, N} -> N end
    end),
    bench_main:report_each("ask", Time, Size, "ns/ask").

calls(_, Count, Count) -> Count;
calls(Server, Count, N) ->
    Answer = gen_server:call(Server, {successor, N}, ?ASK_TIMEOUT_MS),
    Answer =:= N + 1 orelse bench_main:expect(false, "ask: the answer"),
    calls(Server, Count, Answer).

init([]) -> {ok, none}.
handle_call({successor, N}, _, State) -> {reply, N + 1, State}.
handle_cast(_, State) -> {noreply, State}.
