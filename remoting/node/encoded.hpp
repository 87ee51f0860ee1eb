// A message as a frame, made where a codec may do what it likes: outside of all locks.
//
// Rules
//  EN1 Codecs are a user's code. One that is slow holds up its caller only; one that throws fails its message with
//      `errc::invalid` and what it threw.
#pragma once

#include <string>
#include <troupe/base/error.hpp>
#include <troupe/engine/message_type.hpp>
#include <troupe/wire/frame_builder.hpp>
#include <utility>

namespace troupe::detail {

/// A text to encode into that keeps its memory for the next one of this thread. Not thread-safe.
class encoded {
 public:
  encoded() noexcept : text_(std::exchange(kept(), {})) { text_.clear(); }
  ~encoded() {
    if (text_.capacity() <= kept_bytes_max) kept() = std::move(text_);
  }
  encoded(const encoded&) = delete;
  encoded& operator=(const encoded&) = delete;

  /// The text; empty at first.
  std::string& text() noexcept { return text_; }

 private:
  static constexpr std::size_t kept_bytes_max = 1u << 20;

  // Taken out while it is in use, so that a codec that sends a message itself finds another one.
  static std::string& kept() noexcept {
    thread_local std::string text;
    return text;
  }

  std::string text_;
};

/// Appends the value at `at` as a frame with that header (EN1); `context` goes to the codec. Returns the size of the frame
/// in bytes, or `errc::invalid` with a line for a person, and then `out` is as it was.
template <class Header>
result<std::size_t> encode_frame(std::string& out, const Header& header, const message_type& type,
                                 const void* at, const void* context) noexcept {
  if (!type.encode)
    return error{errc::invalid,
                 std::string{type.name} +
                     " has no contract, so it can't leave the process; give it a TROUPE_CONTRACT"};
  try {
    wire::frame_builder frame{out, header, context};
    type.encode(at, frame.payload());
    return frame.close();
  } catch (...) {
    return error{errc::invalid, "encoding " + std::string{type.name} + " threw " +
                                    to_string(current_exception_error(errc::invalid))};
  }
}

}  // namespace troupe::detail
