// The accepting side of the handshake: who is let in, and what a stranger may cost until then (R6).
//
// Rules
//  H1 The first frame is a hello, or the handshake is over. Nothing is dispatched before it is admitted.
//  H2 The checks run in a fixed order, the cheapest proof of a stranger first, and the first that fails is
//     the answer.
//  H3 Bytes and time are counted from the moment the connection was accepted.
//
// Pure: time is an argument. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <troupe/base/limits.hpp>
#include <troupe/base/units.hpp>
#include <troupe/link/node_identity.hpp>
#include <troupe/wire/bodies.hpp>
#include <variant>

namespace troupe {

/// What a peer may cost before it has proved who it is (R6).
struct handshake_limits {
  std::size_t bytes = limits::handshake_bytes_max;
  duration time = limits::handshake_time_max;

  friend bool operator==(const handshake_limits&, const handshake_limits&) = default;
};

/// A peer that is let in, and the welcome to send.
struct admission {
  wire::hello peer;
  wire::welcome answer;

  friend bool operator==(const admission&, const admission&) = default;
};

/// The answer to a hello: let in, or a reject to send before the stream is closed.
using handshake_answer = std::variant<admission, wire::reject>;

/// Whether that incarnation of that node is known to have been replaced (`link_state::is_replaced`).
using replaced_query = std::function<bool(std::string_view node, std::uint64_t incarnation)>;

/// Why whoever is there may not be that node (proof.hpp); empty when it may.
using proof_query = std::function<std::string(std::string_view node)>;

/// Judges a hello (H2): magic, version, whether its name is proved, own name, target, heartbeat, then whether it was replaced. An empty
/// `is_replaced` knows of none, an empty `objection` believes all. Thread-safe.
handshake_answer judge_hello(const node_identity& self, const wire::hello& theirs,
                             const replaced_query& is_replaced = {}, const proof_query& objection = {});

/// One accepted connection until it is admitted or rejected. Not thread-safe.
class handshake_guard {
 public:
  /// A connection that was accepted at `accepted_at`. `self` must outlive it.
  handshake_guard(const node_identity& self, time_point accepted_at, handshake_limits limits = {})
      : self_(&self),
        deadline_(after(accepted_at, limits.time)),
        bytes_left_(limits.bytes),
        limits_(limits) {}

  /// When it must be admitted; ask `on_time` then.
  time_point deadline() const noexcept { return deadline_; }

  /// Whether nothing has been read from it yet.
  bool is_untouched() const noexcept { return bytes_left_ == limits_.bytes; }

  /// How much may still be read from it.
  std::size_t bytes_left() const noexcept { return bytes_left_; }

  /// `n` bytes were read. A reject with `overloaded` when that is more than was left.
  std::optional<wire::reject> on_bytes(std::size_t n);

  /// A reject with `timeout` from the deadline on.
  std::optional<wire::reject> on_time(time_point now) const;

  /// The first frame has arrived (H1). The admission copies what it keeps.
  handshake_answer on_frame(const wire::frame& first, const replaced_query& is_replaced = {},
                            const proof_query& objection = {}) const;

 private:
  const node_identity* self_;
  time_point deadline_;
  std::size_t bytes_left_;
  handshake_limits limits_;
};

}  // namespace troupe
