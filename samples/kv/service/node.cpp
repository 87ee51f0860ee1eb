#include "kv/service/node.hpp"

#include <troupe/schema/contracts.hpp>

#include "kv/service/map_watch.hpp"

namespace kv {

namespace {

std::vector<troupe::child_spec> shards_of(const service& s) {
  std::vector<troupe::child_spec> out;
  for (const std::size_t number : s.keys.own_shards())
    out.push_back(
        troupe::child<shard>(std::to_string(number),
                             shard_settings{number, s.how.directory, s.how.durable, s.how.value_bytes_max})
            .blocking());
  return out;
}

std::vector<std::string> node_names(const troupe::node_options& as) {
  std::vector<std::string> names{as.name};
  for (const auto& [name, at] : as.peers) names.push_back(name);
  return names;
}

troupe::supervision start(troupe::system& sys, const std::shared_ptr<const service>& shared,
                          const troupe::io::held_port& port) {
  const settings& how = shared->how;
  const troupe::dynamic_children<session> sessions{sys.env(), "/user/kv/sessions"};
  const auto on_client = [sessions, shared](std::unique_ptr<troupe::port::stream> stream) {
    sessions.start(std::move(stream), shared);
  };
  tell_of_peers(sys, "/user/kv/map");
  return troupe::supervise(
      sys, "kv", troupe::one_for_one{.intensity = 3, .period = troupe::seconds{10}},
      troupe::child_supervisor("shards", troupe::one_for_one{how.restart_intensity, how.restart_period},
                               shards_of(*shared)),
      troupe::child<map_watch>("map", &sys, shared->keys),
      troupe::child_supervisor("sessions", troupe::dynamic{.children_max = how.clients_max}),
      troupe::child<troupe::io::listener>("listener", port, troupe::io::accept_function{on_client}));
}

}  // namespace

void let_peers_in(troupe::node_options& as) {
  for (const char* const path : {"/user/kv/shards/*", "/user/kv/map"}) as.public_paths.emplace_back(path);
  as.contracts = troupe::contracts<shard, map_watch>();
}

// A port that is taken is told now, not by the listener once all databases have been opened.
node::node(troupe::system& sys, const troupe::node_options& as, const settings& how)
    : node(sys, as, how, troupe::io::held_port{sys.env(), how.listen}) {}

node::node(troupe::system& sys, const troupe::node_options& as, const settings& how,
           const troupe::io::held_port& port)
    : shared_(std::make_shared<const service>(
          service{sys, how, keyspace{sys, as.name, node_names(as)},
                  std::make_shared<troupe::io::read_budget>(how.request_bytes_max)})),
      tree_(start(sys, shared_, port)) {}

void node::when_given_up(std::function<void(const troupe::exit_reason&)> then) const {
  tree_.when_ended([then = std::move(then)](const troupe::exit_reason& why) {
    if (why.kind != troupe::exit_kind::shutdown) then(why);
  });
}

}  // namespace kv
