// Finds the contracts behind actor classes and messages, and prints them.
//
//   int main(int argc, char** argv) {
//     if (argc == 2 && std::string_view{argv[1]} == "--contracts")
//       return std::cout << troupe::contracts_json<bank::ledger, bank::audit>(), 0;
//     ...
//   }
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/json/json.hpp>
#include <troupe/schema/contract_set.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

namespace detail {

/// `0x` and 16 digits.
std::string hexadecimal(std::uint64_t v);

/// Carries a list of messages.
template <class List>
struct protocol_tag {};

/// Collects contracts. It is a sink for spellings (`spell_type`): what it is interested in is the types they mention.
class contract_collector : public number_sink<contract_collector> {
 public:
  /// Adds an actor class with its messages, or one message.
  template <class T>
  void add() {
    if constexpr (requires { typename T::protocol; })
      add_actor(cpp_type_name<T>, protocol_tag<typename T::protocol>{});
    else
      static_cast<void>(add_message<T>());
  }

  /// The set, in order (CS1).
  schema::contract_set finish() &&;

  /// A sink's text, which says nothing here.
  void text(std::string_view) {}

  /// A type that a spelling mentions: added when it has a contract, with what is inside it.
  template <class T>
  void type() {
    spell_type<T>(*this);
    if constexpr (contracted<T>)
      if (begin_type(contract_of<T>.name, cpp_type_name<T>, schema_hash<T>())) add_type<T>(contract_of<T>);
  }

 private:
  template <template <class...> class List, class... Ms>
  void add_actor(std::string_view name, protocol_tag<List<Ms...>>) {
    schema::actor made{std::string{name}, {add_message<Ms>()...}};
    put_actor(std::move(made));
  }

  template <class M>
  std::string add_message() {
    schema::message made{std::string{type_name_of<M>}, std::string{type_name_of<unit>},
                         hexadecimal(type_hash_of<M>), hexadecimal(schema_hash<M>()), !encodable<M>};
    type<M>();
    if constexpr (requires { typename M::reply; }) {
      made.reply = type_name_of<typename M::reply>;
      type<typename M::reply>();
    }
    std::string name = made.name;
    put_message(std::move(made));
    return name;
  }

  template <class T, auto... Members>
  void add_type(const contract<T, Members...>& c) {
    schema::type made{
        std::string{c.name}, schema::type_kind::record, c.version, {}, hexadecimal(schema_hash<T>()), {}};
    const T initial{};
    std::int64_t place = 0;
    for_each_field(initial, [&]<class F>(std::string_view name, const F& value) {
      made.fields.push_back({std::string{name}, std::string{type_name_of<F>}, ++place, initial_text(value)});
    });
    put_type(std::move(made));
    (type<std::remove_cvref_t<decltype(std::declval<T&>().*Members)>>(), ...);
  }

  template <class E, std::size_t N>
  void add_type(const enum_contract<E, N>& c) {
    schema::type made{std::string{c.name},
                      schema::type_kind::enumeration,
                      0,
                      std::string{type_name_of<std::underlying_type_t<E>>},
                      hexadecimal(schema_hash<E>()),
                      {}};
    for (const auto& known : c.values)
      made.fields.push_back({std::string{known.name}, {}, static_cast<std::int64_t>(known.value), {}});
    put_type(std::move(made));
  }

  template <class F>
  static std::optional<std::string> initial_text(const F& value) {
    constexpr std::size_t bytes_max = 256;
    if constexpr (encodable<F>)
      if (std::string text = to_json(value); text.size() <= bytes_max) return text;
    return std::nullopt;
  }

  // True when the type is new. Throws for a name that another type has (CS2).
  bool begin_type(std::string_view name, std::string_view cpp_name, std::uint64_t schema);
  void put_type(schema::type made) { set_.types.push_back(std::move(made)); }
  void put_message(schema::message made);
  void put_actor(schema::actor made);

  /// Who has claimed a wire name.
  struct claim {
    std::string_view name;
    std::string_view cpp_name;
    std::uint64_t schema;
  };

  schema::contract_set set_;
  std::vector<claim> claims_;
};

}  // namespace detail

/// The contracts of actor classes and messages, with all that is inside them. Each `T` is an actor class (it has a
/// `protocol`) or a message. Throws `failed` with `errc::invalid` when two types claim one wire name (CS2). Makes one
/// value of each struct, to see its initialisers. Thread-safe.
template <class... Ts>
schema::contract_set contracts() {
  detail::contract_collector all;
  (all.template add<Ts>(), ...);
  return std::move(all).finish();
}

/// The same as indented JSON, for a file that `troupe_contract diff` compares with a later one.
template <class... Ts>
std::string contracts_json() {
  return schema::to_text(contracts<Ts...>());
}

}  // namespace troupe
