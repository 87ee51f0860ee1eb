%% A thousand accounts, Size transfers: a teller asks the source, which asks the destination before it answers, and takes no
%% other order meanwhile (Savina banking).
-module(bench_bank).
-behaviour(gen_server).
-export([run/1, init/1, handle_call/3, handle_cast/2]).
-include("work.hrl").

run(Size) ->
    Main = self(),
    Each = Size div ?BANK_TELLERS,
    List = [element(2, gen_server:start(?MODULE, [], [])) || _ <- lists:seq(1, ?BANK_ACCOUNTS)],
    Accounts = list_to_tuple(List),
    Tellers = [spawn(fun() ->
                   receive start -> transfers(Main, Accounts, Each, bench_random:seed(I)) end
               end) || I <- lists:seq(1, ?BANK_TELLERS)],
    {Time, _} = bench_main:timed(fun() ->
        [T ! start || T <- Tellers],
        [receive finished -> ok end || _ <- Tellers]
    end),
    bench_main:report_each("bank", Time, Each * ?BANK_TELLERS, "ns/transfer"),
    Sum = lists:sum([gen_server:call(A, balance, ?ASK_TIMEOUT_MS) || A <- List]),
    bench_main:expect(Sum =:= 0, "bank: money was lost or made").

transfers(Main, _, 0, _) -> Main ! finished;
transfers(Main, Accounts, Left, R0) ->
    {From, R1} = bench_random:below(R0, ?BANK_SOURCES),
    {Offset, R2} = bench_random:below(R1, ?BANK_ACCOUNTS - From - 1),
    {Cents, R3} = bench_random:below(R2, ?BANK_AMOUNT_MAX),
    To = element(From + 1 + Offset + 1, Accounts),
    Moved = gen_server:call(element(From + 1, Accounts), {transfer, To, Cents + 1}, ?ASK_TIMEOUT_MS),
    Moved =:= Cents + 1 orelse bench_main:expect(false, "bank: a transfer"),
    transfers(Main, Accounts, Left - 1, R3).

init([]) -> {ok, 0}.

handle_call({deposit, Cents}, _, Balance) -> {reply, Cents, Balance + Cents};
handle_call({transfer, To, Cents}, _, Balance) ->
    Taken = gen_server:call(To, {deposit, Cents}, ?ASK_TIMEOUT_MS),
    Taken =:= Cents orelse bench_main:expect(false, "bank: a deposit"),
    {reply, Cents, Balance - Cents};
handle_call(balance, _, Balance) -> {reply, Balance, Balance}.

handle_cast(_, Balance) -> {noreply, Balance}.
