#include "kv/verify/board.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace kv::verify {
namespace {

constexpr std::size_t printed_max = 20;

std::int64_t milliseconds_of(troupe::duration d) {
  return troupe::duration_cast<troupe::milliseconds>(d).count();
}

}  // namespace

void figures::add(const figures& other) noexcept {
  for (std::size_t i = 0; i < endings.size(); ++i) endings[i] += other.endings[i];
  longest = std::max(longest, other.longest);
}

void board::closer::operator()(std::FILE* f) const noexcept { std::fclose(f); }

troupe::result<void> board::open_journal(const std::string& file) {
  if (file.empty()) return {};
  const std::lock_guard lock(mutex_);
  journal_.reset(std::fopen(file.c_str(), "w"));
  if (!journal_)
    return troupe::error{.code = troupe::errc::io,
                         .text = "--journal: can't write " + file + ": " + std::strerror(errno)};
  return {};
}

void board::count(ending how, troupe::duration took) noexcept {
  counts_[static_cast<std::size_t>(how)].fetch_add(1, std::memory_order_relaxed);
  if (how != ending::answered) return;
  auto longest = longest_.load(std::memory_order_relaxed);
  while (longest < took.count() &&
         !longest_.compare_exchange_weak(longest, took.count(), std::memory_order_relaxed)) {
  }
}

void board::acknowledged(troupe::duration since_start, std::size_t client, const request& r) {
  const std::lock_guard lock(mutex_);
  if (!journal_) return;
  const std::string_view command = to_string(r.what);
  std::fprintf(journal_.get(), "%lld c%zu %.*s %s %llu\n",
               static_cast<long long>(milliseconds_of(since_start)), client, static_cast<int>(command.size()),
               command.data(), r.name.c_str(), static_cast<unsigned long long>(r.write));
}

void board::found(troupe::duration since_start, std::size_t client, const std::string& text) {
  const std::lock_guard lock(mutex_);
  const auto ms = static_cast<long long>(milliseconds_of(since_start));
  if (journal_) std::fprintf(journal_.get(), "# %lld c%zu %s\n", ms, client, text.c_str());
  if (++printed_ <= printed_max)
    std::fprintf(stderr, "kv_verify: at %lld ms, client %zu: %s\n", ms, client, text.c_str());
  if (printed_ == printed_max) std::fprintf(stderr, "kv_verify: more of this goes to the journal only\n");
}

figures board::take() {
  figures out;
  for (std::size_t i = 0; i < endings; ++i)
    out.endings[i] = counts_[i].exchange(0, std::memory_order_relaxed);
  out.longest = troupe::duration(longest_.exchange(0, std::memory_order_relaxed));
  const std::lock_guard lock(mutex_);
  if (journal_) std::fflush(journal_.get());
  return out;
}

std::string describe_second(std::uint64_t second, const figures& f) {
  return "t " + std::to_string(second) +
         " s: " + std::to_string(f.endings[static_cast<std::size_t>(ending::answered)]) + " ops/s, longest " +
         std::to_string(milliseconds_of(f.longest)) + " ms, errors: " + describe_errors(f.endings);
}

}  // namespace kv::verify
