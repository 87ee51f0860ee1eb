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
//  B4 What a writer has written is the end of its string, except during a burst: then the string is longer, and nobody but the
//     writer touches it. However a burst ends, an exception among the ways, the string ends behind what was written. Who wants to cut it off
//     himself has the whole writer's life as one burst: `end_in_string` says where.
//  B5 What is large is copied once, from where it lies into the string: the string's memory is not filled before, and what has been written is
//      not moved to make room for its length, where at least the size of that was told.
//  B6 A large blob is not copied into the string where the writer has a place for what lies apart. Positions and lengths count it as if it were in
//     the string.
//  B7 A blob that is read is a copy, or, where it is large and the reader knows who keeps its bytes, those bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <troupe/base/blob.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/base/little_endian.hpp>
#include <vector>

namespace troupe {

/// Appends to a string. Not thread-safe.
class byte_writer {
 public:
  /// Writes to the end of `out`. `context` travels along for codecs that need one (how a ref becomes a
  /// token). `apart` is where large blobs are put; null: into `out` with all the rest (B6). `witness` is for codecs that have something to tell
  /// whoever sends the bytes on.
  explicit byte_writer(std::string& out, const void* context = nullptr,
                       std::vector<piece_apart>* apart = nullptr, void* witness = nullptr) noexcept
      : out_(&out), context_(context), apart_(apart), witness_(witness) {}
  /// The same over what is in `out` from `at` on: all of it is one burst (B4). REQUIRES: `at` is in it.
  byte_writer(std::string& out, std::size_t at, const void* context, std::vector<piece_apart>* apart,
              void* witness) noexcept
      : byte_writer(out, context, apart, witness) {
    at_ = out.data() + at;
    end_ = out.data() + out.size();
  }
  byte_writer(const byte_writer&) = delete;
  byte_writer& operator=(const byte_writer&) = delete;

  /// Lets what is written while it lives go straight into memory, for many small pieces in a row (B4). One inside another
  /// does nothing.
  class burst {
   public:
    explicit burst(byte_writer& writer) : ending_(writer.at_ ? nullptr : &writer) {
      if (ending_) ending_->begin_burst();
    }
    ~burst() {
      if (ending_) ending_->end_burst();
    }
    burst(const burst&) = delete;
    burst& operator=(const burst&) = delete;

   private:
    byte_writer* ending_;
  };

  /// One byte.
  void u8(std::uint8_t v) {
    const char c = static_cast<char>(v);
    put(&c, 1);
  }
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
    if (v < 0x80 && at_ != end_) [[likely]] {  // most numbers are small
      *at_++ = static_cast<char>(v);
    } else {
      long_varint(v);
    }
  }

  /// A signed varint, zigzag (B1).
  void svarint(std::int64_t v) {
    varint((static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63));
  }

  /// The bytes as they are.
  void raw(std::string_view bytes) { put(bytes.data(), bytes.size()); }

  /// A varint length, then the bytes.
  void bytes(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }

  /// What `bytes` writes of those of a blob (B6).
  void shared(const blob& b) {
    if (apart_ && b.size() >= blob::worth_sharing) return put_apart(b);
    bytes(b.text());
  }

  /// Bytes in the target so far, for patching a length in later.
  std::size_t position() const noexcept { return end_in_string() + bytes_apart_; }

  /// Where what was written ends in the string; what lies apart is not in it (B6).
  std::size_t end_in_string() const noexcept {
    return at_ ? static_cast<std::size_t>(at_ - out_->data()) : out_->size();
  }

  /// Overwrites the fixed 32-bit number at `position`. REQUIRES: it was written there, and nothing apart in front of it.
  void patch_u32(std::size_t position, std::uint32_t v) { store_little(out_->data() + position, v); }

  /// Leaves room for the length of what follows, up to `end_length`. `least`: no fewer bytes follow; what is large is then not moved
  /// when its length is known (B5).
  std::size_t begin_length(std::size_t least = 0) {
    if (least < 0x80) [[likely]]
      u8(0);
    else
      varint(least);
    return position();
  }
  /// What was written since `begin_length` returned `begin` gets its length, as a varint, in front: the bytes that `bytes` writes.
  /// REQUIRES: `least` is what `begin_length` was told, and so many bytes were written.
  void end_length(std::size_t begin, std::size_t least = 0) {
    const std::size_t length = position() - begin;
    if ((length | least) < 0x80) [[likely]]
      (*out_)[begin - bytes_apart_ - 1] =
          static_cast<char>(length);  // so short that nothing of it lies apart
    else
      put_length(begin, least, length);
  }

