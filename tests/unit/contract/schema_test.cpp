#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <string>
#include <troupe/contract/contract.hpp>
#include <vector>

#include "everything.hpp"

namespace contract_schema_test {

// Each namespace holds the same message with one thing changed.
#define ORDER(space, wire_name, version, enum_values, field_type, field_name) \
  namespace space {                                                           \
  enum class kind : std::uint8_t { a, b, c };                                 \
  TROUPE_CONTRACT_ENUM(kind, "schema.kind", enum_values)                      \
  struct line {                                                               \
    field_type field_name{};                                                  \
    kind what{};                                                              \
  };                                                                          \
  TROUPE_CONTRACT(line, "schema.line", 1, field_name, what)                   \
  struct order {                                                              \
    std::vector<line> lines;                                                  \
  };                                                                          \
  TROUPE_CONTRACT(order, wire_name, version, lines)                           \
  }

ORDER(same, "schema.order", 1, a, std::int32_t, amount)
ORDER(twin, "schema.order", 1, a, std::int32_t, amount)
ORDER(other_name, "schema.orders", 1, a, std::int32_t, amount)
ORDER(other_version, "schema.order", 2, a, std::int32_t, amount)
ORDER(other_value, "schema.order", 1, b, std::int32_t, amount)
ORDER(other_type, "schema.order", 1, a, std::int64_t, amount)
ORDER(other_field, "schema.order", 1, a, std::int32_t, count)

namespace loops {
struct a;
struct b {
  std::vector<a> as;
};
struct a {
  std::vector<b> bs;
  int x = 0;
};
TROUPE_CONTRACT(a, "loops.a", 1, bs, x)
TROUPE_CONTRACT(b, "loops.b", 1, as)
}  // namespace loops

static_assert(troupe::schema_hash<same::order>() == troupe::schema_hash<twin::order>());
static_assert(troupe::schema_hash<loops::a>() != troupe::schema_hash<loops::b>());
static_assert(troupe::type_name_of<std::vector<std::optional<kinds::point>>> ==
              "list<optional<kinds.point>>");
static_assert(troupe::cpp_type_name<kinds::point> == "kinds::point");
static_assert(troupe::cpp_type_name<int> == "int");

TEST_CASE("a schema's hash changes with every name, version, field, type and value below it") {
  const std::set<std::uint64_t> hashes{
      troupe::schema_hash<same::order>(),          troupe::schema_hash<other_name::order>(),
      troupe::schema_hash<other_version::order>(), troupe::schema_hash<other_value::order>(),
      troupe::schema_hash<other_type::order>(),    troupe::schema_hash<other_field::order>()};
  CHECK(hashes.size() == 6);
}

TEST_CASE("K3: a schema's hash never changes") {
  CHECK(troupe::schema_hash<kinds::point>() == troupe::stable_hash("kinds.point/1{x:f64;y:f64;}"));
  CHECK(troupe::schema_hash<kinds::tree>() ==
        troupe::stable_hash("kinds.tree/3{value:u32;children:list<kinds.tree>;}"));
  CHECK(troupe::schema_hash<kinds::colour>() ==
        troupe::stable_hash("kinds.colour=i8{red:18446744073709551615;green:0;blue:5;}"));
  CHECK(troupe::schema_hash<std::vector<kinds::point>>() ==
        troupe::stable_hash("list<kinds.point/1{x:f64;y:f64;}>"));
  CHECK(troupe::schema_hash<loops::b>() ==
        troupe::stable_hash("loops.b/1{as:list<loops.a/1{bs:list<loops.b>;x:i32;}>;}"));
}

TEST_CASE("wire spellings do not depend on the compiler") {
  CHECK(troupe::type_name_of<std::unordered_map<std::int32_t, std::set<char>>> == "map<i32,set<char>>");
  CHECK(troupe::type_name_of<std::pair<float, std::array<std::uint8_t, 12>>> == "tuple<f32,array<u8,12>>");
  CHECK(troupe::type_name_of<std::variant<std::monostate, bool, std::byte>> == "variant<nothing,bool,byte>");
  CHECK(troupe::type_name_of<std::tuple<>> == "tuple<>");
  CHECK(troupe::type_name_of<troupe::error> == "troupe.error");
  CHECK(troupe::type_name_of<std::chrono::sys_time<std::chrono::hours>> == "time<duration<i64,3600/1>>");
  CHECK(troupe::type_name_of<unsigned long long> == troupe::type_name_of<std::uint64_t>);
}

TEST_CASE("describe lists a struct's fields with their types") {
  const auto d = troupe::describe<kinds::tree>();
  CHECK(d.name == "kinds.tree");
  CHECK(d.version == 3);
  CHECK(d.hash == troupe::message_type_of<kinds::tree>.hash);
  CHECK(d.schema == troupe::schema_hash<kinds::tree>());
  CHECK(d.encodable);
  REQUIRE(d.fields.size() == 2);
  CHECK(d.fields[1].name == "children");
  CHECK(d.fields[1].type == "list<kinds.tree>");
}

TEST_CASE("describe lists an enum's values, and says what has no contract") {
  const auto d = troupe::describe<kinds::colour>();
  REQUIRE(d.fields.size() == 3);
  CHECK(d.fields[0].name == "red");
  CHECK(d.fields[0].number == -1);
  CHECK(d.fields[0].type == "kinds.colour");
  const auto text = troupe::describe<std::string>();
  CHECK(text.encodable);
  CHECK(text.version == 0);
  CHECK(text.fields.empty());
  CHECK_FALSE(troupe::describe<const char*>().encodable);
}

}  // namespace contract_schema_test
