// Blocks: sizes, threads, and that memory comes back.
#include <doctest/doctest.h>

#include <cstring>
#include <set>
#include <thread>
#include <troupe/engine/block_pool.hpp>
#include <vector>

namespace engine_block_pool_test {

using namespace troupe::engine;

namespace {

constexpr std::uint8_t small = block_class_of(64);

/// Whether blocks are pooled in this build (BL5).
bool pooled() {
  void* const b = allocate_block(small);
  const bool is = block_usage().slabs_in_use > 0;
  free_block(b, small);
  return is;
}

}  // namespace

TEST_CASE("a class is the smallest size that fits; what fits none is large") {
  CHECK(block_class_of(1) == 0);
  CHECK(block_class_of(48) == 0);
  CHECK(block_class_of(49) == 1);
  CHECK(block_class_of(1024) == large_block - 1);
  CHECK(block_class_of(1025) == large_block);
  for (std::size_t bytes = 1; bytes <= 1024; ++bytes) {
    const std::uint8_t c = block_class_of(bytes);
    REQUIRE(block_sizes[c] >= bytes);
    if (c != 0) REQUIRE(block_sizes[c - 1] < bytes);
  }
}

TEST_CASE("BL4: blocks are aligned to 16, do not overlap, and hold what is written to them") {
  for (std::uint8_t c = 0; c < large_block; ++c) {
    std::vector<unsigned char*> blocks;
    std::set<unsigned char*> different;
    for (int i = 0; i < 500; ++i) {
      auto* const b = static_cast<unsigned char*>(allocate_block(c));
      CHECK(reinterpret_cast<std::uintptr_t>(b) % block_alignment == 0);
      std::memset(b, i % 251, block_sizes[c]);
      blocks.push_back(b);
      different.insert(b);
    }
    CHECK(different.size() == blocks.size());
    unsigned wrong = 0;
    for (int i = 0; i < 500; ++i)
      for (std::size_t at = 0; at < block_sizes[c]; ++at)
        wrong += blocks[static_cast<std::size_t>(i)][at] != i % 251;
    CHECK(wrong == 0);
    for (auto* b : blocks) free_block(b, c);
  }
}

TEST_CASE("any number of bytes: small ones from the pool, large ones from the allocator") {
  for (const std::size_t bytes : {1u, 63u, 64u, 700u, 1024u, 1025u, 100'000u}) {
    void* const m = allocate_bytes(bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(m) % block_alignment == 0);
    std::memset(m, 1, bytes);
    free_bytes(m, bytes);
  }
}

TEST_CASE("BL1, BL2, BL3: what a burst took on one thread and freed on another comes back") {
  if (!pooled()) return;
  return_cached_blocks();
  const std::size_t before = block_usage().slabs_in_use;
  constexpr std::size_t count = 200'000;
  std::vector<void*> blocks(count);
  for (auto& b : blocks) b = allocate_block(small);
  const std::size_t at_peak = block_usage().slabs_in_use;
  CHECK(at_peak >= before + count * 64 / block_usage().slab_bytes);
  std::thread([&] {
    for (auto* b : blocks) free_block(b, small);
  }).join();  // the thread's end gives its list back too
  return_cached_blocks();
  CHECK(block_usage().slabs_in_use <= before + 1);
}

TEST_CASE("BL2: two threads that pass blocks to each other for ever hold a bounded number") {
  if (!pooled()) return;
  const std::size_t before = block_usage().slabs_in_use;
  for (int round = 0; round < 100; ++round) {
    std::vector<void*> passed(2'000);
    for (auto& b : passed) b = allocate_block(small);
    std::thread([&] {
      for (auto* b : passed) free_block(b, small);
    }).join();
  }
  CHECK(block_usage().slabs_in_use <= before + 4);
}

}  // namespace engine_block_pool_test