  /// What the codec needs besides the bytes; null without.
  const void* context() const noexcept { return context_; }
  /// Whom the codec tells what it has written, as it knows him; null: nobody wants to know.
  void* witness() const noexcept { return witness_; }

 private:
  static constexpr std::size_t varint_bytes_max = 10;

  static char* write_varint(char* to, std::uint64_t v) noexcept {
    while (v >= 0x80) {
      *to++ = static_cast<char>(v | 0x80);
      v >>= 7;
    }
    *to++ = static_cast<char>(v);
    return to;
  }

  template <class T>
  void fixed(T v) {
    char b[sizeof(T)];
    store_little(b, v);
    put(b, sizeof(T));
  }

  void put(const char* bytes, std::size_t n) {
    if (n > static_cast<std::size_t>(end_ - at_)) [[unlikely]]
      return put_without_room(bytes, n);
    if (n == 0) return;
    std::memcpy(at_, bytes, n);
    at_ += n;
  }

  void long_varint(std::uint64_t v);
  void put_apart(const blob& b);
  void begin_burst();
  void end_burst() noexcept;
  void put_without_room(const char* bytes, std::size_t n);
  void put_large(const char* bytes, std::size_t n);
  void put_length(std::size_t begin, std::size_t least, std::size_t length);

  std::string* out_;
  const void* context_;
  std::vector<piece_apart>* apart_;
  void* witness_;
  std::size_t bytes_apart_ = 0;  // in it
  // In a burst: where the next byte goes, and the end of the string. Both null otherwise.
  char* at_ = nullptr;
  char* end_ = nullptr;
};

/// Reads from a view, bounded (B2, B3). Not thread-safe.
class byte_reader {
 public:
  /// Reads `in`. `context` is as for a writer; `origin` is whom the bytes are from, for codecs that don't believe everybody everything;
  /// `keeper` is who has them (B7).
  explicit byte_reader(std::string_view in, const void* context = nullptr, const void* origin = nullptr,
                       bytes_keeper* keeper = nullptr) noexcept
      : at_(in.data()), end_(in.data() + in.size()), context_(context), origin_(origin), keeper_(keeper) {}

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
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) [[likely]]  // most numbers are small
      return static_cast<unsigned char>(*at_++);
    return long_varint();
  }

  /// A signed varint, zigzag (B1).
  std::int64_t svarint() noexcept {
    const std::uint64_t v = varint();
    return static_cast<std::int64_t>((v >> 1) ^ (~(v & 1) + 1));
  }

  /// The next `n` bytes; empty and failed when there are fewer (B2).
  std::string_view raw(std::size_t n) noexcept {
    if (n > remaining()) [[unlikely]]
      return fail("fewer bytes than announced"), std::string_view{};
    const char* const begin = at_;
    at_ += n;
    return {begin, n};
  }

  /// A varint length, then that many bytes.
  std::string_view bytes() noexcept {
    static_assert(sizeof(std::size_t) == sizeof(std::uint64_t));
    return raw(varint());
  }

  /// The same as a blob (B7).
  blob shared() {
    const std::string_view out = bytes();
    if (keeper_ && out.size() >= blob::worth_sharing)
      if (auto kept = keeper_->keep(out.size())) return {std::move(kept), out};
    return blob::copy_of(out);
  }

  /// A varint count of things that take at least `least_bytes` each; 0 and failed when they can't all be
  /// there (B2).
  std::size_t count(std::size_t least_bytes) noexcept {
    const std::uint64_t n = varint();
    if (n > remaining() / (least_bytes ? least_bytes : 1)) return fail("a count larger than what is left"), 0;
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
    at_ = end_;
  }

  /// Whether nothing has failed so far (B3).
  bool ok() const noexcept { return why_ == nullptr; }
  /// Why it failed; empty while `ok()`.
  std::string_view why() const noexcept { return why_ ? why_ : ""; }
  /// Bytes that have not been read.
  std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  /// What has not been read.
  std::string_view rest() const noexcept { return {at_, remaining()}; }
  /// What the codec needs besides the bytes; null without.
  const void* context() const noexcept { return context_; }
  /// Whom the bytes are from, as the codec knows it; null: this program.
  const void* origin() const noexcept { return origin_; }

 private:
  template <class T>
  T fixed() noexcept {
    const auto b = raw(sizeof(T));
    return b.size() == sizeof(T) ? load_little<T>(b.data()) : T{0};
  }

  std::uint64_t long_varint() noexcept;

  const char* at_;
  const char* end_;
  const void* context_;
  const void* origin_;
  bytes_keeper* keeper_;
  const char* why_ = nullptr;
  std::size_t depth_ = 0;
};

}  // namespace troupe
