// The body of a probe: a walk along asks that wait for each other, on its way to another node (M7, cell/far_probe.hpp). Pure; rules as in
// bodies.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/wire/frame.hpp>
#include <vector>

namespace troupe::wire {

/// Most waits in a probe.
inline constexpr std::size_t probe_waits_max = 64;

/// Most times that a probe goes from one node to another.
inline constexpr std::size_t probe_hops_max = 4 * probe_waits_max;

/// Longest text in a wait, in bytes. A longer one is cut when it is encoded, and refused when it is decoded.
inline constexpr std::size_t probe_text_bytes_max = 256;

/// A wait that was passed.
struct probe_wait {
  std::string node = {};     ///< the name of the node that it is on
  std::uint64_t run = 0;     ///< the incarnation of that node
  std::uint64_t actor = 0;   ///< the number of the actor that waits
  std::uint64_t number = 0;  ///< the number of the wait
  std::uint64_t seal = 0;    ///< what its node knows it by; means nothing to others
  bool unbegun = false;      ///< the request that it waits for has not been begun with
  std::string path = {};     ///< of the actor that waits, for people
  std::string message = {};  ///< the type of that request, for people; empty: not known yet

  friend bool operator==(const probe_wait&, const probe_wait&) = default;
};

/// Follows the ask of that request.
struct probe {
  std::uint64_t request = 0;  ///< an ask's, on this stream
  std::uint64_t passed = 0;   ///< waits passed since they are known to be a cycle; 0: it looks for one
  std::uint64_t hops = 0;     ///< nodes it has been sent to before
  std::vector<probe_wait> waits = {};  ///< 1 to `probe_waits_max`; `passed` is less than twice as many

  /// Appends the frame. REQUIRES: numbers and names keep their bounds.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<probe> decode(std::string_view body);
  friend bool operator==(const probe&, const probe&) = default;
};

static_assert(probe_waits_max * (limits::name_bytes_max + 2 * probe_text_bytes_max + 64) + 64 <
                  limits::frame_bytes_max,
              "a probe fits a frame");

}  // namespace troupe::wire
