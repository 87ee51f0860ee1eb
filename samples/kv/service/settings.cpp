#include "kv/service/settings.hpp"

namespace kv {

using namespace std::chrono_literals;

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
  s.bytes("kv.value_bytes_max").def(1u << 20).range(1024, 64u << 20).help("largest key or value");
  s.integer("kv.pipeline_max").def(128).range(1, 65'536).help("requests of one connection under way at once");
  s.integer("kv.restart_intensity")
      .def(50)
      .range(0, 1'000'000)
      .help("shard restarts that are allowed within kv.restart_period");
  s.duration("kv.restart_period").def(5s).range(1ms, 24h).help("the window of kv.restart_intensity");
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
  s.restart_intensity = static_cast<std::uint32_t>(c.get_int("kv.restart_intensity"));
  s.restart_period = c.get_duration("kv.restart_period");
  return s;
}

}  // namespace kv
