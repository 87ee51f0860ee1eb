// Who a node is, as the handshake tells it (R2).
#pragma once

#include <cstdint>
#include <string>
#include <troupe/base/limits.hpp>
#include <troupe/base/units.hpp>

namespace troupe {

/// A node as its peers know it. A value; not thread-safe.
struct node_identity {
  std::string name = {};                                         ///< 1 to 255 bytes, no control characters
  std::uint64_t incarnation = 0;                                 ///< random, drawn once a run
  std::uint64_t capabilities = 0;                                ///< optional parts of the grammar it has
  duration heartbeat_interval = std::chrono::milliseconds{500};  ///< wants to hear something this often
  std::uint64_t message_max = limits::frame_bytes_max;           ///< takes messages up to this size, in bytes

  friend bool operator==(const node_identity&, const node_identity&) = default;
};

}  // namespace troupe
