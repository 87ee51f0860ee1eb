// A message as a frame, made where a codec may do what it likes: outside of all locks.
//
// Rules
//  EN1 Codecs are a user's code. One that is slow holds up its caller only; one that throws fails its message with
//      `errc::invalid` and what it threw.
//  EN2 Packing is done here as well: a large payload takes its sender milliseconds, which nobody else waits for. Whether it leaves packed is
//      seen later, so the plain one is kept until then.
//  EN4 What most messages have nothing of is made when there is some. The text is as long as its memory from the start, so that nothing is filled and
//      cut off for each message; what is behind `end` is nobody's.
//  EN3 Large blobs stay where they lie, from the message to the stream (B6): who sends one may drop it, and it goes when it has been written.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <troupe/base/blob.hpp>
#include <troupe/base/error.hpp>
#include <troupe/cell/resolver.hpp>
#include <troupe/delivery/send_queue.hpp>
#include <troupe/engine/message_type.hpp>
#include <troupe/node/options.hpp>
#include <troupe/wire/message_front.hpp>
#include <troupe/wire/packed.hpp>
#include <utility>
#include <vector>

namespace troupe::detail {

/// A text to encode a message into, with room in front for what is known last. It keeps its memory for the next one of this thread. Not
/// thread-safe.
class encoded final : private ref_witness {
 public:
  /// Room for whatever names no path.
  static constexpr std::size_t front_bytes = wire::message_front::bytes_max;

  encoded() : text_(std::exchange(kept_.text, nullptr)) {
    if (!text_) [[unlikely]]
      make_text();
  }
  ~encoded() { give_back(); }
  encoded(encoded&& from) noexcept
      : text_(std::exchange(from.text_, nullptr)), end_(from.end_), rare_(std::move(from.rare_)) {}
  encoded& operator=(encoded&&) = delete;

  /// Puts the value at `at` behind the front (EN1), large blobs as they lie (EN3); `context` goes to the codec. `errc::invalid` with a line for a
  /// person otherwise, and then nothing in here counts.
  result<void> put(const message_type& type, const void* at, const void* context) noexcept;
  /// The nodes, other than this one, that refs in it are of (NM8), in the order of their names.
  const std::vector<std::string>& other_nodes() const noexcept;
  /// Bytes behind the front.
  std::size_t payload_bytes() const noexcept { return end_ - front_bytes + (rare_ ? rare_->apart_bytes : 0); }
  /// Whether it is a text like most: none of it lies apart, names another node or is packed.
  bool is_plain() const noexcept { return !rare_; }

  /// Packs the payload, if that is worth it (EN2).
  void pack();
  /// Whether it is packed.
  bool is_packed() const noexcept { return rare_ && !rare_->packed.empty(); }
  /// It leaves as it was before.
  void stay_plain() noexcept {
    if (rare_) rare_->packed.clear();
  }

  /// Bytes of what leaves behind the front: the payload, or what it was packed to.
  std::size_t leaving_bytes() const noexcept {
    return is_packed() ? rare_->packed.size() - front_bytes : payload_bytes();
  }
  /// They themselves, in a row, for a front that has no room here.
  std::string_view leaving() {
    join();
    return (is_packed() ? std::string_view{rare_->packed} : text()).substr(front_bytes);
  }

  /// Puts `front` right before what leaves, and both into the queue. What is large is moved there: behind it there is nothing here.
  void leave(send_queue& to, wire::lane in, const wire::message_front& front);
  /// `front` and behind it what leaves, in a row, until it is changed. REQUIRES: it is plain.
  std::string_view with_front(const wire::message_front& front) noexcept {
    const std::string_view head = front.bytes();
    char* const begin = text_->data() + front_bytes - head.size();
    std::memcpy(begin, head.data(), head.size());
    return {begin, static_cast<std::size_t>(text_->data() + end_ - begin)};
  }

 private:
  static constexpr std::size_t kept_bytes_max = 1u << 20;

  // EN4
  struct rare {
    std::vector<piece_apart> apart;  // belongs into the text (EN3)
    std::size_t apart_bytes = 0;
    std::string packed;  // empty: it is not
    std::vector<std::string> other_nodes;
  };

  // The thread's text. Taken out while it is in use, so that a codec that sends a message itself finds another one. Trivial, so that reaching
  // it costs one instruction; `stays` once its end is registered (encoded.cpp).
  struct kept_text {
    std::string* text = nullptr;
    bool stays = false;
  };
  struct text_end;
  static constinit thread_local kept_text kept_;

  void make_text();
  void give_back() noexcept {
    if (text_ && !kept_.text && kept_.stays && text_->capacity() <= kept_bytes_max) [[likely]]
      kept_.text = text_;
    else
      delete text_;
  }
  std::string_view text() const noexcept { return {text_->data(), end_}; }
  std::string take_text();
  rare& with_rare();
  void join();
  void saw_node(std::string_view node) override;

  std::string* text_;  // owned; null once it was moved from
  std::size_t end_ = front_bytes;
  std::unique_ptr<rare> rare_;
};

/// Whether a payload is to be packed for a peer that can do `can`.
inline bool is_worth_packing(const node_options& options, std::size_t payload_bytes,
                             std::uint64_t can) noexcept {
  return options.compress_above != 0 && payload_bytes >= options.compress_above &&
         (can & wire::can_pack) != 0;
}

}  // namespace troupe::detail
