// The replies of a pipeline: they are ready in any order and leave in the order of their requests.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kv {

/// Replies by ticket, and what their requests cost meanwhile. Holds next to nothing when empty. Not thread-safe.
class reply_queue {
 public:
  using ticket = std::uint64_t;

  /// A place for the reply of the next request, which took `bytes` on the wire and counts as `weight` requests.
  ticket open(std::size_t bytes, std::size_t weight = 1) {
    waiting_.push_back({{}, bytes, weight, false});
    bytes_ += bytes;
    weight_ += weight;
    return first_ + size() - 1;
  }

  /// The reply is there. Returns the bytes of its request, which is over. REQUIRES: filled once.
  std::size_t fill(ticket t, std::string reply) {
    place& at = waiting_[gone_ + static_cast<std::size_t>(t - first_)];
    at.text = std::move(reply);
    at.ready = true;
    bytes_ -= at.bytes;
    return at.bytes;
  }

  /// Appends to `out` what may leave now.
  void move_ready_to(std::string& out) {
    for (; gone_ < waiting_.size() && waiting_[gone_].ready; ++gone_, ++first_) {
      out += waiting_[gone_].text;
      std::string{}.swap(waiting_[gone_].text);
      weight_ -= waiting_[gone_].weight;
    }
    if (gone_ == waiting_.size()) {
      waiting_.clear();
      gone_ = 0;
      if (waiting_.capacity() > keep_places) std::vector<place>{}.swap(waiting_);
    } else if (gone_ > waiting_.size() / 2) {
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(gone_));
      gone_ = 0;
    }
  }

  /// Whether every reply has left.
  bool empty() const noexcept { return gone_ == waiting_.size(); }
  /// Requests whose reply has not left.
  std::size_t size() const noexcept { return waiting_.size() - gone_; }
  /// The same by weight.
  std::size_t weight() const noexcept { return weight_; }
  /// Bytes of the requests whose reply is not there.
  std::size_t bytes_under_way() const noexcept { return bytes_; }

 private:
  static constexpr std::size_t keep_places = 4;

  struct place {
    std::string text;
    std::size_t bytes;
    std::size_t weight;
    bool ready;
  };
  ticket first_ = 0;            // that of waiting_[gone_]
  std::vector<place> waiting_;  // a ring costs more to keep than to shift now and then
  std::size_t gone_ = 0;        // places at the front whose reply has left
  std::size_t bytes_ = 0;
  std::size_t weight_ = 0;
};

}  // namespace kv
