// kv_node: one node of the key-value service. See README.md.
#include <cstdio>

#include <troupe/io/listener.hpp>
#include "kv/service/map_watch.hpp"
#include "kv/service/session.hpp"

namespace {

std::vector<troupe::child_spec> shards_of(const kv::service& s) {
  std::vector<troupe::child_spec> out;
  for (const std::size_t number : s.keys.own_shards())
    out.push_back(troupe::child<kv::shard>(
                      std::to_string(number),
                      kv::shard_settings{number, s.how.directory, s.how.durable, s.how.value_bytes_max})
                      .blocking());
  return out;
}

std::vector<std::string> node_names(const troupe::node_options& node) {
  std::vector<std::string> names{node.name};
  for (const auto& [name, at] : node.peers) names.push_back(name);
  return names;
}

int run(const troupe::config& config) {
  const auto node = troupe::node_options::from(config);
  auto options = troupe::system_options::from(config);
  options.name = node.name;
  troupe::system sys{options, troupe::remoting{node}};

  const auto how = kv::settings::from(config);
  // A port that is taken is told now, not by the listener once all databases have been opened.
  const troupe::io::held_port port{sys.env(), how.listen};
  const auto shared = std::make_shared<const kv::service>(
      kv::service{sys, how, kv::keyspace{sys, node.name, node_names(node)},
                  std::make_shared<troupe::io::read_budget>(how.request_bytes_max)});
  const troupe::dynamic_children<kv::session> sessions{sys.env(), "/user/kv/sessions"};
  const auto on_client = [sessions, shared](std::unique_ptr<troupe::port::stream> stream) {
    sessions.start(std::move(stream), shared);
  };

  kv::tell_of_peers(sys, "/user/kv/map");
  const auto tree = troupe::supervise(
      sys, "kv", troupe::one_for_one{.intensity = 3, .period = troupe::seconds{10}},
      troupe::child_supervisor("shards", troupe::one_for_one{how.restart_intensity, how.restart_period},
                               shards_of(*shared)),
      troupe::child<kv::map_watch>("map", &sys, shared->keys),
      troupe::child_supervisor("sessions", troupe::dynamic{.children_max = how.clients_max}),
      troupe::child<troupe::io::listener>("listener", port, troupe::io::accept_function{on_client}));
  // A node that serves nothing any more must not look alive: whoever started it can start it again.
  tree.when_ended([&sys](const troupe::exit_reason& why) {
    if (why.kind == troupe::exit_kind::shutdown) return;
    std::fprintf(stderr, "kv_node: gave up, since /user/kv has ended: %s\n", to_string(why).c_str());
    sys.end(1);
  });

  std::printf("kv_node %s serves Redis clients on %s\n", node.name.c_str(), to_string(how.listen).c_str());
  std::fflush(stdout);
  return sys.run_until_signal();
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, kv::settings::schema());
  try {
    return run(config);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "kv_node: %s\n", e.what());
    return 1;
  }
}
