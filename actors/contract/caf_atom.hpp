// Messages that CAF programs write without a struct: an atom that says what it is, and the values.
//
//     struct sum { std::int32_t a, b; using reply = std::int32_t; };
//     TROUPE_CONTRACT(sum, "calc.sum", 1, a, b)
//     TROUPE_CAF_ATOM(sum, "add")       // in CAF: (caf::atom("add"), int32_t, int32_t), so self->request(h, t, add_atom::value, 1, 2)
//
// Rules
//  AT1 It goes to every CAF actor, of this process or of a CAF peer, as the atom with the fields behind it, and comes from there so, and no
//      longer as a struct. Between troupe nodes nothing changes.
//  AT2 An element is what CAF has for the field: integers by size and sign, strings, and what else CAF has built in. A field of another type
//      arrives as exactly that type, so at a CAF peer only where CAF was told of it.
//  AT3 The macro stands behind the contract, at global scope, in the same header: whoever sends the message must have seen it.
#pragma once

#include <cstddef>
#include <new>
#include <string_view>
#include <troupe/contract/message_type_of.hpp>
#include <type_traits>
#include <utility>

namespace troupe::detail {

/// Makes `to` a message of one atom.
void put_atom(std::string_view atom, caf::message& to);
/// Adds a copy of the value at `at` to it.
void add_element(const caf_operations& ops, const void* at, caf::message& to);
/// Whether `from` is that atom and `fields` elements.
bool is_atom_with(std::string_view atom, std::size_t fields, const caf::type_erased_tuple& from);
/// The element at that place if it is of that type, else null.
const void* element_at(const caf_operations& ops, std::size_t place, const caf::type_erased_tuple& from);

/// An atom of CAF's is 1 to 10 of these.
constexpr bool is_caf_atom(std::string_view name) noexcept {
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != ' ') return false;
  }
  return !name.empty() && name.size() <= 10;
}

/// What `to_caf` of such a type does (AT1).
template <class M>
void put_elements(std::string_view atom, const M& from, caf::message& to) {
  put_atom(atom, to);
  for_each_field(from, [&](std::string_view, const auto& field) {
    using field_t = std::remove_cvref_t<decltype(field)>;
    using form = typename caf_form<field_t>::type;
    static_assert(caf_copyable<field_t>,
                  "troupe: a field that can't be copied can't be an element of a CAF message");
    if constexpr (std::is_same_v<form, field_t>) {
      add_element(caf_operations_of<form>(), &field, to);
    } else {
      const form as = static_cast<form>(field);
      add_element(caf_operations_of<form>(), &as, to);
    }
  });
}

/// What `from_caf` of such a type does (AT1): false, and nothing constructed, for another message.
template <class M>
bool take_elements(std::string_view atom, void* at, const caf::type_erased_tuple& from) {
  if (!is_atom_with(atom, contract_of<M>.fields.size(), from)) return false;
  M made{};
  bool all = true;
  std::size_t place = 0;
  for_each_field(made, [&](std::string_view, auto& field) {
    using field_t = std::remove_cvref_t<decltype(field)>;
    using form = typename caf_form<field_t>::type;
    const void* const there = element_at(caf_operations_of<form>(), ++place, from);
    if (there)
      field = static_cast<field_t>(*static_cast<const form*>(there));
    else
      all = false;
  });
  if (all) ::new (at) M(std::move(made));
  return all;
}

}  // namespace troupe::detail

/// `TROUPE_CAF_ATOM(type, "atom")`: CAF actors know messages of this type, which has a contract, as the atom and the fields (AT1-AT3). At global
/// scope, without a semicolon.
#define TROUPE_CAF_ATOM(type, atom)                                                                       \
  static_assert(::troupe::contracted_struct<type>,                                                        \
                "troupe: TROUPE_CAF_ATOM stands behind the type's contract");                             \
  static_assert(::troupe::detail::is_caf_atom(atom),                                                      \
                "troupe: an atom of CAF's is 1 to 10 letters, digits, spaces and '_'");                   \
  template <>                                                                                             \
  inline void troupe::detail::message_functions<type>::to_caf(const void* at, caf::message& to) {         \
    put_elements<type>(atom, *static_cast<const type*>(at), to);                                          \
  }                                                                                                       \
  template <>                                                                                             \
  inline bool troupe::detail::message_functions<type>::from_caf(void* at, caf::type_erased_tuple& from) { \
    return take_elements<type>(atom, at, from);                                                           \
  }
