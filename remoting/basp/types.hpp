// The messages that may go to and come from CAF peers. CAF knows a message by a name that both programs must use; troupe's messages have one:
// that of their contract.
//
//     troupe::basp_types types;
//     types.protocol<ledger>();              // all that a ledger understands and answers with, where it has a contract
//     types.add<bank::receipt>();            // one more
//     types.add<bank::balance>("balance");   // as the other program calls it
//
// The CAF program has the same structs, its fields in the same order, and says `add_message_type<deposit>("bank.deposit")`.
//
// Rules
//  BT1 What CAF writes of such a message is what CAF's own `inspect(f, x.a, x.b)` over the same fields would write (caf_fields.hpp). The
//      contract's version does not travel: both programs have the same fields.
//  BT2 Numbers, strings and what else CAF has names for itself need not be announced.
//  BT3 One type has one name, and one name is one type.
#pragma once

#include <caf/type_erased_value.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <troupe/basp/announcing.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/ref/protocol.hpp>
#include <type_traits>
#include <typeindex>
#include <vector>

namespace caf {
class actor_system_config;
}  // namespace caf

namespace troupe {

/// See above (BT1-BT3). A value.
class basp_types {
 public:
  /// A type as CAF is told of it.
  struct entry {
    std::string name;                                  ///< what both programs call it
    std::type_index type;                              ///< what it is here
    std::function<caf::type_erased_value_ptr()> make;  ///< makes a value of it
  };

  /// Announces `M`, under its contract's name or `name`. The same again changes nothing. Throws `failed` with `invalid` for a name that
  /// CAF can't have, and with `already_exists` where BT3 does not hold.
  template <class M>
  basp_types& add(std::string_view name = type_name_of<M>) {
    static_assert(contracted_struct<M>,
                  "troupe: a message that goes to CAF peers has a contract; for other types use "
                  "basp_options::configure and CAF's add_message_type");
    static_assert(!contracted_struct<M> || caf_copyable<M>,
                  "troupe: CAF copies messages, and this one can't be copied (troupe::caf_copyable)");
    if constexpr (contracted_struct<M> && caf_copyable<M>)
      put({std::string{name}, typeid(M),
           [] { return caf::type_erased_value_ptr{new detail::announced<M>}; }});
    return *this;
  }

  /// Announces the messages of an actor class, or of a list of messages, and what they are answered with: those that have a contract.
  template <class... Ts>
  basp_types& protocol() {
    add_all(protocol_of<Ts...>{});
    return *this;
  }

  /// All of them, in the order they were added.
  const std::vector<entry>& all() const noexcept { return all_; }

  /// Tells CAF of them. Before its system is made.
  void announce(caf::actor_system_config& to) const;

 private:
  template <class M>
  void add_if_possible() {
    if constexpr (contracted_struct<M> && caf_copyable<M>) {
      const std::type_index type{typeid(M)};
      for (const auto& known : all_)
        if (known.type == type) return;  // perhaps by another name
      add<M>();
    }
  }
  template <class... Ms>
  void add_all(messages<Ms...>) {
    (add_if_possible<Ms>(), ...);
    (add_if_possible<reply_of<Ms>>(), ...);
  }
  void put(entry one);

  std::vector<entry> all_;
};

}  // namespace troupe
