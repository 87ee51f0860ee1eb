// kv_node: one node of the key-value service. See README.md.
#include <cstdio>
#include <functional>
#include <optional>

#include "kv/service/hangup.hpp"
#include "kv/service/node.hpp"

namespace {

/// Reads the configuration once more.
using reader = std::function<troupe::result<troupe::config>()>;

// What an operator who has replaced a certificate, or taken a node out of node.tls.allow, wants to know.
void reread_certificates(troupe::system& sys, const std::string& name, const reader& reread) {
  const auto done = [&]() -> troupe::result<std::size_t> {
    const auto config = reread();
    if (!config) return config.error();
    return troupe::reload_admission(sys, troupe::node_options::from(*config));
  }();
  if (!done)
    std::printf("kv_node %s keeps its certificates: %s\n", name.c_str(), done.error().text.c_str());
  else if (*done == 0)
    std::printf("kv_node %s has read its certificates anew\n", name.c_str());
  else
    std::printf("kv_node %s has read its certificates anew, and closed %zu connections\n", name.c_str(),
                *done);
  std::fflush(stdout);
}

int run(const troupe::config& config, const reader& reread) {
  auto as = troupe::node_options::from(config);
  kv::let_peers_in(as);
  auto options = troupe::system_options::from(config);
  options.name = as.name;
  const bool rereads = as.tls || as.listen.is_local();
  if (rereads) kv::hold_hangups();
  troupe::system sys{options, troupe::remoting{as}};

  const auto how = kv::settings::from(config);
  const kv::node node{sys, as, how};
  // A node that serves nothing any more must not look alive: whoever started it can start it again.
  node.when_given_up([&sys](const troupe::exit_reason& why) {
    std::fprintf(stderr, "kv_node: gave up, since /user/kv has ended: %s\n", to_string(why).c_str());
    sys.end(1);
  });

  std::optional<kv::on_hangup> hangups;
  if (rereads) hangups.emplace([&] { reread_certificates(sys, as.name, reread); });

  std::printf("kv_node %s serves Redis clients on %s\n", as.name.c_str(), to_string(how.listen).c_str());
  std::fflush(stdout);
  return sys.run_until_signal();
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, kv::settings::schema());
  try {
    return run(config, [&] { return troupe::config::reread(argc, argv, kv::settings::schema()); });
  } catch (const std::exception& e) {
    std::fprintf(stderr, "kv_node: %s\n", e.what());
    return 1;
  }
}
