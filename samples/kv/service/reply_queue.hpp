// The replies of a pipeline: they are ready in any order and leave in the order of their requests.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

namespace kv {

/// Replies by ticket. Not thread-safe.
class reply_queue {
 public:
  using ticket = std::uint64_t;

  /// A place for the reply of the next request.
  ticket open() {
    waiting_.emplace_back();
    return first_ + waiting_.size() - 1;
  }

  /// The reply is there.
  void fill(ticket t, std::string reply) {
    auto& at = waiting_[static_cast<std::size_t>(t - first_)];
    at.text = std::move(reply);
    at.ready = true;
  }

  /// Appends to `out` what may leave now.
  void move_ready_to(std::string& out) {
    while (!waiting_.empty() && waiting_.front().ready) {
      out += waiting_.front().text;
      waiting_.pop_front();
      ++first_;
    }
  }

  /// Requests without a reply that has left.
  std::size_t size() const noexcept { return waiting_.size(); }

 private:
  struct place {
    std::string text;
    bool ready = false;
  };
  ticket first_ = 0;
  std::deque<place> waiting_;
};

}  // namespace kv
