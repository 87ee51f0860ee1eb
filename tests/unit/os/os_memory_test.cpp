// What the allocator is told to keep (OM1, OM2).
#include <doctest/doctest.h>
#include <malloc.h>

#include <memory>
#include <troupe/os/os_memory.hpp>

namespace os_memory_test {

using namespace troupe;

TEST_CASE("OM2: what is kept is only ever raised, and 0 tells nothing") {
  const std::size_t before = os::keep_freed_memory(0);
  CHECK(os::keep_freed_memory(before) == before);
  const std::size_t more = before + (1u << 20);
  CHECK(os::keep_freed_memory(more) == more);
  CHECK(os::keep_freed_memory(1) == more);
  CHECK(os::keep_freed_memory(0) == more);
}

}  // namespace os_memory_test
