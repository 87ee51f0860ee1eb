%% In the place of epmd: the near node is told by the far one where that listens, so no daemon is needed and none stays behind.
%% Nothing else of the distribution is different.
-module(bench_epmd).
-export([start_link/0, register_node/2, register_node/3, port_please/2, port_please/3, address_please/3,
         listen_port_please/2, names/1]).

-define(DISTRIBUTION_VERSION, 6).

start_link() -> ignore.

register_node(Name, Port) -> register_node(Name, Port, inet).

%% Where this node listens.
register_node(_, Port, _) ->
    os:putenv("BENCH_LISTENS_ON", integer_to_list(Port)),
    {ok, rand:uniform(16#ffff)}.

port_please(Name, Host) -> port_please(Name, Host, infinity).

port_please(_, _, _) ->
    case os:getenv("BENCH_FAR_PORT") of
        false -> noport;
        Port -> {port, list_to_integer(Port), ?DISTRIBUTION_VERSION}
    end.

address_please(_, Host, Family) -> inet:getaddr(Host, Family).

listen_port_please(_, _) -> {ok, 0}.

names(_) -> {error, address}.
