// A message under way: a small header and the payload right behind it, in one block of memory.
//
// Rules
//  E1 The payload is constructed behind the header and moved from there; its type descriptor knows how.
//  E2 An envelope has one owner. Destroying it destroys the payload; if it still carries a reply slot, that is
//     settled with `broken_promise` (RS3).
//  E3 Blocks come from a cache of the calling thread and go back to the cache of the thread that frees them; a
//     cache keeps at most `cached_max` blocks of a size, the rest goes back to the allocator, so nothing grows
//     without bound.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <troupe/engine/message_type.hpp>
#include <troupe/engine/reply_slot.hpp>
#include <utility>

namespace troupe::engine {

/// What is rare: present only when the context has it (M6).
struct envelope_options {
  time_point deadline = never;   ///< expired asks are dropped before they are run
  std::uint64_t trace_high = 0;  ///< trace id, W3C trace context
  std::uint64_t trace_low = 0;
};

/// The header. The payload begins at `payload()`.
struct envelope {
  std::atomic<envelope*> next{nullptr};  ///< the mailbox's link
  const message_type* type = nullptr;    ///< null once the payload has been moved out
  reply_slot_ptr reply;                  ///< set for an ask that is not answered yet
  std::unique_ptr<envelope_options> options;
  std::uint64_t cause =
      0;  ///< id of the turn that sent it: sender's id and its turn, for tracing a failure back
  std::uint32_t block_size = 0;  ///< size class of the block (E3)
  std::uint16_t retries = 0;     ///< how often it was run and put back (S7)
  bool counted = true;           ///< whether it counts as a user message (M9: `terminated` does not)

  /// The payload's place.
  void* payload() noexcept;
  /// The payload's place.
  const void* payload() const noexcept;

  /// The payload as a `T`. REQUIRES: it is one.
  template <class T>
  T& as() noexcept {
    return *std::launder(static_cast<T*>(payload()));
  }

  /// When it expires; `never` without a deadline.
  time_point deadline() const noexcept { return options ? options->deadline : never; }
};

/// Alignment of an envelope and of its payload: the strictest a message type may ask for.
inline constexpr std::size_t envelope_alignment = 16;
/// Where the payload begins.
inline constexpr std::size_t envelope_header_size =
    (sizeof(envelope) + envelope_alignment - 1) / envelope_alignment * envelope_alignment;

inline void* envelope::payload() noexcept {
  return reinterpret_cast<std::byte*>(this) + envelope_header_size;
}
inline const void* envelope::payload() const noexcept {
  return reinterpret_cast<const std::byte*>(this) + envelope_header_size;
}

/// An envelope with room for a payload of `type`, which is not constructed yet (`type` of the envelope stays
/// null).
envelope_ptr allocate_envelope(const message_type& type);

/// An envelope that holds a `T` made of `args`, described by `type`.
template <class T, class... Args>
envelope_ptr make_envelope(const message_type& type, Args&&... args) {
  envelope_ptr e = allocate_envelope(type);
  ::new (e->payload()) T{std::forward<Args>(args)...};
  e->type = &type;
  return e;
}

}  // namespace troupe::engine
