#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <troupe/contract/contract.hpp>

#include "everything.hpp"
#include "round_trip.hpp"

namespace contract_codec_std_test {

namespace {

using contract_test::goes_there_and_back;
using troupe::pack;
using troupe::unpack;

template <class T>
std::string why(std::string_view bytes) {
  const auto r = unpack<T>(bytes);
  return r ? "decoded" : r.error().text;
}

std::string bytes_of(std::initializer_list<int> list) {
  std::string out;
  for (const int b : list) out += static_cast<char>(b);
  return out;
}

struct no_codec {};

/// Throws when it is copied, to leave a variant without a value.
struct thrower {
  thrower() = default;
  thrower(const thrower&) { throw std::runtime_error{"copy"}; }
  thrower& operator=(const thrower&) = default;
};
TROUPE_CONTRACT(thrower, "test.thrower", 1)

}  // namespace

static_assert(!troupe::encodable<std::vector<no_codec>>);
static_assert(!troupe::encodable<std::optional<no_codec>>);
static_assert(!troupe::encodable<std::map<std::string, no_codec>>);
static_assert(!troupe::encodable<std::variant<int, no_codec>>);
static_assert(!troupe::encodable<std::tuple<int, no_codec>>);
static_assert(!troupe::encodable<std::vector<troupe::unit>>, "a count of nothing would cost nothing");
static_assert(!troupe::encodable<std::set<std::tuple<>>>);
static_assert(!troupe::encodable<std::vector<std::array<int, 0>>>);
static_assert(troupe::encodable<std::map<int, troupe::unit>>);
static_assert(troupe::least_bytes<std::tuple<int, double, troupe::unit>> == 9);
static_assert(troupe::least_bytes<std::array<float, 4>> == 16);

TEST_CASE("sequences go there and back, empty and full") {
  goes_there_and_back(std::vector<std::int32_t>{});
  goes_there_and_back(std::vector<std::int32_t>{1, -1, std::numeric_limits<std::int32_t>::min()});
  goes_there_and_back(std::vector<std::byte>{});
  goes_there_and_back(std::vector<std::byte>(1000, std::byte{7}));
  goes_there_and_back(std::vector<std::uint8_t>{0, 255});
  goes_there_and_back(std::vector<bool>{true, false, true});
  goes_there_and_back(std::vector<std::vector<std::string>>{{"a"}, {}, {"b", "c"}});
  goes_there_and_back(std::array<std::string, 2>{"x", "y"});
  goes_there_and_back(std::array<int, 0>{});
  goes_there_and_back(std::vector<std::uint64_t>(5000, ~std::uint64_t{0}));
}

TEST_CASE("optionals, variants, pairs and tuples go there and back") {
  goes_there_and_back(std::optional<std::string>{});
  goes_there_and_back(std::optional<std::string>{""});
  goes_there_and_back(std::optional<std::optional<bool>>{std::optional<bool>{}});
  using either = std::variant<std::monostate, int, std::string, int>;
  goes_there_and_back(either{});
  goes_there_and_back(either{std::in_place_index<1>, 5});
  goes_there_and_back(either{std::in_place_index<3>, 5});
  goes_there_and_back(either{"text"});
  goes_there_and_back(std::pair<std::string, double>{"a", 1.5});
  goes_there_and_back(std::tuple<>{});
  goes_there_and_back(std::tuple<bool, std::string, kinds::point>{true, "t", {1, 2}});
}

TEST_CASE("maps and sets go there and back") {
  goes_there_and_back(std::map<std::string, std::int32_t>{});
  goes_there_and_back(std::map<std::string, std::int32_t, std::greater<>>{{"a", 1}, {"b", 2}});
  goes_there_and_back(std::unordered_map<std::int32_t, std::vector<std::string>>{{1, {"x"}}, {2, {}}});
  goes_there_and_back(std::set<std::string>{"a", "b", "c"});
  goes_there_and_back(std::unordered_set<std::uint64_t>{1, 2, 3});
  goes_there_and_back(std::map<std::int32_t, troupe::unit>{{1, {}}, {2, {}}});
  goes_there_and_back(kinds::full());
}

TEST_CASE("K3: the bytes of containers never change, and a list of bytes is the bytes") {
  CHECK(pack(std::vector<std::int32_t>{1, -1}) == bytes_of({2, 2, 1}));
  CHECK(pack(std::vector<std::byte>{std::byte{9}}) == bytes_of({1, 9}));
  CHECK(pack(std::vector<std::int8_t>{-1}) == bytes_of({1, 0xff}));
  CHECK(pack(std::array<std::uint16_t, 2>{1, 300}) == bytes_of({1, 0xac, 2}));
  CHECK(pack(std::optional<bool>{}) == bytes_of({0}));
  CHECK(pack(std::optional<bool>{true}) == bytes_of({1, 1}));
  CHECK(pack(std::variant<bool, std::uint32_t>{std::uint32_t{5}}) == bytes_of({1, 5}));
  CHECK(pack(std::map<std::uint32_t, bool>{{1, true}, {2, false}}) == bytes_of({2, 1, 1, 2, 0}));
  CHECK(pack(std::set<std::uint32_t>{3, 1}) == bytes_of({2, 1, 3}));
  CHECK(pack(std::tuple<bool, std::uint32_t>{true, 2}) == bytes_of({1, 2}));
}

TEST_CASE("a map key or a set element that comes twice is an error") {
  using map = std::map<std::uint32_t, bool>;
  using table = std::unordered_map<std::uint32_t, bool>;
  CHECK(why<map>(bytes_of({2, 1, 1, 1, 0})) == "map<u32,bool>: a map has a key twice");
  CHECK(why<table>(bytes_of({2, 1, 1, 1, 0})) == "map<u32,bool>: a map has a key twice");
  CHECK(why<std::set<std::uint32_t>>(bytes_of({3, 1, 2, 1})) == "set<u32>: a set has an element twice");
  CHECK(why<std::unordered_set<bool>>(bytes_of({2, 1, 1})) == "set<bool>: a set has an element twice");
}

TEST_CASE("entries of an ordered map may arrive in any order") {
  const auto m = unpack<std::map<std::uint32_t, bool>>(bytes_of({3, 2, 1, 1, 0, 3, 1}));
  REQUIRE(m.has_value());
  CHECK(*m == std::map<std::uint32_t, bool>{{1, false}, {2, true}, {3, true}});
}

TEST_CASE("a variant index or an optional flag out of range is refused") {
  CHECK(why<std::variant<bool, int>>(bytes_of({2, 0}))
            .ends_with("a variant's index is not one of its alternatives"));
  CHECK(why<std::optional<bool>>(bytes_of({2, 0})).ends_with("a bool that is neither 0 nor 1"));
}

TEST_CASE("a variant that lost its value is written so that no reader takes it for one") {
  std::variant<int, thrower> v;
  const thrower source;
  CHECK_THROWS(v.emplace<1>(source));
  REQUIRE(v.valueless_by_exception());
  CHECK(
      why<std::variant<int, thrower>>(pack(v)).ends_with("a variant's index is not one of its alternatives"));
}

TEST_CASE("decoding replaces what an object held before") {
  std::vector<int> list{1, 2, 3};
  std::map<int, int> map{{1, 1}};
  std::set<int> set{1};
  std::optional<int> maybe{1};
  const std::string zero(1, '\0');
  for (int i = 0; i < 4; ++i) {
    troupe::byte_reader from{zero};
    switch (i) {
      case 0:
        CHECK(troupe::codec<decltype(list)>::decode(from, list));
        break;
      case 1:
        CHECK(troupe::codec<decltype(map)>::decode(from, map));
        break;
      case 2:
        CHECK(troupe::codec<decltype(set)>::decode(from, set));
        break;
      default:
        CHECK(troupe::codec<decltype(maybe)>::decode(from, maybe));
        break;
    }
  }
  CHECK(list.empty());
  CHECK(map.empty());
  CHECK(set.empty());
  CHECK_FALSE(maybe.has_value());
}

}  // namespace contract_codec_std_test
