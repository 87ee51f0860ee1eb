%% The local benchmark in Erlang/OTP. One virtual machine runs one scenario:
%%
%%     erl +S WORKERS:WORKERS +P 4194304 -noshell -pa BEAMS -run bench_main main SCENARIO SIZE
%%
%% and prints the same lines as the C++ programs (measure/program.hpp). A scenario is a module bench_SCENARIO with run/1.
-module(bench_main).
-export([main/1, report/3, report_each/4, report_latencies/2, timed/1, expect/2, resident_bytes/0, cpu_ns/0]).

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

%% The median and the 99th percentile of times in nanoseconds.
report_latencies(Name, Times) ->
    Sorted = list_to_tuple(lists:sort(Times)),
    At = fun(Percent) -> element((tuple_size(Sorted) - 1) * Percent div 100 + 1, Sorted) / 1000 end,
    report(Name ++ "_p50", At(50), "us"),
    report(Name ++ "_p99", At(99), "us").

%% Memory of the virtual machine that is resident.
resident_bytes() ->
    [_, Pages | _] = fields("/proc/self/statm"),
    list_to_integer(Pages) * 4096.

%% Processor time of all its threads so far, in the kernel's exact account.
cpu_ns() ->
    {ok, Tasks} = file:list_dir("/proc/self/task"),
    lists:sum([list_to_integer(hd(fields("/proc/self/task/" ++ T ++ "/schedstat"))) || T <- Tasks]).

fields(File) ->
    {ok, Text} = file:read_file(File),
    string:lexemes(binary_to_list(Text), " \n").

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
