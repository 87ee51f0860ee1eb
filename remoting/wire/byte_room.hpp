// Memory for bytes that come one after the other. It is never filled before they are there, and it moves from one owner to another as a whole.
//
// Rules
//  BR1 Memory that has been shared is nobody's to write into any more, and goes with the last who holds it.
//
// Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <troupe/base/check.hpp>
#include <utility>

namespace troupe::wire {

/// Bytes, and room behind them.
class byte_room {
 public:
  byte_room() = default;
  byte_room(byte_room&& other) noexcept { swap(other); }
  byte_room& operator=(byte_room&& other) noexcept {
    byte_room{std::move(other)}.swap(*this);
    return *this;
  }
  ~byte_room() {
    if (!shared_) std::free(at_);
  }

  /// The bytes.
  std::string_view bytes() const noexcept { return {at_, size_}; }
  /// How many there are.
  std::size_t size() const noexcept { return size_; }
  /// How many there may be without asking for memory.
  std::size_t capacity() const noexcept { return capacity_; }

  /// Has room for so many in all; moves those that are there where it has not. REQUIRES: not shared.
  void reserve(std::size_t bytes) {
    if (bytes <= capacity_) return;
    check(!shared_, "BR1: shared memory does not grow");
    // Memory, not objects: large blocks are moved by the kernel then, without copying or touching a page.
    void* const more = std::realloc(at_, bytes);
    if (!more) throw std::bad_alloc{};
    at_ = static_cast<char*>(more);
    capacity_ = bytes;
  }
  /// The room behind them. REQUIRES: not shared.
  std::span<char> tail() noexcept { return {at_ + size_, capacity_ - size_}; }
  /// So many bytes have been put at the front of `tail`. REQUIRES: there is room for them.
  void grown(std::size_t bytes) noexcept { size_ += bytes; }
  /// Puts bytes behind. REQUIRES: there is room for them, and not shared.
  void append(std::string_view more) noexcept {
    more.copy(at_ + size_, more.size());
    size_ += more.size();
  }
  /// Forgets the bytes and keeps the memory. REQUIRES: not shared.
  void clear() noexcept { size_ = 0; }

  /// What keeps the bytes as they are, where they are, as long as it is held (BR1).
  std::shared_ptr<const void> share() {
    if (!shared_ && at_)
      shared_ = std::shared_ptr<const void>{at_, [](const void* p) { std::free(const_cast<void*>(p)); }};
    return shared_;
  }
  /// Whether they have been shared.
  bool is_shared() const noexcept { return shared_ != nullptr; }

 private:
  void swap(byte_room& other) noexcept {
    std::swap(at_, other.at_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    shared_.swap(other.shared_);
  }

  char* at_ = nullptr;  // ours unless it is shared
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::shared_ptr<const void> shared_;
};

}  // namespace troupe::wire
