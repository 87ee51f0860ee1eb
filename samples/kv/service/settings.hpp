// The keys of a kv node's configuration.
#pragma once

#include <string>
#include <troupe/sqlite/options.hpp>
#include <troupe/troupe.hpp>

namespace kv {

/// What can be set about the service.
struct settings {
  troupe::port::endpoint listen;                                          ///< `kv.listen`
  std::string directory;                                                  ///< `kv.directory`
  troupe::sqlite::durability durable = troupe::sqlite::durability::full;  ///< `kv.durability`
  troupe::duration request_timeout = troupe::seconds{5};                  ///< `kv.request_timeout`
  std::size_t clients_max = 20'000;                                       ///< `kv.clients_max`
  std::size_t value_bytes_max = 1u << 20;                                 ///< `kv.value_bytes_max`
  std::size_t pipeline_max = 128;                                         ///< `kv.pipeline_max`
  std::uint32_t restart_intensity = 50;                                   ///< `kv.restart_intensity`
  troupe::duration restart_period = troupe::seconds{5};                   ///< `kv.restart_period`

  /// The keys, with those of the node.
  static troupe::config_schema schema();
  /// Reads them.
  static settings from(const troupe::config& c);
};

}  // namespace kv
