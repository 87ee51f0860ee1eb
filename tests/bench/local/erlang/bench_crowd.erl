%% Many processes: each is spawned, gets its first message, and answers it. What several scenarios start from.
-module(bench_crowd).
-export([gather/2]).

%% Spawns Count members, at most Batch of them unanswered, and gives them as a list, the newest first.
gather(Count, Batch) -> gather(0, Count, Batch, []).

gather(Count, Count, _, Members) -> Members;
gather(Spawned, Count, Batch, Members) ->
    End = min(Count, Spawned + Batch),
    More = spawn_members(Spawned, End, self(), Members),
    Sum = answers(End - Spawned, 0),
    bench_main:expect(Sum =:= (End - Spawned) * (Spawned + End - 1) div 2, "crowd: the sum of the numbers"),
    gather(End, Count, Batch, More).

spawn_members(End, End, _, Members) -> Members;
spawn_members(I, End, Parent, Members) ->
    Member = spawn(fun() -> member(Parent) end),
    Member ! {hello, I},
    spawn_members(I + 1, End, Parent, [Member | Members]).

answers(0, Sum) -> Sum;
answers(Left, Sum) ->
    receive {present, Number} -> answers(Left - 1, Sum + Number) end.

member(Parent) ->
    receive
        {hello, Number} ->
            Parent ! {present, Number},
            member(Parent)
    end.
