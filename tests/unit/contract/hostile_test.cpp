// Bytes from a peer that means harm, or from one that is broken (rule R8).
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <troupe/base/limits.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/contract/contract.hpp>
#include <vector>

#include "everything.hpp"

namespace contract_hostile_test {

namespace {

using kinds::everything;
using kinds::tree;
using troupe::pack;
using troupe::unpack;

/// Counts the bytes that are asked for at once.
struct allocation_log {
  std::size_t largest = 0;
};
allocation_log* logged = nullptr;

template <class T>
struct logging_allocator {
  using value_type = T;
  logging_allocator() = default;
  template <class U>
  logging_allocator(const logging_allocator<U>&) {}
  T* allocate(std::size_t n) {
    if (logged && n * sizeof(T) > logged->largest) logged->largest = n * sizeof(T);
    return std::allocator<T>{}.allocate(n);
  }
  void deallocate(T* p, std::size_t n) { std::allocator<T>{}.deallocate(p, n); }
  friend bool operator==(const logging_allocator&, const logging_allocator&) { return true; }
};

/// Large in memory, two bytes on the wire when its sender left all fields out.
struct bulky {
  std::array<std::uint64_t, 512> room{};
};
TROUPE_CONTRACT(bulky, "test.bulky", 1, room)

template <class T>
std::size_t largest_allocation(const std::string& bytes) {
  allocation_log log;
  logged = &log;
  static_cast<void>(unpack<std::vector<T, logging_allocator<T>>>(bytes));
  logged = nullptr;
  return log.largest;
}

std::string varint(std::uint64_t v) {
  std::string out;
  troupe::byte_writer{out}.varint(v);
  return out;
}

std::string nested(int levels) {
  std::string body;
  for (int i = 0; i < levels; ++i) {
    std::string fields = varint(0);
    fields += body.empty() ? varint(0) : varint(1) + body;
    body = varint(3) + varint(fields.size()) + fields;
  }
  return body;
}

void survives(const std::string& bytes) {
  const auto r = unpack<everything>(bytes);
  if (r)
    CHECK(unpack<everything>(pack(*r)).has_value());
  else
    CHECK(r.error().text.size() > std::string{"kinds.everything: "}.size());
}

}  // namespace

TEST_CASE("R8: random bytes never crash a decoder, and every failure has a reason") {
  troupe::prng random{20240229};
  for (int round = 0; round < 50'000; ++round) {
    std::string bytes(static_cast<std::size_t>(random.below(64)), '\0');
    for (char& c : bytes) c = static_cast<char>(random.next());
    // A true head lets the garbage reach the fields.
    if (round % 2) bytes = varint(2) + varint(bytes.size()) + bytes;
    survives(bytes);
  }
}

TEST_CASE("R8: a true message with bytes flipped, inserted and removed never crashes a decoder") {
  troupe::prng random{42};
  const std::string whole = pack(kinds::full());
  for (int round = 0; round < 50'000; ++round) {
    std::string bytes = whole;
    for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
      const auto at = static_cast<std::size_t>(random.below(bytes.size()));
      switch (random.below(3)) {
        case 0:
          bytes[at] = static_cast<char>(random.next());
          break;
        case 1:
          bytes.insert(at, 1, static_cast<char>(random.next()));
          break;
        default:
          bytes.erase(at, 1);
          break;
      }
    }
    survives(bytes);
  }
}

TEST_CASE("R8: a message cut at any length fails cleanly") {
  const std::string whole = pack(kinds::full());
  REQUIRE(unpack<everything>(whole).has_value());
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto r = unpack<everything>(whole.substr(0, n));
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code == troupe::errc::decode_error);
  }
}

TEST_CASE("R8: a message with a byte too many is refused") {
  const auto r = unpack<everything>(pack(kinds::full()) + '\0');
  REQUIRE_FALSE(r.has_value());
  CHECK(r.error().text == "kinds.everything: bytes are left behind the value");
}

TEST_CASE("R8: nesting as deep as the limit decodes, one level more is refused") {
  constexpr int most = static_cast<int>(troupe::limits::decode_depth_max);
  CHECK(unpack<tree>(nested(most)).has_value());
  const auto r = unpack<tree>(nested(most + 1));
  REQUIRE_FALSE(r.has_value());
  CHECK(r.error().text == "kinds.tree: nested too deeply");
  CHECK_FALSE(unpack<tree>(nested(5'000)).has_value());
}

TEST_CASE("R8: siblings do not add up to depth") {
  tree wide;
  wide.children.resize(1000);
  CHECK(unpack<tree>(pack(wide)).has_value());
}

TEST_CASE("B2: a huge count is refused before anything is allocated for it") {
  for (const std::uint64_t n : {std::uint64_t{100}, std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
    const std::string bytes = varint(n) + "some bytes";
    CHECK(largest_allocation<std::int32_t>(bytes) == 0);
    CHECK(largest_allocation<std::string>(bytes) == 0);
    CHECK_FALSE(unpack<std::vector<std::byte>>(bytes).has_value());
    CHECK_FALSE(unpack<std::string>(bytes).has_value());
    CHECK_FALSE((unpack<std::map<std::int32_t, std::string>>(bytes).has_value()));
    CHECK_FALSE((unpack<std::unordered_set<std::uint64_t>>(bytes).has_value()));
  }
}

TEST_CASE("K2: memory follows the bytes that are there: a believable count of large things reserves little") {
  // 500 announced, room for them by the least size of two bytes, but the first one is no struct.
  const std::string bytes = varint(500) + std::string(1000, '\0');
  CHECK(largest_allocation<bulky>(bytes) <= 16 * bytes.size() + sizeof(bulky));
  CHECK(sizeof(bulky) == 4096);
}

TEST_CASE("K2: a true list is reserved once") {
  const std::string bytes = pack(std::vector<std::uint64_t>(1000, 1));
  CHECK(largest_allocation<std::uint64_t>(bytes) == 1000 * sizeof(std::uint64_t));
}

TEST_CASE("B3: a reader that has failed stays failed through all codecs") {
  troupe::byte_reader from{"\1\1\1\1\1\1\1\1"};
  from.fail("before");
  everything e;
  std::tuple<> none;
  troupe::unit unit;
  std::array<int, 0> empty{};
  CHECK_FALSE(troupe::codec<everything>::decode(from, e));
  CHECK_FALSE(troupe::codec<std::tuple<>>::decode(from, none));
  CHECK_FALSE(troupe::codec<troupe::unit>::decode(from, unit));
  CHECK_FALSE((troupe::codec<std::array<int, 0>>::decode(from, empty)));
  CHECK(from.why() == "before");
}

}  // namespace contract_hostile_test
