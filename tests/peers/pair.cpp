#include "peers/pair.hpp"

#include <cstdlib>

#include "loopback.hpp"
#include "scenario/certificates.hpp"

namespace peers {

std::size_t cycles = 10;

namespace {

std::string program() {
  const char* const given = std::getenv("PEER_NODE_PROGRAM");
  return given ? given : PEER_NODE_DEFAULT;
}

std::string in_ms(troupe::duration d) {
  return "\"" + std::to_string(troupe::duration_cast<troupe::milliseconds>(d).count()) + "ms\"";
}

}  // namespace

pair::pair(pair_settings how)
    : how_(std::move(how)), port_one_(loopback::free_port()), port_two_(loopback::free_port()) {
  const std::string pki = (directory_.path() / "pki").string();
  if (how_.tls) scenario::make_certificates(pki, {"n1", "n2"});
  const std::string at_one = how_.host_one + ":" + std::to_string(port_one_);
  const std::string at_two = how_.host_two + ":" + std::to_string(port_two_);
  const std::string more = how_.tls ? scenario::tls_table(pki, "n2") : std::string{};
  directory_.write("n2.toml",
                   "[peer]\nledger = \"" + ledger() + "\"\n[node]\nname = \"n2\"\nlisten = \"" + at_two +
                       "\"\npublic = [\"/user/*\"]\nheartbeat_interval = " + in_ms(how_.heartbeat_interval) +
                       "\nheartbeat_limit = " + in_ms(how_.heartbeat_limit) +
                       "\ndetector.acceptable_pause = " + in_ms(how_.acceptable_pause) +
                       "\ndown_after = " + in_ms(how_.down_after) + "\n[node.peers]\nn1 = \"" + at_one +
                       "\"\n[node.rights.n1]\nlink = [\"/user/*\"]\n" + more);
  troupe::node_options o{.name = "n1"};
  o.listen = troupe::port::parse_endpoint(at_one).value();
  o.peers["n2"] = troupe::port::parse_endpoint(at_two).value();
  if (how_.dial_two_at) o.peers["n2"].port = how_.dial_two_at;
  o.heartbeat_interval = how_.heartbeat_interval;
  o.heartbeat_limit = how_.heartbeat_limit;
  o.detector.acceptable_pause = how_.acceptable_pause;
  o.down_after = how_.down_after;
  o.bulk = how_.bulk;
  if (how_.tls)
    o.tls = {.certificate = pki + "/n1.crt", .key = pki + "/n1.key", .authority = pki + "/authority.crt"};
  troupe::system_options quiet;
  quiet.workers = 2;
  quiet.log = std::getenv("PEERS_LOG") ? troupe::log_level::info : troupe::log_level::error;
  one_ = std::make_unique<troupe::system>(quiet, troupe::remoting{o});
}

void pair::start() {
  two_.reset();
  auto command = how_.run_two_by;
  command.insert(command.end(), {program(), "--config", (directory_.path() / "n2.toml").string()});
  two_.emplace(command);
  two_->wait_for_output("n2 listens");
  wait_for_peer(true);
}

void pair::wait_for_peer(bool reachable) {
  scenario::wait_until(reachable ? "n1 reaches n2" : "n1 notices that n2 is gone",
                       [&] { return troupe::peers(*one_).at(0).reachable == reachable; });
}

}  // namespace peers
