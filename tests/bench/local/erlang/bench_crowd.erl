%% Many processes below one: each is spawned, gets its first message, and answers it. What several scenarios start from.
-module(bench_crowd).
-export([parent/1, gather/3, disband/1]).
-include("work.hrl").

%% A process that gathers when told to, tells Main the sum, and disbands when told to. It keeps the list of members, as the
%% C++ programs keep their handles.
parent(Main) ->
    spawn(fun() ->
        receive {gather, Count, Watched} -> Members = gather(Count, Watched, Main) end,
        receive disband -> Main ! {gone, disband(Members)} end
    end).

%% Spawns Count members, at most CROWD_BATCH of them unanswered, and gives them as a list, the newest first.
gather(Count, Watched, Main) ->
    {Members, Sum} = gather(0, Count, Watched, [], 0),
    Main ! {gathered, Sum},
    Members.

gather(Count, Count, _, Members, Sum) -> {Members, Sum};
gather(Spawned, Count, Watched, Members, Sum) ->
    End = min(Count, Spawned + ?CROWD_BATCH),
    More = spawn_members(Spawned, End, Watched, self(), Members),
    gather(End, Count, Watched, More, answers(End - Spawned, Sum)).

spawn_members(End, End, _, _, Members) -> Members;
spawn_members(I, End, Watched, Parent, Members) ->
    Member = spawn(fun() -> member(Parent) end),
    Watched andalso monitor(process, Member),
    Member ! {hello, I},
    spawn_members(I + 1, End, Watched, Parent, [Member | Members]).

answers(0, Sum) -> Sum;
answers(Left, Sum) ->
    receive {present, Number} -> answers(Left - 1, Sum + Number) end.

%% Stops all members, CROWD_BATCH at once, and gives how many are gone.
disband(Members) -> disband(Members, 0).

disband([], Gone) -> Gone;
disband(Members, Gone) ->
    {Stopped, Rest} = stop_members(Members, 0),
    down(Stopped),
    disband(Rest, Gone + Stopped).

stop_members(Members, N) when N =:= ?CROWD_BATCH; Members =:= [] -> {N, Members};
stop_members([Member | Rest], N) ->
    exit(Member, shutdown),
    stop_members(Rest, N + 1).

down(0) -> ok;
down(Left) ->
    receive {'DOWN', _, process, _, shutdown} -> down(Left - 1) end.

member(Parent) ->
    receive
        {hello, Number} ->
            Parent ! {present, Number},
            member(Parent)
    end.
