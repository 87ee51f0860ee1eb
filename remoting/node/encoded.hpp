// A message as a frame, made where a codec may do what it likes: outside of all locks.
//
// Rules
//  EN1 Codecs are a user's code. One that is slow holds up its caller only; one that throws fails its message with
//      `errc::invalid` and what it threw.
#pragma once

#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/delivery/send_queue.hpp>
#include <troupe/engine/message_type.hpp>
#include <troupe/wire/message_front.hpp>
#include <utility>

namespace troupe::detail {

/// A text to encode a message into, with room in front for what is known last. It keeps its memory for the next one of this thread. Not
/// thread-safe.
class encoded {
 public:
  /// Room for whatever names no path.
  static constexpr std::size_t front_bytes = wire::message_front::bytes_max;

  encoded() : text_(std::exchange(kept(), {})) { text_.assign(front_bytes, '\0'); }
  ~encoded() {
    if (text_.capacity() <= kept_bytes_max) kept() = std::move(text_);
  }
  encoded(const encoded&) = delete;
  encoded& operator=(const encoded&) = delete;

  /// The text; the front alone at first.
  std::string& text() noexcept { return text_; }
  /// What stands behind the front.
  std::string_view payload() const noexcept { return std::string_view{text_}.substr(front_bytes); }
  /// Puts `front` right before the payload, and both into the queue. What is large is moved there: behind it there is nothing here.
  void leave(send_queue& to, wire::lane in, const wire::message_front& front) {
    const std::size_t begin = front_bytes - front.bytes().size();
    front.bytes().copy(text_.data() + begin, front.bytes().size());
    if (text_.size() - begin < send_queue::worth_moving)
      to.add(in, std::string_view{text_}.substr(begin));
    else
      to.add(in, std::move(text_), begin);
  }

 private:
  static constexpr std::size_t kept_bytes_max = 1u << 20;

  // Taken out while it is in use, so that a codec that sends a message itself finds another one.
  static std::string& kept() noexcept {
    thread_local std::string text;
    return text;
  }

  std::string text_;
};

/// Appends the value at `at` (EN1); `context` goes to the codec. `errc::invalid` with a line for a person otherwise, and then nothing in
/// `out` counts.
result<void> encode_payload(std::string& out, const message_type& type, const void* at,
                            const void* context) noexcept;

}  // namespace troupe::detail
