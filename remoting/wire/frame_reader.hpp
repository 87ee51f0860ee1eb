// Cuts a stream of bytes into frames, and joins those that come in parts. The cap on what a peer can cost is kept here (R6, R8).
//
// Rules
//  F1 A length is judged when its four bytes are there, a kind when its byte is: before anything behind
//     them is waited for.
//  F2 Memory follows the bytes that arrived, never a length that was announced: at most twice what is held,
//     and what is held is one incomplete frame, what comes in parts of each lane, and what was fed and not yet taken out. `place` has room for
//     one part more, and a row of parts may begin in memory that another one has left or had (F6, F7).
//  F3 The first error is final: behind it, no one knows where a frame begins.
//  F4 A frame's body is valid until the next call of `next`, `lend` or `feed`.
//  F5 What is lent is cut where it lies, and only the piece of a frame at its end is copied; what parts carry goes from there to its place
//     in the row of frames that they make (W5): at once where it was read into `place`.
//  F6 Memory that a row of parts has filled is left to the next one, by way of the spare room of the thread that reads. That keeps
//     `spare_bytes_max` at most, so of idle connections there is as much as there are threads.
//  F8 Who takes many small frames may look at the next one first, where it lies whole in what was lent: `sees` finds what `next` would.
//  F7 Of what came in parts, the memory can be kept by who reads it instead, if it is not much more than what he keeps. The next row
//     then begins in as much as a row of this connection has filled before, as far as a spare room goes (F6).
//
// Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <troupe/base/blob.hpp>
#include <troupe/base/error.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/base/little_endian.hpp>
#include <troupe/wire/byte_room.hpp>
#include <troupe/wire/frame.hpp>
#include <vector>

namespace troupe::wire {

/// Finds frames in what a stream brings, however it is cut.
class frame_reader final : public bytes_keeper {
 public:
  /// `frame_limit` is the largest size of a whole frame, in bytes; raise it once the peer has proved who it
  /// is.
  explicit frame_reader(std::size_t frame_limit = limits::handshake_bytes_max) noexcept
      : frame_limit_(frame_limit), joined_limit_(frame_limit) {}

  /// Takes in bytes that stay where they are until `next` has found nothing more (F5). REQUIRES: that was so with those before. Ignored
  /// after an error (F3).
  void lend(std::span<const std::byte> bytes);
  /// The same with the thread's spare room (F6), which stays where it is until `next` has found nothing more.
  void lend(std::span<const std::byte> bytes, byte_room& spare);

  /// Where the next bytes of a part that is under way belong, to read them there (F5): say `filled` then, and lend what came behind them. Empty
  /// where none is, or not enough for a read of its own. REQUIRES: `next` has found nothing more.
  std::span<std::byte> place();
  /// Bytes that the part under way lacks; 0: none is. Where there is no place for them, a short read is enough to get one for the next.
  std::size_t part_left() const noexcept { return part_left_; }
  /// So many bytes have been put at the front of `place`.
  void filled(std::size_t bytes) noexcept;

  /// Takes in a copy. Take all frames out before the next read, or they pile up. Ignored after an error (F3).
  void feed(std::string_view bytes);

  /// The same for what a stream was read into.
  void feed(std::span<const std::byte> bytes);

  /// The next whole frame; nothing when its end has not arrived yet. `errc::decode_error` for a frame over
  /// the limit, of an unknown kind or in parts that do not fit, and from then on (F3): close the stream.
  result<std::optional<frame>> next();

  /// Whether `next` would find this frame in what was lent, and no part (F8). False: `next` has to look. Takes nothing out.
  bool sees(frame& out) const noexcept {
    if (at_ != buffer_.size() || part_open_ || whole_) return false;
    const std::string_view rest = lent_.substr(handed_);
    if (rest.size() < header_bytes) return false;
    const std::size_t size = header_bytes + load_little<std::uint32_t>(rest.data());
    const auto kind = static_cast<std::uint8_t>(rest[sizeof(std::uint32_t)]);
    if (size > rest.size() || size > frame_limit_ || !is_known_kind(kind)) return false;
    out = {static_cast<frame_kind>(kind), rest.substr(header_bytes, size - header_bytes)};
    return out.kind != frame_kind::first_part && out.kind != frame_kind::part;
  }
  /// Takes out what `sees` has found.
  void pass(const frame& seen) noexcept {
    lent_.remove_prefix(handed_);
    handed_ = header_bytes + seen.body.size();
  }

  /// What keeps the body that `next` has given out, if so many bytes of it are worth that (F7); null otherwise. REQUIRES: it has given out one.
  std::shared_ptr<const void> keep(std::size_t bytes) override;

  /// Allows larger frames from the next one on, and up to `joined_limit` bytes that come in parts; never lowers a limit.
  void raise_limit(std::size_t frame_limit, std::size_t joined_limit = 0) noexcept;

  /// Bytes held that were not handed out as frames.
  std::size_t buffered() const noexcept;

  /// Bytes of memory it occupies (F2).
  std::size_t capacity() const noexcept;

 private:
  static constexpr std::size_t spare_bytes_max = std::size_t{2} << 20;

  // Frames that come in parts.
  struct joining {
    byte_room bytes;
    std::size_t size = 0;  // of all of them; 0: none are under way
  };

  std::string_view front() const noexcept;
  bool gather(std::size_t bytes);
  void skip(std::size_t bytes) noexcept;
  void make_room(std::size_t more);
  std::optional<frame> wait(std::size_t frame_size);
  result<std::optional<frame>> next_joined();
  bool begin_part(frame_kind kind, std::size_t size);
  void go_on_with_part();
  void grow(joining& j, std::size_t more);
  void leave(joining& j) noexcept;
  error fail(std::string text);

  std::size_t frame_limit_;
  std::size_t joined_limit_;
  std::string_view lent_;  // begins behind what is in `buffer_`
  std::vector<char> buffer_;
  std::size_t at_ = 0;         // where the next frame begins in it
  std::size_t awaited_ = 0;    // size of the frame that is incomplete, once known
  std::size_t handed_ = 0;     // bytes in front that the last frame was in
  std::size_t part_left_ = 0;  // bytes of a part's body that are to come
  bool part_open_ = false;     // a part has begun, and its end has not been looked at
  lane part_of_ = lane::ordinary;
  joining* whole_ = nullptr;  // its frames are being handed out
  std::size_t whole_at_ = 0;  // how far
  std::array<joining, lanes> joining_;
  std::size_t filled_before_ = 0;  // by the largest row that could be kept, up to `spare_bytes_max` (F7)
  byte_room* spare_ = nullptr;     // of the thread that reads; null: none
  std::optional<error> failed_;
};

}  // namespace troupe::wire
