#include "kv/service/map_watch.hpp"

namespace kv {

using namespace std::chrono_literals;

void map_watch::on_start() {
  for (const auto& node : keys_.peers()) launch(ask_for_map(node));
}

std::uint64_t map_watch::on(const compare_maps& m) {
  learn(m.node, m.hash);
  return keys_.hash();
}

troupe::task<void> map_watch::ask_for_map(std::string node) {
  const auto there = troupe::node(*sys_, node).ref<map_watch>(path());
  const auto theirs = co_await ask<compare_maps>(there, 5s, keys_.self(), keys_.hash());
  // One that can't be reached comes up later; one that has not started yet asks when it does.
  if (theirs) learn(node, *theirs);
}

void map_watch::learn(const std::string& node, std::uint64_t its_hash) {
  if (!keys_.learn(node, its_hash)) return;
  if (its_hash == keys_.hash())
    log(troupe::log_level::info, "node " + node + " has the same node.peers again");
  else
    log(troupe::log_level::error,
        "node " + node +
            " was given different node.peers: keys there are unavailable until both are given "
            "the same names and started again");
}

void tell_of_peers(troupe::system& sys, std::string path) {
  sys.events().subscribe([&env = sys.env(), path = std::move(path)](const troupe::event& e) {
    if (e.kind == troupe::event_kind::peer_up) troupe::ref_to<map_watch>(env, path).tell(peer_came{e.path});
  });
}

}  // namespace kv
