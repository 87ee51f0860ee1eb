// A message as a frame, made where a codec may do what it likes: outside of all locks.
//
// Rules
//  EN1 Codecs are a user's code. One that is slow holds up its caller only; one that throws fails its message with
//      `errc::invalid` and what it threw.
//  EN2 Packing is done here as well: a large payload takes its sender milliseconds, which nobody else waits for. Whether it leaves packed is
//      seen later, so the plain one is kept until then.
//  EN3 Large blobs stay where they lie, from the message to the stream (B6): who sends one may drop it, and it goes when it has been written.
#pragma once

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

  encoded() : text_(std::move(kept())) {
    if (!text_) text_ = std::make_unique<std::string>(front_bytes, '\0');
    text_->resize(front_bytes);
  }
  ~encoded() {
    if (text_ && text_->capacity() <= kept_bytes_max) kept() = std::move(text_);
  }
  encoded(encoded&&) = default;
  encoded& operator=(encoded&&) = delete;

  /// Puts the value at `at` behind the front (EN1), large blobs as they lie (EN3); `context` goes to the codec. `errc::invalid` with a line for a
  /// person otherwise, and then nothing in here counts.
  result<void> put(const message_type& type, const void* at, const void* context) noexcept;
  /// The nodes, other than this one, that refs in it are of (NM8), in the order of their names.
  const std::vector<std::string>& other_nodes() const noexcept { return other_nodes_; }
  /// Bytes behind the front.
  std::size_t payload_bytes() const noexcept { return text_->size() - front_bytes + apart_bytes_; }

  /// Packs the payload, if that is worth it (EN2).
  void pack();
  /// Whether it is packed.
  bool is_packed() const noexcept { return !packed_.empty(); }
  /// It leaves as it was before.
  void stay_plain() noexcept { packed_.clear(); }

  /// Bytes of what leaves behind the front: the payload, or what it was packed to.
  std::size_t leaving_bytes() const noexcept {
    return is_packed() ? packed_.size() - front_bytes : payload_bytes();
  }
  /// They themselves, in a row, for a front that has no room here.
  std::string_view leaving() {
    join();
    return std::string_view{is_packed() ? packed_ : *text_}.substr(front_bytes);
  }

  /// Puts `front` right before what leaves, and both into the queue. What is large is moved there: behind it there is nothing here.
  void leave(send_queue& to, wire::lane in, const wire::message_front& front);

 private:
  static constexpr std::size_t kept_bytes_max = 1u << 20;

  // Taken out while it is in use, so that a codec that sends a message itself finds another one.
  static std::unique_ptr<std::string>& kept() noexcept {
    thread_local std::unique_ptr<std::string> text;
    return text;
  }

  void join();
  void saw_node(std::string_view node) override;

  std::unique_ptr<std::string> text_;  // null once it was moved from
  std::vector<piece_apart> apart_;     // belongs into it (EN3)
  std::size_t apart_bytes_ = 0;
  std::string packed_;  // empty: it is not
  std::vector<std::string> other_nodes_;
};

/// Whether a payload is to be packed for a peer that can do `can`.
inline bool is_worth_packing(const node_options& options, std::size_t payload_bytes,
                             std::uint64_t can) noexcept {
  return options.compress_above != 0 && payload_bytes >= options.compress_above &&
         (can & wire::can_pack) != 0;
}

}  // namespace troupe::detail
