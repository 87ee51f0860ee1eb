// The machine: what each step does to memory.
#include <algorithm>
#include <new>

#include "unit/interleave/machine.hpp"

namespace interleave {
namespace {

bool acquires(std::memory_order o) {
  return o == std::memory_order_acquire || o == std::memory_order_consume || o == std::memory_order_acq_rel ||
         o == std::memory_order_seq_cst;
}
bool releases(std::memory_order o) {
  return o == std::memory_order_release || o == std::memory_order_acq_rel || o == std::memory_order_seq_cst;
}

}  // namespace

cell::cell(std::uint64_t initial) noexcept : bits(initial) {
  if (machine* const m = machine::current()) m->enter_cell(*this);
}

cell::~cell() {
  if (machine* const m = machine::current()) m->drop_stores_to(*this);
}

void machine::enter_cell(cell& c) {
  c.at = places_++;
  if (const memory_block* const b = block_around(&c)) c.block = b->at;
}

// A cell that is no part of a block can be gone before a store to it has left the buffer.
void machine::drop_stores_to(const cell& c) {
  if (c.block != nowhere) return;
  for (auto& b : buffers_) std::erase_if(b, [&c](const buffered& s) { return s.on == &c; });
}

step machine::touching(action what, cell& c, bool writes) const {
  return {what, &c, c.at, c.block, writes, false};
}

bool machine::lives(place block) const {
  return block == nowhere || std::none_of(blocks_.begin(), blocks_.end(), [block](const memory_block& b) {
           return b.at == block && b.freed;
         });
}

void machine::must_live(const step& s) {
  if (s.what != action::free && !lives(s.block)) fail("use after free: " + describe(s));
}

vector_clock& machine::told(const cell& c) {
  if (told_.size() <= c.at) told_.resize(c.at + 1);
  return told_[c.at];
}

void machine::acquire(const cell& c, std::memory_order order) {
  if (acquires(order)) mine().join(told(c));
}

// Both learn what the other knows.
void machine::meet(vector_clock& other) {
  mine().join(other);
  other.join(mine());
}

std::uint64_t machine::load(cell& c, std::memory_order order) {
  const step s = touching(action::load, c, false);
  if (!in_thread()) {
    must_live(s);
    return c.bits;
  }
  take_turn(s);
  const auto& own = buffers_[running_];
  const auto newest = std::find_if(own.rbegin(), own.rend(), [&c](const buffered& b) { return b.on == &c; });
  const std::uint64_t value = newest != own.rend() ? newest->bits : c.bits;
  if (newest == own.rend()) acquire(c, order);
  took(static_cast<unsigned>(running_), s, value, newest != own.rend() ? " (from its own buffer)" : "");
  return value;
}

void machine::store(cell& c, std::uint64_t bits, std::memory_order order) {
  const bool seq_cst = order == std::memory_order_seq_cst;
  const step s = touching(seq_cst ? action::store : action::put, c, true);
  if (!in_thread()) {
    must_live(s);
    c.bits = bits;
    return;
  }
  take_turn(s);
  const vector_clock knows = releases(order) ? mine() : vector_clock{};
  if (seq_cst) {
    c.bits = bits;
    told(c) = knows;
  } else {
    buffers_[running_].push_back({&c, c.at, c.block, bits, knows});
  }
  took(static_cast<unsigned>(running_), s, bits);
}

std::uint64_t machine::update(cell& c, const std::function<bool(std::uint64_t&)>& change_bits,
                              std::memory_order order, std::memory_order otherwise) {
  step s = touching(action::rmw, c, true);
  if (in_thread())
    take_turn(s);
  else
    must_live(s);
  const std::uint64_t before = c.bits;
  std::uint64_t after = before;
  s.writes = change_bits(after);
  if (s.writes) c.bits = after;
  if (in_thread()) {
    acquire(c, s.writes ? order : otherwise);
    // A relaxed one passes on what the store before it tells (a release sequence).
    if (s.writes && releases(order)) told(c).join(mine());
  }
  if (in_thread()) took(static_cast<unsigned>(running_), s, after, s.writes ? "" : " (compared unequal)");
  return before;
}

void machine::flush(unsigned thread) {
  const buffered oldest = buffers_[thread].front();
  const step s{action::flush, oldest.on, oldest.at, oldest.block, true};
  buffers_[thread].pop_front();
  if (buffers_[thread].empty())
    for (auto& t : states_) t.awaited &= ~only(thread);
  if (!lives(oldest.block)) {
    set_failure("use after free: " + describe(s));
    return;
  }
  oldest.on->bits = oldest.bits;
  told(*oldest.on) = oldest.knows;
  took(threads_max + thread, s, oldest.bits);
}

void machine::full_fence() {
  if (!in_thread()) return;
  const step s{action::fence};
  take_turn(s);
  meet(fenced_);
  took(static_cast<unsigned>(running_), s, 0);
}

void machine::heavy_fence() {
  if (!in_thread()) return;
  const auto self = static_cast<unsigned>(running_);
  const step begin{action::summon};
  take_turn(begin);
  for (unsigned t = 0; t < threads_; ++t)
    if (!buffers_[t].empty()) states_[self].awaited |= only(t);
  meet(fenced_);
  took(self, begin, 0);
  const step end{action::expel};
  take_turn(end);
  took(self, end, 0);
}

void machine::lock(cell& c) {
  const step s = touching(action::lock, c, true);
  if (in_thread())
    take_turn(s);
  else if (c.bits != 0)
    fail("locked by a thread that has ended: " + describe(s));
  c.bits = 1;
  if (!in_thread()) return;
  acquire(c, std::memory_order_acquire);
  took(static_cast<unsigned>(running_), s, 1);
}

void machine::unlock(cell& c) {
  const step s = touching(action::unlock, c, true);
  if (in_thread()) take_turn(s);
  if (c.bits == 0) fail("unlocks what is not locked: " + describe(s));
  c.bits = 0;
  if (!in_thread()) return;
  told(c) = mine();
  took(static_cast<unsigned>(running_), s, 0);
}

void machine::park(cell& c) {
  const step s = touching(action::park, c, true);
  if (in_thread())
    take_turn(s);
  else if (c.bits == 0)
    fail("parks where nobody can wake it: " + describe(s));
  c.bits = 0;
  if (!in_thread()) return;
  acquire(c, std::memory_order_acquire);
  took(static_cast<unsigned>(running_), s, 0);
}

void machine::unpark(cell& c) {
  step s = touching(action::unpark, c, true);
  if (in_thread()) take_turn(s);
  s.in_vain = c.bits != 0;
  c.bits = 1;
  if (!in_thread()) return;
  told(c).join(mine());
  took(static_cast<unsigned>(running_), s, 1);
}

void* machine::allocate(std::size_t bytes, std::size_t align) {
  memory_block b;
  b.memory = std::make_unique_for_overwrite<std::byte[]>(bytes + align);
  void* begin = b.memory.get();
  std::size_t space = bytes + align;
  std::align(align, bytes, begin, space);
  b.begin = static_cast<std::byte*>(begin);
  b.bytes = bytes;
  b.at = places_++;
  blocks_.push_back(std::move(b));
  return begin;
}

machine::memory_block* machine::block_around(const void* p) {
  const auto* const at = static_cast<const std::byte*>(p);
  for (auto& b : blocks_)
    if (!std::less<>{}(at, b.begin) && std::less<>{}(at, b.begin + b.bytes)) return &b;
  return nullptr;
}

void machine::release(void* block, const std::function<void()>& destroy) {
  const memory_block* b = block_around(block);
  if (!b) fail("frees what was never allocated");
  const step s{action::free, nullptr, nowhere, b->at, true};
  if (in_thread()) take_turn(s);
  b = block_around(block);  // others have run
  if (b->freed) fail("freed twice: " + describe(s));
  destroy();
  block_around(block)->freed = true;
  if (in_thread()) took(static_cast<unsigned>(running_), s, 0);
}

std::size_t machine::blocks() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(blocks_.begin(), blocks_.end(), [](const memory_block& b) { return !b.freed; }));
}

}  // namespace interleave
