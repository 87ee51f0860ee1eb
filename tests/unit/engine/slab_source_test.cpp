// Memory from the operating system, and back to it.
#include <doctest/doctest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <troupe/engine/slab_source.hpp>
#include <vector>

namespace engine_slab_source_test {

using namespace troupe::engine;

namespace {

constexpr std::size_t page = 4096;

/// The pages of a slab that have memory.
std::size_t resident_pages(void* slab) {
  unsigned char in_core[slab_bytes / page];
  REQUIRE(::mincore(slab, slab_bytes, in_core) == 0);
  std::size_t n = 0;
  for (const unsigned char c : in_core) n += c & 1;
  return n;
}

/// More slabs than the regions whose pages are not chosen hold (SL3).
constexpr std::size_t many = 2 * (first_region_bytes + region_bytes) / slab_bytes;

std::vector<void*> taken(slab_source& from, std::size_t count) {
  std::vector<void*> slabs(count);
  for (auto& s : slabs) {
    s = from.take();
    std::memset(s, 0xab, slab_bytes);
  }
  return slabs;
}

/// What `taken` leaves in a slab.
const std::vector<unsigned char>& marked() {
  static const std::vector<unsigned char> all(slab_bytes, 0xab);
  return all;
}

}  // namespace

TEST_CASE("SL1: slabs lie at multiples of their size and do not overlap, over many regions of chosen pages") {
  slab_source source;
  const auto slabs = taken(source, many);
  for (void* s : slabs) REQUIRE(reinterpret_cast<std::uintptr_t>(s) % slab_bytes == 0);
  CHECK(std::set<void*>(slabs.begin(), slabs.end()).size() == many);
  CHECK(source.in_use() == many);
  for (void* s : slabs) source.give(s);
}

TEST_CASE("SL2: free slabs go back to the system but for a few, and their address space is used again") {
  slab_source source;
  const auto slabs = taken(source, many);
  for (void* s : slabs) REQUIRE(resident_pages(s) == slab_bytes / page);
  for (void* s : slabs) {
    source.give(s);
    REQUIRE(source.spare() < spare_slabs_max);
  }
  CHECK(source.in_use() == 0);
  std::size_t kept = 0;
  for (void* s : slabs) kept += resident_pages(s);
  CHECK(kept == source.spare() * slab_bytes / page);

  const auto again = taken(source, many);
  CHECK(std::set<void*>(again.begin(), again.end()) == std::set<void*>(slabs.begin(), slabs.end()));
  for (void* s : again) source.give(s);
}

TEST_CASE(
    "SL2: in whatever order slabs come back, those in use stay as they are and each is somebody's once") {
  slab_source source;
  std::vector<void*> mine = taken(source, many);
  std::mt19937_64 random{1};
  std::set<void*> seen(mine.begin(), mine.end());
  for (int round = 0; round < 20; ++round) {
    std::shuffle(mine.begin(), mine.end(), random);
    const std::size_t back = random() % mine.size();
    for (std::size_t i = 0; i < back; ++i) {
      source.give(mine.back());
      mine.pop_back();
    }
    for (void* s : mine) REQUIRE(std::memcmp(s, marked().data(), slab_bytes) == 0);
    const std::size_t more = random() % (many - mine.size() + 1);
    for (void* s : taken(source, more)) mine.push_back(s);
    REQUIRE(std::set<void*>(mine.begin(), mine.end()).size() == mine.size());
    REQUIRE(source.in_use() == mine.size());
    seen.insert(mine.begin(), mine.end());
  }
  CHECK(seen.size() == many);  // no address space was taken anew
  for (void* s : mine) source.give(s);
}

TEST_CASE("SL2: of what went back the lowest is used first") {
  slab_source source;
  auto slabs = taken(source, spare_slabs_max);
  const std::set<void*> all(slabs.begin(), slabs.end());
  std::reverse(slabs.begin(), slabs.end());
  for (void* s : slabs) source.give(s);
  CHECK(source.spare() == spare_slabs_max - returned_together);
  const auto warm = taken(source, source.spare());
  const auto cold = taken(source, returned_together);
  CHECK(std::is_sorted(cold.begin(), cold.end()));
  CHECK(cold.front() == *std::next(all.begin(), spare_slabs_max - returned_together));
  for (void* s : warm) source.give(s);
  for (void* s : cold) source.give(s);
}

}  // namespace engine_slab_source_test
