// What a cell with a bounded mailbox has beyond others (M8).
#pragma once

#include <atomic>
#include <troupe/base/mailbox_choice.hpp>
#include <troupe/cell/offers.hpp>
#include <troupe/engine/block_pool.hpp>
#include <troupe/engine/bounded_mailbox.hpp>

namespace troupe {

/// The bounded part of a mailbox, and who waits for room in it. Made with the cell and as long as it; senders use it.
struct bounded_part {
  explicit bounded_part(const mailbox_choice& bound)
      : box(bound.max, bound.when_full == overflow::drop_oldest),
        pushes_back(bound.when_full == overflow::push_back) {}

  engine::bounded_mailbox<engine::envelope> box;
  const bool pushes_back;
  offers waiting;
  // Set by whoever leaves word for the receiver in a request that the receiver can't look at itself (bounded.cpp). relaxed: the nudge
  // or wake that follows makes it visible.
  std::atomic<bool> has_asked{false};
};

}  // namespace troupe
