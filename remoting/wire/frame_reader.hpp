// Cuts a stream of bytes into frames. The cap on what a peer can cost is kept here (R6, R8).
//
// Rules
//  F1 A length is judged when its four bytes are there, a kind when its byte is: before anything behind
//     them is waited for.
//  F2 Memory follows the bytes that arrived, never a length that was announced: at most twice what is held,
//     and what is held is one incomplete frame plus what was fed and not yet taken out.
//  F3 The first error is final: behind it, no one knows where a frame begins.
//  F4 A frame's body is valid until the next call of `next` or `feed`.
//
// Not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/wire/frame.hpp>
#include <vector>

namespace troupe::wire {

/// Finds frames in what a stream brings, however it is cut.
class frame_reader {
 public:
  /// `frame_limit` is the largest size of a whole frame, in bytes; raise it once the peer has proved who it
  /// is.
  explicit frame_reader(std::size_t frame_limit = limits::handshake_bytes_max) noexcept
      : frame_limit_(frame_limit) {}

  /// Takes bytes in. Take all frames out before the next read, or they pile up. Ignored after an error (F3).
  void feed(std::string_view bytes);

  /// The same for what a stream was read into.
  void feed(std::span<const std::byte> bytes);

  /// The next whole frame; nothing when its end has not arrived yet. `errc::decode_error` for a frame over
  /// the limit or of an unknown kind, and from then on (F3): close the stream.
  result<std::optional<frame>> next();

  /// Allows larger frames from the next one on; never lowers the limit.
  void raise_limit(std::size_t frame_limit) noexcept;

  /// Bytes held that were not handed out as frames.
  std::size_t buffered() const noexcept { return buffer_.size() - at_; }

  /// Bytes of memory it occupies (F2).
  std::size_t capacity() const noexcept { return buffer_.capacity(); }

 private:
  std::optional<frame> wait(std::size_t frame_size);
  error fail(std::string text);
  void make_room(std::size_t more);

  std::size_t frame_limit_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;       // where the next frame begins
  std::size_t awaited_ = 0;  // size of the frame that is incomplete, once known
  std::optional<error> failed_;
};

}  // namespace troupe::wire
