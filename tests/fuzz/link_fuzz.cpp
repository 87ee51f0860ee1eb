// libFuzzer target for the association's state machine: each byte is a choice of what happens next, and after each step the rules must hold that
// the random walks check (unit/link/link_walker.hpp). Build with -fsanitize=fuzzer,address,undefined.
#include "../unit/link/link_walker.hpp"
#include "choices.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto must = [](bool holds, int) { fuzz::require(holds); };
  troupe::link_world::walker w{fuzz::choices{data, size}, must, size == 0 ? 1u : data[0]};
  while (w.choices().any()) w.step();
  return 0;
}
