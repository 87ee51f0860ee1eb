#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <new>
#include <troupe/engine/slab_source.hpp>
#include <utility>

namespace troupe::engine {

namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t huge_page_bytes = 2u << 20;
constexpr std::size_t sample_pages = 16;  // small pages a trial touches
static_assert(region_bytes % huge_page_bytes == 0 && sample_pages * page_bytes <= slab_bytes);

/// Counts at a steady rate. Not time: two counts are only ever compared with each other (PG1). Where there is no such counter
/// huge pages are never found dearer.
std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  std::uint64_t count;
  asm volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
#else
  return 0;
#endif
}

/// The ticks it takes to write to the first `pages` pages at `at`, which have no memory yet.
std::uint64_t ticks_to_touch(std::byte* at, std::size_t pages) noexcept {
  const std::uint64_t before = ticks();
  for (std::size_t i = 0; i < pages; ++i)
    *reinterpret_cast<volatile std::byte*>(at + i * page_bytes) = std::byte{0};
  return ticks() - before;
}

void*& link_of(void* slab) noexcept { return *static_cast<void**>(slab); }

}  // namespace

void* slab_source::take() {
  void* at = nullptr;
  if (spare_) {
    at = std::exchange(spare_, link_of(spare_));
    --spare_count_;
  } else if (returned_count_ > 0) {
    at = take_returned();
  } else {
    if (next_ == end_) reserve();
    at = std::exchange(next_, next_ + slab_bytes);
  }
  ++in_use_;
  return at;
}

void slab_source::give(void* slab) noexcept {
  --in_use_;
  link_of(slab) = std::exchange(spare_, slab);
  if (++spare_count_ == spare_slabs_max) give_back();
}

/// SL2: the oldest of the warm ones.
void slab_source::give_back() noexcept {
  void* last_kept = spare_;
  for (std::size_t i = 1; i < spare_slabs_max - returned_together; ++i) last_kept = link_of(last_kept);
  std::array<std::byte*, returned_together> going;
  void* each = std::exchange(link_of(last_kept), nullptr);
  for (std::byte*& one : going) one = static_cast<std::byte*>(std::exchange(each, link_of(each)));
  std::sort(going.begin(), going.end());
  for (auto from = going.begin(); from != going.end();) {
    auto to = from + 1;
    while (to != going.end() && *to == *(to - 1) + slab_bytes) ++to;
    ::madvise(*from, static_cast<std::size_t>(to - from) * slab_bytes, MADV_DONTNEED);
    from = to;
  }
  for (std::byte* const one : going) {
    const std::size_t which = region_of(one);
    const auto place = static_cast<std::size_t>(one - regions_[which].at) / slab_bytes;
    regions_[which].returned[place / 64] |= std::uint64_t{1} << place % 64;
    lowest_ = std::min(lowest_, which);
  }
  returned_count_ += going.size();
  spare_count_ -= going.size();
}

/// REQUIRES: there is one.
void* slab_source::take_returned() noexcept {
  for (;; ++lowest_) {
    region& in = regions_[lowest_];
    for (std::size_t word = 0; word < in.returned.size(); ++word)
      if (std::uint64_t& bits = in.returned[word]; bits != 0) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(bits));
        bits &= bits - 1;
        --returned_count_;
        return in.at + (word * 64 + bit) * slab_bytes;
      }
  }
}

/// The region a slab lies in.
std::size_t slab_source::region_of(const void* slab) const noexcept {
  const auto behind = std::upper_bound(regions_.begin(), regions_.end(), slab,
                                       [](const void* at, const region& r) { return at < r.at; });
  return static_cast<std::size_t>(behind - regions_.begin()) - 1;
}

void slab_source::reserve() {
  // A huge page more than wanted, so that the region can begin at a multiple of one. What lies before and behind goes back.
  regions_.reserve(regions_.size() + 1);  // what is mapped must have its place
  const bool is_first = std::exchange(is_first_, false);
  const std::size_t bytes = is_first ? first_region_bytes : region_bytes;
  const std::size_t mapped = bytes + huge_page_bytes;
  void* const got =
      ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (got == MAP_FAILED) throw std::bad_alloc{};
  auto* const at = static_cast<std::byte*>(got);
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  const std::size_t before = (huge_page_bytes - address % huge_page_bytes) % huge_page_bytes;
  next_ = at + before;
  end_ = next_ + bytes;
  const std::size_t behind = huge_page_bytes - before;
  if (!is_first) choose_pages(before > behind ? at : end_);
  if (before > 0) ::munmap(at, before);
  ::munmap(end_, behind);
  const auto place = std::upper_bound(regions_.begin(), regions_.end(), next_,
                                      [](const std::byte* it, const region& r) { return it < r.at; });
  regions_.insert(place, region{next_});
  lowest_ = 0;
}

/// Advises the system about the pages of the new region. Advice: it may be refused. `aside` is memory beside it, half a huge page
/// at least, that is about to go back.
void slab_source::choose_pages(std::byte* aside) noexcept {
  if (!pages_.try_huge()) {
    ::madvise(next_, region_bytes, MADV_NOHUGEPAGE);
    return;
  }
  ::madvise(aside, sample_pages * page_bytes, MADV_NOHUGEPAGE);
  const std::uint64_t small =
      ticks_to_touch(aside, sample_pages) * (huge_page_bytes / page_bytes / sample_pages);
  ::madvise(next_, region_bytes, MADV_HUGEPAGE);
  const std::uint64_t huge = ticks_to_touch(next_, 1);
  if (!pages_.judge(huge, small))
    ::madvise(next_ + huge_page_bytes, region_bytes - huge_page_bytes, MADV_NOHUGEPAGE);
}

}  // namespace troupe::engine
