// A message under way: a small header and the payload right behind it, in one block of memory.
//
// Rules
//  E1 The payload is constructed behind the header and moved from there; its type descriptor knows how.
//  E2 An envelope has one owner. Destroying it destroys the payload; if it still carries a reply slot, that is
//     settled with `broken_promise` (RS3).
//  E3 Blocks come from the pool (block_pool.hpp): no allocator, no atomic and no lock on the way of a small message.
//  E4 The header is 40 bytes: one word of payload makes a block of 48, three one of 64. What few messages have lies behind the payload
//     and costs the others nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <troupe/engine/block_pool.hpp>
#include <troupe/engine/message_type.hpp>
#include <troupe/engine/node_word.hpp>
#include <troupe/engine/reply_slot.hpp>
#include <utility>

namespace troupe::engine {

/// The bit of a cause that says it is the number of an actor of another node, which means nothing here.
inline constexpr std::uint64_t cause_elsewhere = std::uint64_t{1} << 63;

/// What is rare: there only when the context has it (M6).
struct envelope_options {
  time_point deadline = never;   ///< an expired message is dropped before it is run
  std::uint64_t trace_high = 0;  ///< trace id, W3C trace context; 0 and 0: there is none
  std::uint64_t trace_low = 0;
  std::uint64_t span = 0;        ///< the span it was sent from
  std::uint8_t trace_flags = 0;  ///< W3C's
  time_point sent = never;  ///< when it was sent, of a message whose time in the mailbox is measured (M8)

  /// Whether it belongs to a trace.
  bool has_trace() const noexcept { return trace_high != 0 || trace_low != 0; }
};

/// The header. The payload begins at `payload()`.
struct envelope {
  envelope* next = nullptr;            ///< the link of the lane it waits in
  const message_type* type = nullptr;  ///< null until the payload is constructed
  reply_slot_ptr reply;                ///< set for an ask that is not answered yet
  std::uint64_t cause = 0;             ///< who sent it (M6): an actor's number; 0: no actor
  std::uint8_t block_class = 0;        ///< of the block (E3)
  std::uint8_t payload_at = 0;         ///< where the payload begins
  std::uint16_t options_at = 0;        ///< where the options begin, in steps of 8 bytes; 0: there are none
  std::uint16_t retries : 15 = 0;      ///< how often it was run and put back (S7)
  std::uint16_t hollow : 1 = 0;        ///< its handler took it by value: what is left must not be shown
  bool counted = true;                 ///< whether it counts as a user message (M9: `terminated` does not)

  /// The payload's place.
  void* payload() noexcept { return reinterpret_cast<std::byte*>(this) + payload_at; }
  /// The payload's place.
  const void* payload() const noexcept { return reinterpret_cast<const std::byte*>(this) + payload_at; }

  /// The payload as a `T`. REQUIRES: it is one.
  template <class T>
  T& as() noexcept;

  /// The rare part, null if it has none.
  envelope_options* options() noexcept {
    return options_at ? std::launder(reinterpret_cast<envelope_options*>(reinterpret_cast<std::byte*>(this) +
                                                                         8u * options_at))
                      : nullptr;
  }

  /// Whether anything about it is rare: options, or that it does not count.
  bool is_special() const noexcept { return options_at != 0 || !counted; }

  /// When it expires: an ask with its slot, a tell with its options; `never` without a deadline.
  time_point deadline() noexcept {
    if (reply) return reply->deadline;
    const envelope_options* const o = options();
    return o ? o->deadline : never;
  }
};

static_assert(sizeof(envelope) == 40, "E4");
static_assert(block_alignment % node_alignment == 0, "envelopes are the nodes of inboxes");

/// The strictest alignment a message type may ask for.
inline constexpr std::size_t envelope_alignment = 16;

/// Where the payload of a type with that alignment, a power of two, begins.
constexpr std::uint8_t payload_offset(std::size_t align) noexcept {
  return static_cast<std::uint8_t>((sizeof(envelope) + align - 1) & ~(align - 1));
}

template <class T>
T& envelope::as() noexcept {
  return *std::launder(reinterpret_cast<T*>(reinterpret_cast<std::byte*>(this) + payload_offset(alignof(T))));
}

namespace detail {
envelope_ptr allocate_unusual(const message_type& type, bool with_options);
}  // namespace detail

/// An envelope with room for a payload of `type`, which is not constructed yet (`type` of the envelope stays
/// null). `with_options`: and for the rare part, which is.
inline envelope_ptr allocate_envelope(const message_type& type, bool with_options = false) {
  const std::size_t payload_at = payload_offset(type.align);
  const std::uint8_t block_class = block_class_of(payload_at + type.size);
  if (with_options || block_class == large_block || type.align > envelope_alignment) [[unlikely]]
    return detail::allocate_unusual(type, with_options);
  envelope_ptr e{::new (allocate_block(block_class)) envelope};
  e->block_class = block_class;
  e->payload_at = static_cast<std::uint8_t>(payload_at);
  return e;
}

/// The same message in an envelope that has options; as it is where its message is too large to have any (512 KiB), or can't be moved.
/// REQUIRES: it is in no mailbox.
envelope_ptr with_options(envelope_ptr e);

/// An envelope that holds a `T` made of `args`, described by `type`.
template <class T, class... Args>
envelope_ptr make_envelope(const message_type& type, Args&&... args) {
  static_assert(alignof(T) <= envelope_alignment, "troupe: a message may be aligned to 16 bytes at most");
  constexpr std::size_t bytes = payload_offset(alignof(T)) + sizeof(T);
  constexpr std::uint8_t block_class = block_class_of(bytes);
  if constexpr (block_class == large_block) {
    envelope_ptr e = allocate_envelope(type);
    ::new (e->payload()) T{std::forward<Args>(args)...};
    e->type = &type;
    return e;
  } else {
    envelope_ptr e{::new (allocate_block(block_class)) envelope};
    e->block_class = block_class;
    e->payload_at = payload_offset(alignof(T));
    ::new (e->payload()) T{std::forward<Args>(args)...};
    e->type = &type;
    return e;
  }
}

inline void envelope_deleter::end_contents(envelope& e) noexcept {
  if (e.reply) [[unlikely]]
    abandon(e);
  if (const message_type* const type = std::exchange(e.type, nullptr)) type->end(e.payload());
}

inline void envelope_deleter::operator()(envelope* e) const noexcept {
  end_contents(*e);
  // What is left of the header is trivial: the slot has just been given up.
  if (e->block_class == large_block) [[unlikely]]
    std::free(e);
  else
    free_block(e, e->block_class);
}

}  // namespace troupe::engine
