// A cell's prioritized mailbox (M8): senders push as ever, and the receiver looks at all there is before each message.
#include <troupe/cell/cell.hpp>
#include <troupe/cell/extras.hpp>

namespace troupe {

prioritized_part& cell::lanes() const noexcept { return *extras_.get()->prioritized; }

// What can be run next, oldest or not: all that has come by now takes part. Signals come first (C4), so null also when there are any.
engine::envelope_ptr cell::next_prioritized() {
  prioritized_part& all = lanes();
  looked_ = false;
  if (!backlog_.empty()) all.put_back(backlog_);
  all.take_over(inbox_.take());
  return system_lane_.empty() ? all.next() : nullptr;
}

bool cell::lanes_empty() const noexcept { return lanes().empty(); }

void cell::close_prioritized() noexcept {
  prioritized_part& all = lanes();
  all.take_over(inbox_.close());
  while (auto e = all.next_to_give_up()) env().dead_letter(std::move(e), path(), errc::stopped);
}

}  // namespace troupe
