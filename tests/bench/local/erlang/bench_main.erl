%% The local benchmark in Erlang/OTP. One virtual machine runs one scenario:
%%
%%     erl +S WORKERS:WORKERS +P 4194304 -noshell -pa BEAMS -run bench_main main SCENARIO SIZE
%%
%% and prints the same lines as the C++ programs (measure/program.hpp). A scenario is a module bench_SCENARIO with run/1.
-module(bench_main).
-export([main/1, report/3, report_each/4, timed/1, expect/2]).

main([Scenario, Size]) ->
    try
        (list_to_atom("bench_" ++ Scenario)):run(list_to_integer(Size)),
        halt(0)
    catch
        Class:Reason:Stack ->
            io:format(standard_error, "~s: ~p ~p ~p~n", [Scenario, Class, Reason, Stack]),
            halt(1)
    end.

report(Figure, Value, Unit) ->
    io:format("figure=~s value=~.6g unit=~s~n", [Figure, float(Value), Unit]).

%% Nanoseconds by Count.
report_each(Figure, Nanoseconds, Count, Unit) ->
    report(Figure, Nanoseconds / Count, Unit).

%% Runs F; gives its time in nanoseconds and what it returned.
timed(F) ->
    Start = erlang:monotonic_time(nanosecond),
    Value = F(),
    {erlang:monotonic_time(nanosecond) - Start, Value}.

%% A wrong result is no result, wherever it is found: the machine stops.
expect(true, _) -> ok;
expect(false, What) ->
    io:format(standard_error, "wrong result: ~s~n", [What]),
    halt(1).
