%% Size processes are spawned by one, each gets a first message and answers it. All are alive at the end.
-module(bench_spawn).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    Main = self(),
    Parent = spawn(fun() ->
        receive
            gather ->
                Members = bench_crowd:gather(Size, ?CROWD_BATCH),
                Main ! finished,
                %% Keeps the list, as the C++ programs keep their handles.
                receive never -> Members end
        end
    end),
    {Time, _} = bench_main:timed(fun() ->
        Parent ! gather,
        receive finished -> ok end
    end),
    bench_main:report_each("spawn", Time, Size, "ns/actor").
