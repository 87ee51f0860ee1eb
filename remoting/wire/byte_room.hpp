// Memory for bytes that come one after the other. It is never filled before they are there, and it moves from one owner to another as a whole.
//
// Not thread-safe.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace troupe::wire {

/// Bytes, and room behind them.
class byte_room {
 public:
  byte_room() = default;
  byte_room(byte_room&& other) noexcept
      : at_(std::move(other.at_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  byte_room& operator=(byte_room&& other) noexcept {
    at_ = std::move(other.at_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  /// The bytes.
  std::string_view bytes() const noexcept { return {at_.get(), size_}; }
  /// How many there are.
  std::size_t size() const noexcept { return size_; }
  /// How many there may be without asking for memory.
  std::size_t capacity() const noexcept { return capacity_; }

  /// Has room for so many in all; moves those that are there where it has not.
  void reserve(std::size_t bytes) {
    if (bytes <= capacity_) return;
    std::unique_ptr<char[]> more{new char[bytes]};  // not filled
    if (size_ > 0) std::memcpy(more.get(), at_.get(), size_);
    at_ = std::move(more);
    capacity_ = bytes;
  }
  /// The room behind them.
  std::span<char> tail() noexcept { return {at_.get() + size_, capacity_ - size_}; }
  /// So many bytes have been put at the front of `tail`. REQUIRES: there is room for them.
  void grown(std::size_t bytes) noexcept { size_ += bytes; }
  /// Puts bytes behind. REQUIRES: there is room for them.
  void append(std::string_view more) noexcept {
    more.copy(at_.get() + size_, more.size());
    size_ += more.size();
  }
  /// Forgets the bytes and keeps the memory.
  void clear() noexcept { size_ = 0; }

 private:
  std::unique_ptr<char[]> at_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace troupe::wire
