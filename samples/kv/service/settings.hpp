// The keys of a kv node's configuration.
#pragma once

#include <algorithm>
#include <string>
#include <troupe/base/limits.hpp>
#include <troupe/sqlite/options.hpp>
#include <troupe/troupe.hpp>

namespace kv {

/// The largest `kv.value_bytes_max` there may be.
inline constexpr std::size_t value_bytes_cap = 16u << 20;
/// The most that one request, or the values of one reply, take in any configuration.
inline constexpr std::size_t command_bytes_cap = 32u << 20;

static_assert(value_bytes_cap <= command_bytes_cap / 2, "SET with the largest key and value is a command");
static_assert(
    command_bytes_cap <= troupe::limits::frame_bytes_max / 2,
    "what works on one node works between two: any request and any reply fits into a frame, whatever the "
    "lengths in front of its keys and values take");

/// What can be set about the service.
struct settings {
  troupe::port::endpoint listen;                                          ///< `kv.listen`
  std::string directory;                                                  ///< `kv.directory`
  troupe::sqlite::durability durable = troupe::sqlite::durability::full;  ///< `kv.durability`
  troupe::duration request_timeout = troupe::seconds{5};                  ///< `kv.request_timeout`
  std::size_t clients_max = 20'000;                                       ///< `kv.clients_max`
  std::size_t value_bytes_max = 1u << 20;                                 ///< `kv.value_bytes_max`
  std::size_t pipeline_max = 128;                                         ///< `kv.pipeline_max`
  std::size_t pipeline_bytes_max = 4u << 20;                              ///< `kv.pipeline_bytes_max`
  std::size_t request_bytes_max = 256u << 20;                             ///< `kv.request_bytes_max`
  troupe::duration request_time_max = troupe::seconds{10};                ///< `kv.request_time_max`
  std::uint32_t restart_intensity = 50;                                   ///< `kv.restart_intensity`
  troupe::duration restart_period = troupe::seconds{5};                   ///< `kv.restart_period`

  /// The most bytes one request may have, and the values of one reply: so many that MSET and MGET take a handful of
  /// the largest values.
  std::size_t command_bytes_max() const noexcept {
    return std::clamp<std::size_t>(largest_in_one * value_bytes_max, 1u << 20, command_bytes_cap);
  }
  /// How many of the largest values one request or reply has room for, unless `command_bytes_cap` forbids.
  static constexpr std::size_t largest_in_one = 16;

  /// The keys, with those of the node.
  static troupe::config_schema schema();
  /// Reads them.
  static settings from(const troupe::config& c);
};

}  // namespace kv
