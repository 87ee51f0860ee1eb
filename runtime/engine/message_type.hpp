// What the engine knows of a message's type: how to move it, destroy it, and, where it has a contract, how to
// code it. A descriptor is constant-initialised and its address is the type's identity inside this process:
// the one process-wide table there is. `actors/contract` makes them; the engine only
// follows the pointers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <troupe/base/bytes.hpp>

namespace caf {
class message;
class type_erased_tuple;
}  // namespace caf

namespace troupe {

class bounded_text;

/// The descriptor of a message type. Function pointers may be null where the type can't do that.
struct message_type {
  std::string_view name;  ///< its contract's wire name, or the C++ name where it has none
  std::uint64_t hash;     ///< stable hash of the wire name; 0 without a contract
  std::uint32_t size;     ///< sizeof
  std::uint32_t align;    ///< alignof

  /// Move-constructs at `to` from `from` and destroys `from`.
  void (*relocate)(void* to, void* from) noexcept;
  /// Destroys in place. Null: there is nothing to do.
  void (*destroy)(void* at) noexcept;
  /// Appends the binary form. Null: the type has no contract and can't leave the process.
  void (*encode)(const void* at, byte_writer& to);
  /// Constructs at `at` from the binary form. False, and nothing constructed, when `from` is not one.
  bool (*decode)(void* at, byte_reader& from);
  /// Makes a CAF message of it. Null: not copyable, so it can't go to a plain CAF actor.
  void (*to_caf)(const void* at, caf::message& to);
  /// Constructs at `at` from a CAF message's content. False when the content is something else.
  bool (*from_caf)(void* at, caf::type_erased_tuple& from);
  /// Ends the life of what is at `at`.
  void end(void* at) const noexcept {
    if (destroy) destroy(at);
  }
  /// The type of its reply; null for a message that has none.
  const message_type* reply = nullptr;
  /// Appends its content as text for people. Null: there is nothing to show but the name.
  void (*print)(const void* at, bounded_text& to) = nullptr;
};

}  // namespace troupe
