// The machine: data that is no atomic (IM6).
//
// Source: Flanagan, Freund: FastTrack: Efficient and Precise Dynamic Race Detection (2009).
#include "unit/interleave/machine.hpp"

namespace interleave {

void machine::enter(footprints& f, const void* data) {
  if (const memory_block* const b = block_around(data)) f.block = b->at;
  if (in_thread()) writes(f);
}

void machine::reads(footprints& f) {
  if (!lives(f.block)) fail("use after free: plain data is read");
  if (!in_thread()) return;
  if (f.writer != nobody && mine().at[f.writer] < f.written)
    fail("a race: plain data is read that thread " + std::to_string(f.writer) + " has written");
  f.read.at[running_] = mine().at[running_];
}

void machine::writes(footprints& f) {
  if (!lives(f.block)) fail("use after free: plain data is written");
  if (!in_thread()) return;
  if (f.writer != nobody && mine().at[f.writer] < f.written)
    fail("a race: plain data is written that thread " + std::to_string(f.writer) + " has written");
  for (unsigned t = 0; t < threads_; ++t)
    if (mine().at[t] < f.read.at[t])
      fail("a race: plain data is written that thread " + std::to_string(t) + " has read");
  f.writer = static_cast<unsigned>(running_);
  f.written = mine().at[running_];
}

}  // namespace interleave
