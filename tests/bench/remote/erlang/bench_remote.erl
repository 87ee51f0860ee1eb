%% The benchmark between two nodes in Erlang/OTP:
%%
%%     erl +S WORKERS:WORKERS -noshell -pa BEAMS -start_epmd false -epmd_module bench_epmd
%%         -kernel inet_dist_use_interface {127,0,0,1} -setcookie bench -name near@127.0.0.1
%%         -run bench_remote main SCENARIO WORKERS SIZE
%%
%% That machine starts the other one, which ends when its standard input does. Both are called what they are called in every run: without
%% an epmd nobody else can find them.
-module(bench_remote).
-export([main/1, far/0]).
-include("remote.hrl").

main([Scenario, Workers, Size]) ->
    try
        Far = start_far(Workers),
        run(Scenario, Far, list_to_integer(Size)),
        end_far(),
        halt(0)
    catch
        Class:Reason:Stack ->
            io:format(standard_error, "~s: ~p ~p ~p~n", [Scenario, Class, Reason, Stack]),
            halt(1)
    end.

run("roundtrip", Far, Size) -> bench_roundtrip:run(Far, Size);
run("oneway1", Far, Size) -> bench_flow:one_way("oneway1", Far, ?ONEWAY, 1, Size);
run("oneway5", Far, Size) -> bench_flow:one_way("oneway5", Far, ?ONEWAY, ?PAIRS_MAX, Size);
run("payload_100b", Far, Size) -> bench_flow:bulk("payload_100b", Far, ?PAYLOAD_100B, Size);
run("payload_1k", Far, Size) -> bench_flow:bulk("payload_1k", Far, ?PAYLOAD_1K, Size);
run("payload_10k", Far, Size) -> bench_flow:bulk("payload_10k", Far, ?PAYLOAD_10K, Size);
run("payload_1m", Far, Size) -> bench_flow:bulk("payload_1m", Far, ?PAYLOAD_1M, Size);
run("payload_60m", Far, Size) -> bench_flow:bulk("payload_60m", Far, ?PAYLOAD_60M, Size);
run("payload_100m", Far, Size) -> bench_flow:bulk("payload_100m", Far, ?PAYLOAD_100M, Size);
run("latency", Far, Size) -> bench_latency:latency(Far, Size);
run("heartbeat", Far, Size) -> bench_latency:heartbeat(Far, Size).

start_far(Workers) ->
    Beams = filename:dirname(code:which(?MODULE)),
    Erl = filename:join([code:root_dir(), "bin", "erl"]),
    Args = ["+S", Workers ++ ":" ++ Workers, "-noshell", "-pa", Beams, "-start_epmd", "false", "-epmd_module", "bench_epmd",
            "-kernel", "inet_dist_use_interface", "{127,0,0,1}", "-setcookie", atom_to_list(erlang:get_cookie()),
            "-name", "far@127.0.0.1", "-run", "bench_remote", "far"],
    put(far, open_port({spawn_executable, Erl}, [{args, Args}, {line, 80}, exit_status])),
    Port = receive {_, {data, {eol, Line}}} -> Line after ?MEET_TIME_MAX_MS -> error(no_far_half) end,
    os:putenv("BENCH_FAR_PORT", Port),
    true = net_kernel:connect_node('far@127.0.0.1'),
    'far@127.0.0.1'.

%% Has the far half end, and waits for that.
end_far() ->
    Port = get(far),
    monitor_node('far@127.0.0.1', true),
    port_close(Port),
    receive {nodedown, _} -> ok after ?MEET_TIME_MAX_MS -> error(far_half_stays) end.

far() ->
    io:format("~s~n", [os:getenv("BENCH_LISTENS_ON")]),
    eof = io:get_line(""),
    halt(0).
