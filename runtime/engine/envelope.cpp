#include <array>
#include <cstdlib>
#include <troupe/base/check.hpp>
#include <troupe/engine/envelope.hpp>

namespace troupe::engine {

namespace {

constexpr std::array<std::uint32_t, 4> block_sizes{96, 160, 288, 544};
constexpr unsigned cached_max = 256;

/// One thread's free blocks (E3).
class block_cache {
 public:
  ~block_cache() {
    for (auto& blocks : free_)
      while (blocks.first) std::free(std::exchange(blocks.first, *static_cast<void**>(blocks.first)));
    open_ = false;
  }

  void* take(std::size_t size_class) noexcept {
    auto& blocks = free_[size_class];
    if (!blocks.first) return nullptr;
    --blocks.count;
    return std::exchange(blocks.first, *static_cast<void**>(blocks.first));
  }

  bool give(void* block, std::size_t size_class) noexcept {
    auto& blocks = free_[size_class];
    if (!open_ || blocks.count >= cached_max) return false;
    *static_cast<void**>(block) = blocks.first;
    blocks.first = block;
    ++blocks.count;
    return true;
  }

 private:
  struct free_list {
    void* first = nullptr;
    unsigned count = 0;
  };
  std::array<free_list, block_sizes.size()> free_{};
  bool open_ = true;
};

thread_local block_cache cache;

}  // namespace

envelope_ptr allocate_envelope(const message_type& type) {
  check(type.align <= envelope_alignment, "a message type is aligned more strictly than an envelope allows");
  const std::size_t needed = envelope_header_size + type.size;
  void* block = nullptr;
  std::size_t size_class = 0;
  while (size_class < block_sizes.size() && block_sizes[size_class] < needed) ++size_class;
  if (size_class < block_sizes.size()) block = cache.take(size_class);
  if (!block) {
    const std::size_t size = size_class < block_sizes.size() ? block_sizes[size_class] : needed;
    block = std::aligned_alloc(envelope_alignment,
                               (size + envelope_alignment - 1) / envelope_alignment * envelope_alignment);
    if (!block) throw std::bad_alloc{};
  }
  auto* e = ::new (block) envelope;
  e->block_size = static_cast<std::uint32_t>(size_class);
  return envelope_ptr{e};
}

void envelope_deleter::operator()(envelope* e) const noexcept {
  if (e->reply) e->reply->fail({errc::broken_promise, "the request was dropped without a reply"});
  if (e->type && e->type->destroy) e->type->destroy(e->payload());
  const std::size_t size_class = e->block_size;
  e->~envelope();
  if (size_class >= block_sizes.size() || !cache.give(e, size_class)) std::free(e);
}

bool reply_slot::complete(envelope_ptr reply) noexcept {
  if (taken_.exchange(true, std::memory_order_acq_rel)) return false;
  outcome_ = std::move(reply);
  settled();
  return true;
}

bool reply_slot::fail(error why) noexcept {
  if (taken_.exchange(true, std::memory_order_acq_rel)) return false;
  outcome_ = std::move(why);
  settled();
  return true;
}

void reply_slot::fired() noexcept { fail({errc::timeout, "no reply before the deadline"}); }

}  // namespace troupe::engine
