// Memory from the operating system, and back to it.
#include <doctest/doctest.h>
#include <sys/mman.h>

#include <cstring>
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
  for (void* s : slabs) source.give(s);
  CHECK(source.in_use() == 0);
  CHECK(source.spare() == spare_slabs_max);
  std::size_t kept = 0;
  for (void* s : slabs) kept += resident_pages(s);
  CHECK(kept ==
        spare_slabs_max * slab_bytes / page + (many - spare_slabs_max));  // of each the page with its link

  const auto again = taken(source, many);
  CHECK(std::set<void*>(again.begin(), again.end()) == std::set<void*>(slabs.begin(), slabs.end()));
  for (void* s : again) source.give(s);
}

}  // namespace engine_slab_source_test
