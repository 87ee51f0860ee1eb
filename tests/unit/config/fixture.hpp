// What the tests of configuration share: a small service's schema, and its parsing in one call.
#pragma once

#include <string>
#include <troupe/config/parse.hpp>
#include <utility>
#include <vector>

namespace config_test {

using namespace std::chrono_literals;

/// A schema with one key of every kind.
inline troupe::config_schema kv_schema() {
  troupe::config_schema schema{"KV"};
  schema.integer("listen.port").range(0, 65535).def(6379).help("port that clients connect to");
  schema.text("listen.address").def("127.0.0.1").help("address to listen on");
  schema.boolean("tls.enabled").help("talk TLS");
  schema.real("load.factor").range(0.1, 1).def(0.75).help("how full a table gets");
  schema.duration("idle-timeout").range(1s, 1h).def(5min).help("a silent client is dropped after this");
  schema.bytes("memory.max").at_least(64u << 10).def(16u << 20).help("memory for values");
  schema.list("tags").help("labels of this node");
  schema.choice("trace.level", {"debug", "info", "warn"}).def("info").help("what is logged");
  schema.table("peers").help("names and addresses of the other nodes");
  return schema;
}

/// A schema with a table whose entries have checks.
inline troupe::config_schema schema_with_checked_entries() {
  troupe::config_schema schema{"KV"};
  schema.table("peers").check_entries(
      [](const std::string& name) { return name < "a" ? "no capitals" : ""; },
      [](const std::string& text) { return text.find(':') == std::string::npos ? "needs a port" : ""; });
  return schema;
}

/// The sources of a file `kv.toml` with that text.
inline troupe::config_sources file(std::string text) {
  troupe::config_sources out;
  out.file = troupe::config_file{"kv.toml", std::move(text)};
  return out;
}

/// The sources of a command line.
inline troupe::config_sources arguments(std::vector<std::string> all) {
  troupe::config_sources out;
  out.arguments = std::move(all);
  return out;
}

/// The sources of an environment.
inline troupe::config_sources environment(std::vector<std::pair<std::string, std::string>> all) {
  troupe::config_sources out;
  out.environment = std::move(all);
  return out;
}

/// The mistakes of these sources, none if there are none.
inline std::vector<std::string> mistakes(const troupe::config_sources& sources,
                                         const troupe::config_schema& schema = kv_schema()) {
  const auto parsed = troupe::parse_config(sources, schema);
  return parsed ? std::vector<std::string>{} : parsed.error().lines;
}

/// The only mistake of these sources; all of them in brackets if there is not exactly one.
inline std::string mistake(const troupe::config_sources& sources,
                           const troupe::config_schema& schema = kv_schema()) {
  const auto lines = mistakes(sources, schema);
  if (lines.size() == 1) return lines.front();
  std::string out = "[";
  for (const auto& line : lines) out += line + '|';
  return out + ']';
}

/// The configuration of these sources; throws if they have mistakes.
inline troupe::config parsed(const troupe::config_sources& sources,
                             const troupe::config_schema& schema = kv_schema()) {
  return troupe::parse_config(sources, schema).value();
}

}  // namespace config_test
