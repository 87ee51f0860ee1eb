%% Says that it serves, if anybody wants to know; fails when it is told to; answers with its number.
-module(bench_worker).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init({Number, none}) -> {ok, Number};
init({Number, To}) ->
    To ! {up, Number, self()},
    {ok, Number}.

handle_call(knock, _From, Number) -> {reply, Number, Number}.

handle_cast(crash, _Number) -> error(crash).
