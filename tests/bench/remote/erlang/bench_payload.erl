%% Payloads of one size, as halves/payload.hpp makes them: a number, then bytes that follow from the size.
-module(bench_payload).
-export([pattern/1, make/2, read/2, expect/2]).

pattern(Bytes) -> pattern(Bytes - 8, Bytes, <<>>).

pattern(0, _, Done) -> Done;
pattern(Left, State, Done) ->
    Next = (State * 1664525 + 1013904223) band 16#ffffffff,
    pattern(Left - 1, Next, <<Done/binary, (Next bsr 24)>>).

make(Pattern, Number) -> <<Number:64/little, Pattern/binary>>.

%% The number, of a payload that is right in every byte. Erlang's monotonic time, which is one, is below zero.
read(Pattern, <<Number:64/little-signed, Rest/binary>>) ->
    expect(Pattern, Rest),
    Number.

%% That is what all payloads have behind their numbers.
expect(Pattern, Rest) -> Rest =:= Pattern orelse bench_main:expect(false, "a payload's bytes").
