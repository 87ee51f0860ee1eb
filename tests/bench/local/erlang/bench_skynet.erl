%% A tree of processes, ten children each, Size leaves: each leaf reports its number, each node the sum of its children's, then
%% it ends (skynet).
-module(bench_skynet).
-export([run/1]).
-include("work.hrl").

run(Size) ->
    Main = self(),
    {Time, Sum} = bench_main:timed(fun() ->
        spawn(fun() -> node(Main, 0, Size) end),
        receive {sum, Value} -> Value end
    end),
    bench_main:expect(Sum =:= Size * (Size - 1) div 2, "skynet: the sum"),
    bench_main:report("skynet", Time / 1000000, "ms").

node(Parent, First, 1) -> Parent ! {sum, First};
node(Parent, First, Leaves) ->
    Each = Leaves div ?SKYNET_CHILDREN,
    spawn_children(self(), First, Each, ?SKYNET_CHILDREN),
    Parent ! {sum, sum(?SKYNET_CHILDREN, 0)}.

spawn_children(_, _, _, 0) -> ok;
spawn_children(Self, First, Each, Left) ->
    spawn(fun() -> node(Self, First, Each) end),
    spawn_children(Self, First + Each, Each, Left - 1).

sum(0, Sum) -> Sum;
sum(Left, Sum) ->
    receive {sum, Value} -> sum(Left - 1, Sum + Value) end.
