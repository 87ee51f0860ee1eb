#include <troupe/base/path_pattern.hpp>
#include <troupe/config/config.hpp>
#include <troupe/node/detector_options.hpp>
#include <troupe/node/options.hpp>
#include <troupe/wire/one_line.hpp>

namespace troupe {

namespace {

std::string endpoint_mistake(const std::string& text) {
  const auto parsed = port::parse_endpoint(text);
  return parsed ? std::string{} : parsed.error().text;
}

std::string name_mistake(const std::string& name) {
  if (wire::one_line(name) == name && !name.empty() && name.size() <= limits::name_bytes_max) return {};
  return "expected a name of 1 to " + std::to_string(limits::name_bytes_max) +
         " bytes without control characters";
}

std::string heartbeat_mistake(const config& c) {
  const duration interval = c.get_duration("node.heartbeat_interval");
  const duration limit = c.get_duration("node.heartbeat_limit");
  if (limit / 2 >= interval) return {};
  return "expected node.heartbeat_limit to be at least twice node.heartbeat_interval, or one lost moment is "
         "a lost "
         "peer; they are " +
         to_plain(limit) + " and " + to_plain(interval);
}

// R7
std::string exposure_mistake(const config& c) {
  const std::string at = c.get_text("node.listen");
  if (c.get_bool("node.insecure") || is_loopback(port::parse_endpoint(at).value())) return {};
  return "expected a loopback address, or node.insecure = true to listen without TLS (R7), got \"" + at +
         "\"";
}

std::string bulk_mistake(const std::vector<std::string>& patterns) {
  for (const std::string& one : patterns)
    if (std::string problem = path_pattern_problem(one); !problem.empty()) return problem;
  return {};
}

}  // namespace

bool is_loopback(const port::endpoint& at) noexcept {
  // "127.0.0.1.example" is a name that may lead anywhere.
  const bool digits = at.host.find_first_not_of("0123456789.") == std::string::npos;
  return at.host == "localhost" || at.host == "::1" || (digits && at.host.starts_with("127."));
}

config_schema node_options::schema() {
  config_schema s;
  s.text("node.name").required().check(name_mistake).help("this node's name, unique among its peers");
  s.text("node.listen").def("127.0.0.1:0").check(endpoint_mistake).help("address that peers connect to");
  s.table("node.peers")
      .def({})
      .check_entries(name_mistake, endpoint_mistake)
      .help("the other nodes: name = \"host:port\"");
  s.boolean("node.insecure").def(false).help("listen on other addresses than loopback without TLS (R7)");
  s.duration("node.heartbeat_interval")
      .def(milliseconds{500})
      .at_least(milliseconds{10})
      .help("silence after which a peer is asked for a sign of life");
  s.duration("node.heartbeat_limit")
      .def(node_options{}.heartbeat_limit)
      .at_least(milliseconds{50})
      .help("silence after which a peer is unreachable, whatever node.detector says");
  add_detector_keys(s);
  s.duration("node.down_after")
      .def(seconds{10})
      .at_least(milliseconds{50})
      .help("how long an unreachable peer may take to come back before it is declared down");
  s.text("node.advertise")
      .def("")
      .check([](const std::string& text) { return text.empty() ? text : endpoint_mistake(text); })
      .help("address that peers are told to dial; default: node.listen, if that is one address");
  s.bytes("node.unsent_max")
      .def(64u << 20)
      .at_least(1u << 20)
      .help("bytes queued for a peer before messages are refused");
  s.bytes("node.message_max")
      .def(64u << 20)
      .range(64u << 10, 2u << 30)
      .help("size of the largest message that is taken from a peer");
  s.list("node.bulk")
      .def({})
      .check(bulk_mistake)
      .help(
          "patterns of paths on other nodes that get large messages or many: what is sent to others "
          "overtakes them");
  s.integer("node.inbound_max")
      .def(256)
      .range(1, 65536)
      .help("connections that peers may have open to this node");
  s.relate({"node.heartbeat_limit", "node.heartbeat_interval"}, heartbeat_mistake);
  s.relate({"node.listen", "node.insecure"}, exposure_mistake);
  return s;
}

node_options node_options::from(const config& c) {
  node_options o;
  o.name = c.get_text("node.name");
  o.listen = port::parse_endpoint(c.get_text("node.listen")).value();
  for (const auto& [name, at] : c.get_table("node.peers"))
    if (name != o.name) o.peers.emplace(name, port::parse_endpoint(at).value());
  o.insecure = c.get_bool("node.insecure");
  o.heartbeat_interval = c.get_duration("node.heartbeat_interval");
  o.heartbeat_limit = c.get_duration("node.heartbeat_limit");
  o.detector = detector_settings_from(c);
  o.down_after = c.get_duration("node.down_after");
  if (const std::string at = c.get_text("node.advertise"); !at.empty())
    o.advertise = port::parse_endpoint(at).value();
  o.unsent_max = static_cast<std::size_t>(c.get_bytes("node.unsent_max"));
  o.message_max = static_cast<std::size_t>(c.get_bytes("node.message_max"));
  o.bulk = c.get_list("node.bulk");
  o.inbound_max = static_cast<unsigned>(c.get_int("node.inbound_max"));
  return o;
}

}  // namespace troupe
