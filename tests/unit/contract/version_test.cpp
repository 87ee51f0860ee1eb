// Three versions of one message, as three programs would have them.
#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <troupe/contract/contract.hpp>
#include <vector>

namespace contract_version_test {

namespace v1 {
struct order {
  std::string item;
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "shop.order", 1, item)
}  // namespace v1

namespace v2 {
struct order {
  std::string item;
  std::int32_t amount = 1;
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "shop.order", 2, item, amount)
}  // namespace v2

namespace v3 {
struct order {
  std::string item;
  std::int32_t amount = 1;
  std::optional<std::string> gift;
  std::vector<std::string> notes{"none"};
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "shop.order", 3, item, amount, gift, notes)
}  // namespace v3

namespace {

using troupe::pack;
using troupe::unpack;

template <class To, class From>
To read_as(const From& written) {
  const auto r = unpack<To>(pack(written));
  REQUIRE(r.has_value());
  return *r;
}

/// A message that embeds one version of an order between two fields of its own.
template <class Order>
struct basket {
  std::uint32_t before = 0;
  std::vector<Order> orders;
  std::uint32_t behind = 0;
};
TROUPE_CONTRACT(basket<v1::order>, "shop.basket", 1, before, orders, behind)
TROUPE_CONTRACT(basket<v2::order>, "shop.basket", 1, before, orders, behind)
TROUPE_CONTRACT(basket<v3::order>, "shop.basket", 1, before, orders, behind)

template <class To, class From>
void crosses(const From& first, const From& second) {
  const auto r = unpack<basket<To>>(pack(basket<From>{11, {first, second}, 22}));
  REQUIRE(r.has_value());
  CHECK(r->before == 11);
  CHECK(r->behind == 22);
  REQUIRE(r->orders.size() == 2);
  CHECK(r->orders[0] == read_as<To>(first));
  CHECK(r->orders[1] == read_as<To>(second));
}

const v1::order one{"book"};
const v2::order two{"book", 5};
const v3::order three{"book", 5, "for Ada", {"fragile"}};

}  // namespace

TEST_CASE("C2: a version reads itself") {
  CHECK(read_as<v1::order>(one) == one);
  CHECK(read_as<v2::order>(two) == two);
  CHECK(read_as<v3::order>(three) == three);
}

TEST_CASE("C2: new reads old, and keeps the initialisers of what the old one did not know") {
  CHECK(read_as<v2::order>(one) == v2::order{"book", 1});
  CHECK(read_as<v3::order>(one) == v3::order{"book", 1, {}, {"none"}});
  CHECK(read_as<v3::order>(two) == v3::order{"book", 5, {}, {"none"}});
}

TEST_CASE("C2: old reads new, and skips what it does not know") {
  CHECK(read_as<v1::order>(two) == one);
  CHECK(read_as<v1::order>(three) == one);
  CHECK(read_as<v2::order>(three) == two);
}

TEST_CASE("C2: versions meet inside lists and between other fields without disturbing their neighbours") {
  crosses<v1::order>(two, v2::order{"pen", 9});
  crosses<v1::order>(three, v3::order{});
  crosses<v2::order>(one, v1::order{"pen"});
  crosses<v2::order>(three, v3::order{});
  crosses<v3::order>(one, v1::order{"pen"});
  crosses<v3::order>(two, v2::order{"pen", 9});
}

TEST_CASE("C2: the version that wrote is on the wire") {
  CHECK(pack(one)[0] == 1);
  CHECK(pack(two)[0] == 2);
  CHECK(pack(three)[0] == 3);
}

TEST_CASE("a struct may end between two fields, never inside one") {
  const std::string whole = pack(two);
  REQUIRE(whole == std::string("\2\6\4book\12", 8));
  CHECK(*unpack<v2::order>(std::string("\2\5\4book", 7)) == v2::order{"book", 1});
  CHECK(*unpack<v2::order>(std::string("\2\0", 2)) == v2::order{"", 1});
  for (const std::size_t length : {1u, 2u, 3u, 4u}) {
    std::string cut = whole.substr(0, 2 + length);
    cut[1] = static_cast<char>(length);
    CHECK_FALSE(unpack<v2::order>(cut).has_value());
  }
}

TEST_CASE("a field that reaches past the end of its struct is an error, even where bytes follow") {
  // The inner struct announces 3 bytes, but its text needs 5; the outer one has enough to feed it.
  const std::string bytes(
      "\1\12\0\1"
      "\1\3\4book"
      "\0",
      12);
  const auto r = unpack<basket<v1::order>>(bytes);
  REQUIRE_FALSE(r.has_value());
  CHECK(r.error().text == "shop.basket: a field reaches past the end of its struct");
}

TEST_CASE("a struct that announces more than there is is refused for that") {
  CHECK(unpack<v1::order>(std::string("\1\6\4book", 7)).error().text ==
        "shop.order: a struct longer than what is left");
}

TEST_CASE("a version of 0 or beyond 32 bits is an error") {
  CHECK(unpack<v1::order>(std::string("\0\0", 2)).error().text ==
        "shop.order: a contract version out of range");
  CHECK_FALSE(unpack<v1::order>("\xff\xff\xff\xff\x1f\1\0").has_value());
  CHECK(unpack<v1::order>(std::string("\xff\xff\xff\xff\x0f\0", 6)).has_value());
}

TEST_CASE("versions have different schemas under one name") {
  CHECK(troupe::schema_hash<v1::order>() != troupe::schema_hash<v2::order>());
  CHECK(troupe::schema_hash<v2::order>() != troupe::schema_hash<v3::order>());
  CHECK(troupe::message_type_of<v1::order>.hash == troupe::message_type_of<v3::order>.hash);
  CHECK(troupe::schema_hash<basket<v1::order>>() != troupe::schema_hash<basket<v2::order>>());
}

}  // namespace contract_version_test
