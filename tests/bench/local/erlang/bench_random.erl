%% Random numbers that cost next to nothing, so that they are not what is measured: OTP's multiply-with-carry generator.
-module(bench_random).
-export([seed/1, below/2]).

seed(Number) -> rand:mwc59_seed(Number).

%% A number below Limit and the next state.
below(State, Limit) ->
    Next = rand:mwc59(State),
    {rand:mwc59_value32(Next) rem Limit, Next}.
