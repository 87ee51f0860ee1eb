// The other node: `n2`. Its configuration is that of a node, and `peer.ledger`, the file it writes entries down in.
#include <cstdio>
#include <troupe/actor/promise.hpp>
#include <troupe/troupe.hpp>
#include <vector>

#include "peers/ledger.hpp"
#include "peers/messages.hpp"

namespace {

/// Writes entries down, answers echoes, follows whom it is told to.
class clerk : public troupe::actor<peers::entry, peers::echo, peers::never, peers::leave, peers::introduce,
                                   peers::follow, peers::ends_told> {
 public:
  explicit clerk(std::string file) : ledger_(file) {}
  void on(const peers::entry& m) { ledger_.write(m.sender, m.number); }
  std::uint64_t on(const peers::echo& m) { return m.number; }
  troupe::promise<std::uint64_t> on(const peers::never&) {
    return kept_.emplace_back(answer_later<std::uint64_t>());
  }
  void on(const peers::leave& m) {
    after_delay(troupe::milliseconds{m.after_ms}, [this] { stop_self(); });
  }
  bool on(const peers::follow& m) {
    watch(m.whom);
    return true;
  }
  std::uint64_t on(const peers::ends_told&) { return ends_told_; }
  void on_terminated(const troupe::terminated&) override { ++ends_told_; }
  /// It outlives those who link to it.
  void on_link_ended(const troupe::link_ended&) override {}
  peers::introduce::reply on(const peers::introduce&) { return self(); }

 private:
  peers::ledger ledger_;
  std::vector<troupe::promise<std::uint64_t>> kept_;  // as many as the tests ask
  std::uint64_t ends_told_ = 0;
};

/// Takes cargo.
class store : public troupe::actor<peers::cargo> {
 public:
  std::uint64_t on(const peers::cargo& m) { return m.bytes.size(); }
};

int run(const troupe::config& config) {
  const auto as = troupe::node_options::from(config);
  auto options = troupe::system_options::from(config);
  options.name = as.name;
  troupe::system sys{options, troupe::remoting{as}};
  const std::string file = config.get_text("peer.ledger");
  troupe::spawn<clerk>(sys, "clerk", file);
  troupe::spawn<clerk>(sys, "guest", file);
  troupe::spawn<store>(sys, "store");
  std::printf("%s listens\n", as.name.c_str());
  std::fflush(stdout);
  return sys.run_until_signal();
}

}  // namespace

int main(int argc, char** argv) {
  troupe::config_schema schema{"PEER"};
  schema.add(troupe::node_options::schema());
  schema.text("peer.ledger").required().help("the file in which entries are written down");
  const auto config = troupe::config::from(argc, argv, schema);
  try {
    return run(config);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "peer_node: %s\n", e.what());
    return 1;
  }
}
