#include <algorithm>
#include <bit>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/flight_recorder.hpp>
#include <utility>

namespace troupe {

namespace {

using entries_ring = flight_ring<>;
constexpr std::uint64_t id_mask = (std::uint64_t{1} << entries_ring::id_bits) - 1;
static_assert(flight_recorder::rings_max < (1u << (entries_ring::id_bits - entries_ring::position_bits)));

/// Tells recorders apart for threads that outlive one: an address may come again. relaxed: only has to be unique.
std::atomic<std::uint64_t> recorders{0};

/// Fibonacci hashing of an address; blocks begin at multiples of 16.
std::uint64_t mixed(const void* at) noexcept {
  return (reinterpret_cast<std::uintptr_t>(at) >> 4) * 0x9e3779b97f4a7c15ull;
}
std::size_t index_of(std::uint64_t hash) noexcept { return hash >> (64 - 12); }
static_assert(flight_recorder::senders == 1u << 12);
std::uint64_t tag_of(std::uint64_t hash) noexcept { return (hash << 12) & ~id_mask; }

}  // namespace

struct flight_recorder::ring {
  ring(std::uint64_t number, std::size_t messages) : entries(number, messages) {
    static_assert(entries_ring::place_bytes == entry_bytes);
  }
  const void* owner = nullptr;
  entries_ring entries;
};

/// What a thread knows of the recorder it wrote to last.
struct flight_recorder::of_thread {
  std::uint64_t recorder = 0;
  ring* at = nullptr;
  std::uint64_t actor = 0;    // who has handled its last message
  std::uint64_t handled = 0;  // and which entry that is
};

constinit thread_local flight_recorder::of_thread flight_recorder::thread_{};

flight_recorder::flight_recorder(std::size_t messages)
    : number_(recorders.fetch_add(1, std::memory_order_relaxed) + 1), messages_(std::bit_ceil(messages)) {}

flight_recorder::~flight_recorder() = default;

flight_recorder::of_thread& flight_recorder::here() noexcept {
  of_thread& t = thread_;
  if (t.recorder != number_) [[unlikely]]
    take_ring(t);
  return t;
}

// Seldom: a thread's first message, or its first after it ran actors of another system.
void flight_recorder::take_ring(of_thread& t) noexcept try {
  t = {number_};
  const std::lock_guard hold{mutex_};
  for (const auto& r : rings_)
    // Where that thread's variables lay another one's lie now: it has ended.
    if (r->owner == &t) t.at = r.get();
  if (!t.at && rings_.size() < rings_max) {
    rings_.push_back(std::make_unique<ring>(rings_.size() + 1, messages_));
    if (rings_.size() < rings_max) rings_.back()->owner = &t;
    t.at = rings_.back().get();
  }
  if (!t.at) t.at = rings_.back().get();
} catch (const std::bad_alloc&) {
  // No memory for a ring: what this thread runs is not recorded.
}

std::uint64_t flight_recorder::write(of_thread& t, const flight_entry& e) noexcept {
  if (!t.at) return 0;
  entries_ring& to = t.at->entries;
  if (to.number() == rings_max) [[unlikely]]
    return to.write_shared(e);
  return to.write(e);
}

std::optional<error> flight_recorder::before_send(const message_view& m) {
  const of_thread& t = here();
  const cell* const runs = cell::current();
  const std::uint64_t cause = runs && t.actor == runs->number() ? t.handled : 0;
  const std::uint64_t hash = mixed(m.payload());
  sent_[index_of(hash)].store(tag_of(hash) | cause, std::memory_order_relaxed);
  return {};
}

std::optional<error> flight_recorder::before_receive(const message_view& m) {
  of_thread& t = here();
  const cell* const runs = cell::current();
  if (!runs) return {};
  const std::uint64_t hash = mixed(m.payload());
  const std::uint64_t known = sent_[index_of(hash)].load(std::memory_order_relaxed);
  const std::uint64_t cause = (known & ~id_mask) == tag_of(hash) ? known & id_mask : 0;
  t.handled = write(t, {.at = m.system().now(),
                        .actor = runs->number(),
                        .sender = m.sender_number(),
                        .type = &m.type(),
                        .cause = cause});
  t.actor = runs->number();
  return {};
}

void flight_recorder::actor_failed(environment& system, std::uint64_t number,
                                   const message_type* on) noexcept {
  of_thread& t = here();
  write(t, {.at = system.now(),
            .actor = number,
            .type = on,
            .cause = t.actor == number ? t.handled : 0,
            .failed = true});
}

std::vector<flight_entry> flight_recorder::entries() const {
  std::vector<flight_entry> out;
  const std::lock_guard hold{mutex_};
  for (const auto& r : rings_)
    for (std::size_t i = 0; i < r->entries.size(); ++i)
      if (const auto e = r->entries.read(i)) out.push_back(*e);
  std::sort(out.begin(), out.end(), [](const flight_entry& a, const flight_entry& b) {
    return a.at != b.at ? a.at < b.at : a.id < b.id;
  });
  return out;
}

}  // namespace troupe
