// Writes a frame in two steps, so that a message is encoded once, straight into the outgoing buffer: open
// it with its header fields, let the contract write the payload, close it.
//
//   wire::frame_builder frame{out, wire::tell{.path = path, .type_hash = type.hash}, resolver};
//   type.encode(message, frame.payload());
//   auto size = frame.close();
//
// Rules
//  F1 Until `close` succeeds the buffer ends in an unfinished frame: nothing of it may be sent.
//  F2 A frame that is not closed, or that does not fit, leaves the buffer as it was before; so a codec may
//     throw.
//  F3 One open frame a buffer.
//
// Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <troupe/base/bytes.hpp>
#include <troupe/base/error.hpp>
#include <troupe/wire/bodies.hpp>
#include <troupe/wire/frame.hpp>

namespace troupe::wire {

/// A frame that is being written to the end of a buffer.
class frame_builder {
 public:
  /// Opens a frame of any kind with an empty body. `context` travels to the codec in the writer; `limit` is
  /// the largest size of the whole frame, in bytes. The buffer must outlive the builder.
  frame_builder(std::string& out, frame_kind kind, const void* context = nullptr,
                std::size_t limit = limits::frame_bytes_max);

  /// Opens a tell and writes its header. A payload that is set in `header` is written too.
  frame_builder(std::string& out, const tell& header, const void* context = nullptr,
                std::size_t limit = limits::frame_bytes_max);

  /// Opens an ask, likewise.
  frame_builder(std::string& out, const ask& header, const void* context = nullptr,
                std::size_t limit = limits::frame_bytes_max);

  /// Opens a reply, likewise.
  frame_builder(std::string& out, const reply& header, const void* context = nullptr,
                std::size_t limit = limits::frame_bytes_max);

  /// Takes an unclosed frame back out of the buffer (F2).
  ~frame_builder() { cancel(); }

  frame_builder(const frame_builder&) = delete;
  frame_builder& operator=(const frame_builder&) = delete;

  /// Where the payload goes. REQUIRES: not closed.
  byte_writer& payload() noexcept { return writer_; }

  /// Patches the length in. Returns the size of the whole frame, in bytes. `errc::invalid`, and the buffer
  /// as it was before, when the frame is larger than the limit or the path longer than `path_bytes_max`;
  /// the text names the size and the limit. REQUIRES: called once.
  result<std::size_t> close();

  /// Takes the frame back out of the buffer. Nothing happens when it is closed.
  void cancel() noexcept;

 private:
  std::string* out_;  // null once closed
  byte_writer writer_;
  std::size_t start_;
  std::size_t limit_;
  frame_kind kind_;
  std::size_t path_bytes_ = 0;
};

}  // namespace troupe::wire
