// Consistent hashing (HR1-HR3).
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <troupe/pattern/hash_ring.hpp>

namespace pattern_hash_ring_test {

using namespace troupe;

namespace {

std::vector<std::string> names(std::size_t n) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back("/user/shards/" + std::to_string(i + 1));
  return out;
}

constexpr int keys = 20'000;

}  // namespace

TEST_CASE("HR1: the order in which members come does not decide whose a key is") {
  const auto some = names(7);
  auto turned = some;
  std::reverse(turned.begin(), turned.end());
  const hash_ring a{some, 100}, b{turned, 100};
  for (int k = 0; k < keys; ++k) REQUIRE(some[a.owner(ring_place(k))] == turned[b.owner(ring_place(k))]);
}

TEST_CASE("HR2: when a member goes only its own keys move, and each member has its share") {
  const auto some = names(8);
  const hash_ring before{some, 100};
  auto fewer = some;
  fewer.erase(fewer.begin() + 3);
  const hash_ring after_it{fewer, 100};
  std::vector<int> share(some.size());
  for (int k = 0; k < keys; ++k) {
    const std::uint64_t place = ring_place("key " + std::to_string(k));
    const std::string& was = some[before.owner(place)];
    ++share[before.owner(place)];
    if (was != some[3]) REQUIRE(fewer[after_it.owner(place)] == was);
  }
  for (const int s : share) {
    CHECK(s > keys / 8 / 2);
    CHECK(s < keys / 8 * 2);
  }
}

TEST_CASE("HR3: with a limit no member gets more than its share times the bound, whatever the keys are") {
  const std::size_t n = 10;
  const hash_ring ring{names(n), 100};
  std::vector<std::uint64_t> load(n);
  std::uint64_t sum = 0;
  for (int k = 0; k < 5'000; ++k) {
    const std::uint64_t limit = load_limit(sum, n, 125);
    const std::size_t to = ring.first_fit(ring_place(k % 3), [&](std::size_t m) { return load[m] < limit; });
    ++load[to];
    ++sum;
    for (const auto l : load) REQUIRE(l <= limit);
  }
}

TEST_CASE("HR3: the owner takes the key when no member is below the limit") {
  const hash_ring ring{names(4), 10};
  const auto place = ring_place(std::string{"ada"});
  CHECK(ring.first_fit(place, [](std::size_t) { return false; }) == ring.owner(place));
  CHECK(ring.first_fit(place, [](std::size_t) { return true; }) == ring.owner(place));
}

TEST_CASE("the limit is the mean with the new message, times the bound, rounded up, and never 0") {
  CHECK(load_limit(0, 10, 125) == 1);
  CHECK(load_limit(7, 8, 125) == 2);
  CHECK(load_limit(79, 8, 125) == 13);
  CHECK(load_limit(79, 8, 100) == 10);
}

TEST_CASE("HR1: places and owners are the same on every machine, in every build, for ever") {
  // Computed apart from this program, by the definitions of FNV-1a and splitmix64.
  CHECK(ring_place("ada") == 0x5b1b2855ac8922baull);
  CHECK(ring_place(std::string{"ada"}) == ring_place("ada"));
  CHECK(ring_place(7) == 0x63cbe1e459320dd7ull);
  enum class level : std::uint8_t { high = 7 };
  CHECK(ring_place(level::high) == ring_place(7));
  const hash_ring ring{names(5), 100};
  std::vector<std::size_t> owners;
  for (const char* key : {"ada", "bob", "eve", "", "a longer key"})
    owners.push_back(ring.owner(ring_place(key)));
  CHECK(owners == std::vector<std::size_t>{0, 1, 3, 0, 3});
  owners.clear();
  for (int key = 0; key < 8; ++key) owners.push_back(ring.owner(ring_place(key)));
  CHECK(owners == std::vector<std::size_t>{4, 1, 0, 1, 2, 4, 4, 2});
}

TEST_CASE(
    "the ring is one: behind its last place comes its first, and a place of its own belongs to its member") {
  const hash_ring ring{names(2), 20};
  constexpr std::uint64_t last = 0xf3dd4bbfad1d1951ull;  // computed as above
  CHECK(ring.owner(0) == 0);
  CHECK(ring.owner(last) == 1);
  CHECK(ring.owner(last + 1) == 0);
  CHECK(ring.owner(std::numeric_limits<std::uint64_t>::max()) == 0);
}

TEST_CASE("a ring of one member belongs to it, one of none is empty") {
  const hash_ring one{names(1), 1};
  CHECK(one.owner(0) == 0);
  CHECK(one.owner(std::numeric_limits<std::uint64_t>::max()) == 0);
  CHECK(hash_ring{}.empty());
  CHECK(hash_ring{{}, 100}.empty());
  CHECK_FALSE(one.empty());
}

TEST_CASE(
    "HR3: each member is asked before the owner takes a key that nobody has room for, and the next on the "
    "ring comes next") {
  const hash_ring ring{names(4), 50};
  const auto place = ring_place("ada");
  std::set<std::size_t> asked;
  ring.first_fit(place, [&](std::size_t m) {
    asked.insert(m);
    return false;
  });
  CHECK(asked.size() == 4);
  const std::size_t owner = ring.owner(place);
  std::size_t first_other = owner;
  ring.first_fit(place, [&](std::size_t m) {
    if (m != owner) first_other = m;
    return m != owner;
  });
  CHECK(ring.first_fit(place, [&](std::size_t m) { return m != owner; }) == first_other);
}

TEST_CASE("HR3: whoever has room is found wherever the key is, also behind the ring's last place") {
  for (const std::uint32_t points : {1u, 3u}) {
    const hash_ring ring{names(5), points};
    std::vector<std::uint64_t> places{0, std::numeric_limits<std::uint64_t>::max()};
    for (int key = 0; key < 20; ++key) places.push_back(ring_place(key));
    for (const std::uint64_t place : places)
      for (std::size_t m = 0; m < 5; ++m)
        CHECK(ring.first_fit(place, [m](std::size_t at) { return at == m; }) == m);
  }
}

}  // namespace pattern_hash_ring_test
