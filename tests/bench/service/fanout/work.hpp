// Fan-out, the same for every program: one publisher, SIZE deliveries in all to 1, 10, 100 and 1,000 members.
//
// Rules
//  FO1 A publisher sends a batch, and the next one when every member has said that it has all of the last: what is measured is steady,
//      not a mailbox that grows.
//  FO2 Every member checks number and order of every message (MP2).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "measure/finish.hpp"
#include "measure/program.hpp"

namespace bench::work {

inline constexpr std::uint64_t fanout_members[] = {1, 10, 100, 1'000};
/// Deliveries under way at most.
inline constexpr std::uint64_t fanout_batch_deliveries = 50'000;

/// How often a publisher sends a batch to `members`, of how many messages.
struct fanout_plan {
  std::uint64_t batch;
  std::uint64_t batches;
  std::uint64_t messages() const { return batch * batches; }
};
inline fanout_plan fanout_plan_of(std::uint64_t deliveries, std::uint64_t members) {
  const std::uint64_t batch = fanout_batch_deliveries / members;
  return {batch, std::max<std::uint64_t>(1, deliveries / (batch * members))};
}

/// What a member does with a message: checks it, and says whether it was the last of a batch.
class fanout_member {
 public:
  explicit fanout_member(std::uint64_t batch) : batch_(batch) {}
  bool took(std::uint64_t number) {
    expect(number == next_, "fan-out: a message is missing, came twice or out of order");
    return ++next_ % batch_ == 0;
  }

 private:
  std::uint64_t batch_;
  std::uint64_t next_ = 0;
};

/// What a publisher counts: members that have all of a batch.
class fanout_publisher {
 public:
  fanout_publisher(std::uint64_t members, fanout_plan plan) : members_(members), plan_(plan) {}
  /// One more has it; true: all have.
  bool all_have() {
    if (++have_ < members_) return false;
    have_ = 0;
    return true;
  }
  /// Whether there is another batch; `send(number)` sends its messages.
  template <class F>
  bool next_batch(F send) {
    if (next_ == plan_.messages()) return false;
    for (std::uint64_t i = 0; i < plan_.batch; ++i) send(next_++);
    return true;
  }

 private:
  std::uint64_t members_;
  fanout_plan plan_;
  std::uint64_t next_ = 0;
  std::uint64_t have_ = 0;
};

}  // namespace bench::work
