// A message on its way into the mailbox of a plain CAF actor that we put there, and which tells us whether the actor ever looked at it.
//
//  CU1 CAF does not say how much was in the mailbox of an actor that has ended. But it destroys what is left there without a look at the
//      content (only at who asks, to bounce a request), and it looks at the content of whatever it runs. So a message that goes unseen
//      was lost. What an actor has looked at and put aside (CAF's `skip`) counts as seen.
#pragma once

#include <atomic>
#include <caf/mailbox_element.hpp>
#include <cstdint>
#include <memory>
#include <utility>

namespace troupe {

/// How many messages one CAF actor has lost. Thread-safe.
struct unseen_count {
  std::atomic<std::uint64_t> waiting{0};  ///< put into its mailbox and not looked at yet
  std::atomic<std::uint64_t> lost{0};     ///< destroyed without a look
};

/// Stands for `inner` in a mailbox (CU1). Used by one thread at a time, as any element.
class counted_element final : public caf::mailbox_element {
 public:
  counted_element(caf::mailbox_element_ptr inner, std::shared_ptr<unseen_count> counts)
      : caf::mailbox_element(std::move(inner->sender), inner->mid, std::move(inner->stages)),
        inner_(std::move(inner)),
        counts_(std::move(counts)) {
    counts_->waiting.fetch_add(1, std::memory_order_relaxed);  // relaxed, and below: figures
  }
  ~counted_element() override {
    if (seen_) return;
    counts_->waiting.fetch_sub(1, std::memory_order_relaxed);
    counts_->lost.fetch_add(1, std::memory_order_relaxed);
  }

  caf::type_erased_tuple& content() override {
    see();
    return inner_->content();
  }
  const caf::type_erased_tuple& content() const override {
    see();
    return std::as_const(*inner_).content();
  }
  caf::message move_content_to_message() override {
    see();
    return inner_->move_content_to_message();
  }
  caf::message copy_content_to_message() const override {
    see();
    return inner_->copy_content_to_message();
  }

 private:
  void see() const noexcept {
    if (std::exchange(seen_, true)) return;
    counts_->waiting.fetch_sub(1, std::memory_order_relaxed);
  }

  const caf::mailbox_element_ptr inner_;
  const std::shared_ptr<unseen_count> counts_;
  mutable bool seen_ = false;
};

}  // namespace troupe
