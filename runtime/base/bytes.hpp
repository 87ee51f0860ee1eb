// Reading and writing bytes: the one place that knows byte order, varints and bounds. Used by message codecs
// and by wire frames.
//
// Rules
//  B1 Integers of fixed width are little-endian; varints are LEB128, at most 10 bytes; signed ones are zigzag
//     first.
//  B2 A reader never reads past its end and never believes a length: a count or size is checked against what is
//     left before anything is allocated for it.
//  B3 A reader that fails stays failed and hands out zeros; the first reason is kept. So a decoder checks once,
//     at its end, and no loop runs on garbage for longer than the bytes that are there.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <troupe/base/limits.hpp>

namespace troupe {

/// Appends to a string. Not thread-safe.
class byte_writer {
 public:
  /// Writes to the end of `out`. `context` travels along for codecs that need one (how a ref becomes a
  /// token).
  explicit byte_writer(std::string& out, const void* context = nullptr) noexcept
      : out_(&out), context_(context) {}

  /// One byte.
  void u8(std::uint8_t v) { out_->push_back(static_cast<char>(v)); }
  /// Two bytes (B1).
  void u16(std::uint16_t v) { fixed(v); }
  /// Four bytes (B1).
  void u32(std::uint32_t v) { fixed(v); }
  /// Eight bytes (B1).
  void u64(std::uint64_t v) { fixed(v); }
  /// A double, as its eight bytes (B1).
  void f64(double v) { fixed(std::bit_cast<std::uint64_t>(v)); }

  /// An unsigned varint (B1).
  void varint(std::uint64_t v) {
    while (v >= 0x80) {
      u8(static_cast<std::uint8_t>(v | 0x80));
      v >>= 7;
    }
    u8(static_cast<std::uint8_t>(v));
  }

  /// A signed varint, zigzag (B1).
  void svarint(std::int64_t v) {
    varint((static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63));
  }

  /// The bytes as they are.
  void raw(std::string_view bytes) { out_->append(bytes); }

  /// A varint length, then the bytes.
  void bytes(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }

  /// Bytes in the target so far, for patching a length in later.
  std::size_t position() const noexcept { return out_->size(); }

  /// Overwrites the fixed 32-bit number at `position`. REQUIRES: it was written there.
  void patch_u32(std::size_t position, std::uint32_t v) {
    for (int i = 0; i < 4; ++i)
      (*out_)[position + static_cast<std::size_t>(i)] = static_cast<char>(v >> (8 * i));
  }

  /// What the codec needs besides the bytes; null without.
  const void* context() const noexcept { return context_; }

 private:
  template <class T>
  void fixed(T v) {
    char b[sizeof(T)];
    for (std::size_t i = 0; i < sizeof(T); ++i) b[i] = static_cast<char>(v >> (8 * i));
    out_->append(b, sizeof(T));
  }

  std::string* out_;
  const void* context_;
};

/// Reads from a view, bounded (B2, B3). Not thread-safe.
class byte_reader {
 public:
  explicit byte_reader(std::string_view in, const void* context = nullptr) noexcept
      : in_(in), context_(context) {}

  /// One byte.
  std::uint8_t u8() noexcept { return fixed<std::uint8_t>(); }
  /// Two bytes (B1).
  std::uint16_t u16() noexcept { return fixed<std::uint16_t>(); }
  /// Four bytes (B1).
  std::uint32_t u32() noexcept { return fixed<std::uint32_t>(); }
  /// Eight bytes (B1).
  std::uint64_t u64() noexcept { return fixed<std::uint64_t>(); }
  /// A double, as its eight bytes (B1).
  double f64() noexcept { return std::bit_cast<double>(u64()); }

  /// An unsigned varint (B1).
  std::uint64_t varint() noexcept {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t b = u8();
      if (shift == 63 && b > 1) return fail("a varint is larger than 64 bits"), 0;
      v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
      if (!(b & 0x80)) return v;
    }
    return fail("a varint is longer than 10 bytes"), 0;
  }

  /// A signed varint, zigzag (B1).
  std::int64_t svarint() noexcept {
    const std::uint64_t v = varint();
    return static_cast<std::int64_t>((v >> 1) ^ (~(v & 1) + 1));
  }

  /// The next `n` bytes; empty and failed when there are fewer (B2).
  std::string_view raw(std::size_t n) noexcept {
    if (n > in_.size()) return fail("fewer bytes than announced"), std::string_view{};
    const auto out = in_.substr(0, n);
    in_.remove_prefix(n);
    return out;
  }

  /// A varint length, then that many bytes.
  std::string_view bytes() noexcept {
    const std::uint64_t n = varint();
    return raw(n > in_.size() ? in_.size() + 1 : static_cast<std::size_t>(n));
  }

  /// A varint count of things that take at least `least_bytes` each; 0 and failed when they can't all be
  /// there (B2).
  std::size_t count(std::size_t least_bytes) noexcept {
    const std::uint64_t n = varint();
    if (n > in_.size() / (least_bytes ? least_bytes : 1)) return fail("a count larger than what is left"), 0;
    return static_cast<std::size_t>(n);
  }

  /// Enters one level of nesting; false and failed when that is too deep. Every `enter` has its `leave`.
  bool enter() noexcept {
    if (++depth_ > limits::decode_depth_max) fail("nested too deeply");
    return ok();
  }
  void leave() noexcept { --depth_; }

  /// Marks the input as wrong. The first reason wins (B3). REQUIRES: `why` is a literal.
  void fail(const char* why) noexcept {
    if (!why_) why_ = why;
    in_ = {};
  }

  /// Whether nothing has failed so far (B3).
  bool ok() const noexcept { return why_ == nullptr; }
  /// Why it failed; empty while `ok()`.
  std::string_view why() const noexcept { return why_ ? why_ : ""; }
  /// Bytes that have not been read.
  std::size_t remaining() const noexcept { return in_.size(); }
  /// What has not been read.
  std::string_view rest() const noexcept { return in_; }
  /// What the codec needs besides the bytes; null without.
  const void* context() const noexcept { return context_; }

 private:
  template <class T>
  T fixed() noexcept {
    const auto b = raw(sizeof(T));
    if (b.size() != sizeof(T)) return 0;
    T v = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      v = static_cast<T>(v | static_cast<T>(static_cast<T>(static_cast<unsigned char>(b[i])) << (8 * i)));
    return v;
  }

  std::string_view in_;
  const void* context_;
  const char* why_ = nullptr;
  std::size_t depth_ = 0;
};

}  // namespace troupe
