%% One client, one gen_server on the other node: Size calls, one after the other, each with a time limit.
-module(bench_roundtrip).
-behaviour(gen_server).
-export([run/2, start/1, init/1, handle_call/3, handle_cast/2]).
-include("remote.hrl").

run(Far, Size) ->
    spawn(Far, ?MODULE, start, [self()]),
    Server = receive {server, Pid} -> Pid end,
    Main = self(),
    Pattern = bench_payload:pattern(?SMALL_BYTES),
    Client = spawn(fun() -> receive {start, Count} -> Main ! {finished, calls(Server, Pattern, Count, 0)} end end),
    {Time, Size} = bench_main:timed(fun() ->
        Client ! {start, Size},
        receive {finished, N} -> N end
    end),
    bench_main:report_each("roundtrip", Time / 1000, Size, "us/ask").

calls(_, _, Count, Count) -> Count;
calls(Server, Pattern, Count, N) ->
    Answer = gen_server:call(Server, {echo, bench_payload:make(Pattern, N)}, ?ASK_TIMEOUT_MS),
    bench_payload:read(Pattern, Answer) =:= N orelse bench_main:expect(false, "roundtrip: the answer"),
    calls(Server, Pattern, Count, N + 1).

start(Main) ->
    {ok, Pid} = gen_server:start(?MODULE, [], []),
    Main ! {server, Pid}.
init([]) -> {ok, none}.
handle_call({echo, Payload}, _, State) -> {reply, Payload, State}.
handle_cast(_, State) -> {noreply, State}.
