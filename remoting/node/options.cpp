#include <troupe/node/options.hpp>

namespace troupe {

namespace {

std::string endpoint_mistake(const std::string& text) {
  const auto parsed = port::parse_endpoint(text);
  return parsed ? std::string{} : parsed.error().text;
}

}  // namespace

config_schema node_options::schema() {
  config_schema s;
  s.text("node.name").required().help("this node's name, unique among its peers");
  s.text("node.listen").def("127.0.0.1:0").check(endpoint_mistake).help("address that peers connect to");
  s.table("node.peers")
      .def({})
      .check([](const config_table& peers) {
        for (const auto& [name, at] : peers)
          if (const auto wrong = endpoint_mistake(at); !wrong.empty()) return "peer " + name + ": " + wrong;
        return std::string{};
      })
      .help("the other nodes: name = \"host:port\"");
  s.boolean("node.insecure").def(false).help("listen on other addresses than loopback without TLS (R7)");
  s.duration("node.heartbeat_interval")
      .def(milliseconds{500})
      .at_least(milliseconds{10})
      .help("silence after which a peer is asked for a sign of life");
  s.duration("node.heartbeat_limit")
      .def(seconds{2})
      .at_least(milliseconds{50})
      .help("silence after which a peer is unreachable");
  s.bytes("node.unsent_max")
      .def(64u << 20)
      .at_least(1u << 20)
      .help("bytes queued for a peer before messages are refused");
  s.integer("node.inbound_max")
      .def(256)
      .range(1, 65536)
      .help("connections that peers may have open to this node");
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
  o.unsent_max = static_cast<std::size_t>(c.get_bytes("node.unsent_max"));
  o.inbound_max = static_cast<unsigned>(c.get_int("node.inbound_max"));
  return o;
}

}  // namespace troupe
