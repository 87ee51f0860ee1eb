%% What the scenarios of supervision have in common: a supervisor and a worker as OTP has them, which says when it serves and fails when
%% it is told to.
-module(bench_tree).
-behaviour(supervisor).
-export([start/2, stop/1, silent/0, start_worker/2, start_idler/1, worker/2]).
-export([init/1]).
-include("work.hrl").

%% Nobody logs what fails.
silent() -> logger:set_primary_config(level, none).

%% A supervisor with that strategy and those children, whose restarts are not limited. It belongs to nobody.
start(Strategy, Children) ->
    {ok, Top} = supervisor:start_link({local, top}, ?MODULE, {Strategy, Children}),
    unlink(Top),
    Top.

%% Stops it and waits for its end.
stop(Top) ->
    Ref = monitor(process, Top),
    exit(Top, shutdown),
    receive {'DOWN', Ref, process, Top, _} -> ok end.

init({Strategy, Children}) ->
    {ok, {#{strategy => Strategy, intensity => 1000000, period => ?STORM_PERIOD}, Children}}.

worker(Number, To) ->
    #{id => Number, start => {?MODULE, start_worker, [Number, To]}, shutdown => 5000}.

start_worker(Number, To) -> gen_server:start_link(bench_worker, {Number, To}, []).

start_idler(Number) -> gen_server:start_link(bench_worker, {Number, none}, []).
