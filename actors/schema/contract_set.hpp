// What a program understands, as data: actors, the messages they accept, the types inside those. It is a message itself,
// so its file is the JSON form of a contract and grows by rule C2.
//
// Rules
//  CS1 Lists of actors, messages and types are ordered by name, fields and values as they were declared: the same
//      contracts give the same text, whatever order they were named in.
//  CS2 A wire name belongs to one type. Two types that claim one are an error (`errc::invalid`) that names both.
//  CS3 Only what crosses a node boundary counts: a message without a codec is listed as local, an actor's C++ name is
//      for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/contract/contract.hpp>
#include <vector>

namespace troupe::schema {

/// What kind of type a contract is of.
enum class type_kind : std::uint8_t {
  record = 1,      ///< a struct
  enumeration = 2  ///< an enum
};
TROUPE_CONTRACT_ENUM(type_kind, "troupe.schema.type_kind", record, enumeration)

/// A field of a struct or a value of an enum.
struct field {
  std::string name;                    ///< as in C++
  std::string type;                    ///< of a field: its wire spelling, `list<string>`; of a value: empty
  std::int64_t number = 0;             ///< of a field: its place, from 1; of a value: its number
  std::optional<std::string> initial;  ///< of a field: the JSON of its initialiser, unless that is long
  friend bool operator==(const field&, const field&) = default;
};
TROUPE_CONTRACT(field, "troupe.schema.field", 1, name, type, number, initial)

/// A type with a contract.
struct type {
  std::string name;                    ///< its wire name (C1)
  type_kind kind = type_kind::record;  ///< struct or enum
  std::uint32_t version = 0;           ///< of a struct (C2); of an enum 0
  std::string underlying;              ///< of an enum: the integer it is on the wire; of a struct: empty
  std::string schema;                  ///< `schema_hash` in hexadecimal
  std::vector<field> fields;           ///< in their order
  friend bool operator==(const type&, const type&) = default;
};
TROUPE_CONTRACT(type, "troupe.schema.type", 1, name, kind, version, underlying, schema, fields)

/// A message that somebody accepts.
struct message {
  std::string name;    ///< its wire name or spelling; its C++ name when it is local
  std::string reply;   ///< the same of its reply; `unit` when it has none
  std::string hash;    ///< `message_type::hash` in hexadecimal: what it is called on the wire
  std::string schema;  ///< `schema_hash` in hexadecimal
  bool local = false;  ///< it has no codec and can't leave its process (CS3)
  friend bool operator==(const message&, const message&) = default;
};
TROUPE_CONTRACT(message, "troupe.schema.message", 1, name, reply, hash, schema, local)

/// An actor class and the names of what it accepts.
struct actor {
  std::string name;                   ///< its C++ name (CS3)
  std::vector<std::string> messages;  ///< in order of name (CS1)
  friend bool operator==(const actor&, const actor&) = default;
};
TROUPE_CONTRACT(actor, "troupe.schema.actor", 1, name, messages)

/// Everything a program understands.
struct contract_set {
  std::uint32_t format = 1;       ///< of this description; a reader refuses a later one
  std::vector<actor> actors;      ///< ordered by name (CS1)
  std::vector<message> messages;  ///< ordered by name (CS1)
  std::vector<type> types;        ///< what is inside the messages and replies, ordered by name (CS1)
  friend bool operator==(const contract_set&, const contract_set&) = default;
};
TROUPE_CONTRACT(contract_set, "troupe.schema.contracts", 1, format, actors, messages, types)

/// The type, message or actor with that name; null when there is none.
template <class T>
const T* find(const std::vector<T>& in, std::string_view name) noexcept {
  for (const T& each : in)
    if (each.name == name) return &each;
  return nullptr;
}

/// The file of a set: indented JSON, one line at its end.
std::string to_text(const contract_set& set);

/// The set of a file. `errc::decode_error` with the place when it is not one, `errc::invalid` when it has a name twice or
/// is of a later format.
result<contract_set> from_text(std::string_view text);

}  // namespace troupe::schema
