#include <doctest/doctest.h>

#include <string>
#include <troupe/contract/contract.hpp>
#include <vector>

namespace contract_declare_test {

namespace shop {

struct empty {};
TROUPE_CONTRACT(empty, "shop.empty", 7)

struct one {
  int only = 1;
};
TROUPE_CONTRACT(one, "shop.one", 1, only)

struct outer {
  enum class mood : int { good = 1, bad = -1 };
  struct inner {
    std::string text;
  };
};
TROUPE_CONTRACT_ENUM(outer::mood, "shop.mood", good, bad)
TROUPE_CONTRACT(outer::inner, "shop.inner", 2, text)

template <class T>
struct box {
  T held{};
};
TROUPE_CONTRACT(box<std::string>, "shop.box-of-text", 1, held)

struct heir : one {
  int more = 2;
};
struct written_heir : one {
  int more = 3;
};
TROUPE_CONTRACT(written_heir, "shop.heir", 1, only, more)

struct wide {
  int a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7, c0, c1, c2, c3, c4, c5, c6, c7, d0, d1,
      d2, d3, d4, d5, d6, d7, e0, e1, e2, e3, e4, e5, e6, e7, f0, f1, f2, f3, f4, f5, f6, f7, g0, g1, g2, g3,
      g4, g5, g6, g7, h0, h1, h2, h3, h4, h5, h6, h7;
};
TROUPE_CONTRACT(wide, "shop.wide", 1, a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7, c0, c1,
                c2, c3, c4, c5, c6, c7, d0, d1, d2, d3, d4, d5, d6, d7, e0, e1, e2, e3, e4, e5, e6, e7, f0,
                f1, f2, f3, f4, f5, f6, f7, g0, g1, g2, g3, g4, g5, g6, g7, h0, h1, h2, h3, h4, h5, h6, h7)

enum old_style : unsigned char { north = 1, south };
TROUPE_CONTRACT_ENUM(old_style, "shop.direction", north, south)

struct plain {
  int x = 0;
};

}  // namespace shop

struct in_no_namespace {
  int x = 0;
  int y = 0;
};
TROUPE_CONTRACT(in_no_namespace, "x", 1, y, x)

namespace {

struct in_anonymous_namespace {
  int x = 4;
};
TROUPE_CONTRACT(in_anonymous_namespace, "test.hidden", 1, x)

using troupe::contract_of;

static_assert(contract_of<shop::empty>.fields.empty());
static_assert(contract_of<shop::empty>.version == 7);
static_assert(contract_of<shop::one>.fields[0] == "only");
static_assert(contract_of<shop::wide>.fields.size() == 64);
static_assert(contract_of<shop::wide>.fields[63] == "h7");
static_assert(contract_of<shop::outer::inner>.version == 2);
static_assert(contract_of<shop::box<std::string>>.name == "shop.box-of-text");
static_assert(contract_of<in_no_namespace>.fields[0] == "y", "wire order is the order of the macro");
static_assert(contract_of<in_anonymous_namespace>.fields[0] == "x");

static_assert(!troupe::contracted<shop::plain>);
static_assert(!troupe::contracted<shop::box<int>>);
static_assert(!troupe::contracted<int>);
static_assert(!troupe::encodable<shop::plain>);
static_assert(troupe::contracted_enum<shop::old_style> && !troupe::contracted_struct<shop::old_style>);

static_assert(troupe::detail::wire_name_is_valid("a.B_c-9"));
static_assert(!troupe::detail::wire_name_is_valid(""));
static_assert(!troupe::detail::wire_name_is_valid("a b"));
static_assert(!troupe::detail::wire_name_is_valid("list<i64>"));

}  // namespace

TEST_CASE("C1: a contract carries the wire name, the version and the fields in the order of the macro") {
  const auto& c = contract_of<in_no_namespace>;
  CHECK(c.name == "x");
  CHECK(c.version == 1);
  in_no_namespace v{3, 4};
  CHECK(v.*std::get<0>(c.members()) == 4);
  CHECK(v.*std::get<1>(c.members()) == 3);
}

TEST_CASE("for_each_field visits names and values in wire order and can change them") {
  in_no_namespace v{3, 4};
  std::string seen;
  troupe::for_each_field(v, [&](std::string_view name, int& field) {
    seen += std::string{name} + "=" + std::to_string(field) + " ";
    field *= 10;
  });
  CHECK(seen == "y=4 x=3 ");
  CHECK(v.x == 30);
  const in_no_namespace fixed{5, 6};
  int sum = 0;
  troupe::for_each_field(fixed, [&](std::string_view, const int& field) { sum += field; });
  CHECK(sum == 11);
  shop::empty none;
  troupe::for_each_field(none, [](std::string_view) { FAIL("an empty contract has no field"); });
}

TEST_CASE("a class that derives from a contract does not inherit it, but may list the base's fields") {
  CHECK_FALSE(troupe::contracted<shop::heir>);
  shop::written_heir h;
  h.only = 9;
  const auto back = troupe::unpack<shop::written_heir>(troupe::pack(h));
  REQUIRE(back.has_value());
  CHECK(back->only == 9);
  CHECK(back->more == 3);
}

TEST_CASE("an enum's contract knows its listed values and no others") {
  constexpr auto& c = contract_of<shop::outer::mood>;
  static_assert(c.values.size() == 2 && c.values[1].name == "bad" &&
                c.values[1].value == shop::outer::mood::bad);
  CHECK(c.knows(shop::outer::mood::good));
  CHECK_FALSE(c.knows(static_cast<shop::outer::mood>(0)));
  CHECK(contract_of<shop::old_style>.knows(shop::south));
}

TEST_CASE("64 fields, nested classes, templates and types without a namespace all go there and back") {
  shop::wide w{};
  w.a0 = 1, w.h7 = -1;
  const auto wide = troupe::unpack<shop::wide>(troupe::pack(w));
  REQUIRE(wide.has_value());
  CHECK(wide->a0 == 1);
  CHECK(wide->h7 == -1);
  CHECK(troupe::unpack<shop::outer::inner>(troupe::pack(shop::outer::inner{"in"}))->text == "in");
  CHECK(troupe::unpack<shop::box<std::string>>(troupe::pack(shop::box<std::string>{"b"}))->held == "b");
  CHECK(troupe::unpack<in_no_namespace>(troupe::pack(in_no_namespace{1, 2}))->y == 2);
  CHECK(troupe::unpack<shop::empty>(troupe::pack(shop::empty{})).has_value());
}

}  // namespace contract_declare_test
