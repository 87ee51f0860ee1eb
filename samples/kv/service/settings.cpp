#include "kv/service/settings.hpp"

namespace kv {

using namespace std::chrono_literals;

namespace {

std::string memory_mistake(const troupe::config& c) {
  settings s;
  s.value_bytes_max = static_cast<std::size_t>(c.get_bytes("kv.value_bytes_max"));
  const std::size_t least = 2 * s.command_bytes_max();
  if (c.get_bytes("kv.request_bytes_max") >= least) return {};
  return "expected kv.request_bytes_max to hold two of the largest requests, at least " +
         troupe::to_plain(troupe::byte_count{least}) +
         " with kv.value_bytes_max = " + troupe::to_plain(troupe::byte_count{s.value_bytes_max}) + ", got " +
         troupe::to_plain(troupe::byte_count{c.get_bytes("kv.request_bytes_max")});
}

std::string address_mistake(const troupe::config& c) {
  const auto clients = troupe::port::parse_endpoint(c.get_text("kv.listen")).value();
  const auto nodes = troupe::port::parse_endpoint(c.get_text("node.listen")).value();
  if (clients != nodes || clients.port == 0) return {};
  return "expected another address than node.listen, which peers connect to, got \"" + to_string(clients) +
         "\"";
}

}  // namespace

troupe::config_schema settings::schema() {
  troupe::config_schema s{"KV"};
  s.add(troupe::node_options::schema());
  s.text("kv.listen")
      .def("127.0.0.1:6380")
      .check([](const std::string& text) {
        const auto at = troupe::port::parse_endpoint(text);
        return at ? std::string{} : at.error().text;
      })
      .help("address that Redis clients connect to");
  s.text("kv.directory").required().help("where the shards keep their databases");
  s.choice("kv.durability", {"full", "normal", "off"})
      .def("full")
      .help(
          "what an acknowledged write survives: full, a power cut; normal and off, a crash of the process "
          "only");
  s.duration("kv.request_timeout").def(5s).range(10ms, 1h).help("how long a request waits for its shard");
  s.integer("kv.clients_max").def(20'000).range(1, 1'000'000).help("connections at once; more are closed");
  s.bytes("kv.value_bytes_max").def(1u << 20).range(1024, value_bytes_cap).help("largest key or value");
  s.integer("kv.pipeline_max").def(128).range(1, 65'536).help("requests of one connection under way at once");
  s.bytes("kv.pipeline_bytes_max")
      .def(4u << 20)
      .range(64u << 10, 1u << 30)
      .help("bytes of requests of one connection under way at once; a single larger one goes alone");
  s.bytes("kv.request_bytes_max")
      .def(256u << 20)
      .at_least(2u << 20)
      .help("bytes of requests that all connections hold together; beyond, reading waits");
  s.duration("kv.request_time_max")
      .def(10s)
      .range(100ms, 1h)
      .help("how long a client may be silent in the middle of a request while others wait for that memory");
  s.integer("kv.restart_intensity")
      .def(50)
      .range(0, 1'000'000)
      .help("shard restarts that are allowed within kv.restart_period");
  s.duration("kv.restart_period").def(5s).range(1ms, 24h).help("the window of kv.restart_intensity");
  s.relate({"kv.request_bytes_max", "kv.value_bytes_max"}, memory_mistake);
  s.relate({"kv.listen", "node.listen"}, address_mistake);
  return s;
}

settings settings::from(const troupe::config& c) {
  settings s;
  s.listen = troupe::port::parse_endpoint(c.get_text("kv.listen")).value();
  s.directory = c.get_text("kv.directory");
  const std::string durable = c.get_text("kv.durability");
  s.durable = durable == "full"     ? troupe::sqlite::durability::full
              : durable == "normal" ? troupe::sqlite::durability::normal
                                    : troupe::sqlite::durability::off;
  s.request_timeout = c.get_duration("kv.request_timeout");
  s.clients_max = static_cast<std::size_t>(c.get_int("kv.clients_max"));
  s.value_bytes_max = static_cast<std::size_t>(c.get_bytes("kv.value_bytes_max"));
  s.pipeline_max = static_cast<std::size_t>(c.get_int("kv.pipeline_max"));
  s.pipeline_bytes_max = static_cast<std::size_t>(c.get_bytes("kv.pipeline_bytes_max"));
  s.request_bytes_max = static_cast<std::size_t>(c.get_bytes("kv.request_bytes_max"));
  s.request_time_max = c.get_duration("kv.request_time_max");
  s.restart_intensity = static_cast<std::uint32_t>(c.get_int("kv.restart_intensity"));
  s.restart_period = c.get_duration("kv.restart_period");
  return s;
}

}  // namespace kv
