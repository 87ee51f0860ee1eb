// A message as a frame, made where a codec may do what it likes: outside of all locks.
//
// Rules
//  EN1 Codecs are a user's code. One that is slow holds up its caller only; one that throws fails its message with
//      `errc::invalid` and what it threw.
//  EN2 Packing is done here as well: a large payload takes its sender milliseconds, which nobody else waits for. Whether it leaves packed is
//      seen later, so the plain one is kept until then.
#pragma once

#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/delivery/send_queue.hpp>
#include <troupe/engine/message_type.hpp>
#include <troupe/node/options.hpp>
#include <troupe/wire/message_front.hpp>
#include <troupe/wire/packed.hpp>
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
  /// Packs the payload, if that is worth it (EN2).
  void pack() {
    packed_.assign(front_bytes, '\0');
    if (!wire::pack(payload(), packed_)) packed_.clear();
  }
  /// Whether it is packed.
  bool is_packed() const noexcept { return !packed_.empty(); }
  /// It leaves as it was before.
  void stay_plain() noexcept { packed_.clear(); }
  /// What leaves behind the front: the payload, or what it was packed to.
  std::string_view leaving() const noexcept {
    return is_packed() ? std::string_view{packed_}.substr(front_bytes) : payload();
  }

  /// Puts `front` right before what leaves, and both into the queue. What is large is moved there: behind it there is nothing here.
  void leave(send_queue& to, wire::lane in, const wire::message_front& front) {
    std::string& text = is_packed() ? packed_ : text_;
    const std::size_t begin = front_bytes - front.bytes().size();
    front.bytes().copy(text.data() + begin, front.bytes().size());
    if (text.size() - begin < send_queue::worth_moving)
      to.add(in, std::string_view{text}.substr(begin));
    else
      to.add(in, std::move(text), begin);
  }

 private:
  static constexpr std::size_t kept_bytes_max = 1u << 20;

  // Taken out while it is in use, so that a codec that sends a message itself finds another one.
  static std::string& kept() noexcept {
    thread_local std::string text;
    return text;
  }

  std::string text_;
  std::string packed_;  // empty: it is not
};

/// Appends the value at `at` (EN1); `context` goes to the codec. `errc::invalid` with a line for a person otherwise, and then nothing in
/// `out` counts.
result<void> encode_payload(std::string& out, const message_type& type, const void* at,
                            const void* context) noexcept;

/// Whether a payload is to be packed for a peer that can do `can`.
inline bool is_worth_packing(const node_options& options, std::string_view payload,
                             std::uint64_t can) noexcept {
  return options.compress_above != 0 && payload.size() >= options.compress_above &&
         (can & wire::can_pack) != 0;
}

}  // namespace troupe::detail
