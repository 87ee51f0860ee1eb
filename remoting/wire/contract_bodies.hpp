// What nodes say of their contracts when they meet (docs/wire.md). The rules are those of bodies.hpp (W1, W2).
//
// Rules
//  W9 Right behind the welcome who was dialled says the digest of his contracts, where both can compare. Who dialled may want the list, once, and
//     says nothing else before he has it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/wire/frame.hpp>

namespace troupe::wire {

/// The digest of the contracts of who was dialled (agreement.hpp, AG3).
struct contracts {
  std::uint64_t digest = 0;  ///< 0: it does not say which it has

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<contracts> decode(std::string_view body);
  friend bool operator==(const contracts&, const contracts&) = default;
};

/// Who dialled wants the list of them.
struct contracts_wanted {
  /// Appends the frame, which has no body.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<contracts_wanted> decode(std::string_view body);
  friend bool operator==(const contracts_wanted&, const contracts_wanted&) = default;
};

/// The list: a `troupe.schema.contracts` in its binary form. A view (W2).
struct contract_list {
  std::string_view set = {};

  /// Appends the frame. Errors as `frame_builder::close`.
  result<std::size_t> encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none. The set is not looked at.
  static result<contract_list> decode(std::string_view body);
  friend bool operator==(const contract_list&, const contract_list&) = default;
};

}  // namespace troupe::wire
