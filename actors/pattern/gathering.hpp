// Asks that go to several members and have one answer (RO4).
//
// Rules
//  GA1 The asker's slot is settled once: by the first success, by the last error when all have failed, or by its own deadline.
//      What comes later is dropped.
//  GA2 Nothing here outlives the answers it waits for: each member's request settles its slot (RS3), also when it is dropped.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <mutex>
#include <troupe/engine/reply_slot.hpp>
#include <troupe/pattern/router_address.hpp>
#include <vector>

namespace troupe::detail {

/// One ask to several members. Thread-safe.
class gathering : public boost::intrusive_ref_counter<gathering, boost::thread_safe_counter> {
 public:
  /// `asker` waits for the answer.
  explicit gathering(engine::reply_slot_ptr asker) : asker_(std::move(asker)) {}
  virtual ~gathering() = default;
  /// A member has answered.
  virtual void answered(engine::outcome what) noexcept = 0;

  /// Who waits.
  engine::reply_slot& asker() const noexcept { return *asker_; }

 protected:
  /// `why`, which was the last of `members` errors, is the answer.
  void fail(error why, std::size_t members) noexcept;

 private:
  const engine::reply_slot_ptr asker_;
};
/// A shared gathering.
using gathering_ptr = boost::intrusive_ptr<gathering>;

/// The slot of one member's request.
class gather_slot final : public engine::reply_slot {
 public:
  explicit gather_slot(gathering_ptr to) noexcept
      : engine::reply_slot(to->asker().reply_type()), to_(std::move(to)) {
    deadline = to_->asker().deadline;  // M6: who gets it too late drops it
  }

 private:
  void settled() noexcept override { to_->answered(take()); }

  const gathering_ptr to_;
};

/// All at once.
class first_success final : public gathering {
 public:
  /// Of `members` requests.
  first_success(engine::reply_slot_ptr asker, std::size_t members)
      : gathering(std::move(asker)), members_(members), open_(members) {}
  void answered(engine::outcome what) noexcept override;

 private:
  const std::size_t members_;
  std::atomic<std::size_t> open_;  // acq_rel on the way down: no other effect hangs on it
};

/// One after the other. `fired` sends the next request.
class chopping final : public gathering, public engine::timer {
 public:
  /// A request that has not been sent.
  struct attempt {
    member_ptr to;
    engine::envelope_ptr request;
  };
  /// Sends `attempts` from the last to the first, one every `interval`.
  chopping(environment& env, engine::reply_slot_ptr asker, std::vector<attempt> attempts, duration interval)
      : gathering(std::move(asker)),
        env_(&env),
        interval_(interval),
        members_(attempts.size()),
        left_(std::move(attempts)) {}

  /// Sends the next request, if one is wanted still. Whoever calls it is the only one to: at first its maker, then whoever
  /// finds the timer fired or has cancelled it.
  void next() noexcept;

  void answered(engine::outcome what) noexcept override;
  void fired() noexcept override { next(); }
  void timer_add_ref() noexcept override { intrusive_ptr_add_ref(static_cast<gathering*>(this)); }
  void timer_release() noexcept override { intrusive_ptr_release(static_cast<gathering*>(this)); }

 private:
  const boost::intrusive_ptr<environment> env_;
  const duration interval_;
  const std::size_t members_;
  std::mutex mutex_;           // held for a few instructions, nothing is sent meanwhile
  std::vector<attempt> left_;  // guarded by mutex_
  std::size_t open_ = 0;       // guarded by mutex_
  bool over_ = false;          // guarded by mutex_
};

/// `count` messages, `e` and copies of it, more than 0. Empty, and `e` is given back to `by`, when it can't be copied.
std::vector<engine::envelope_ptr> multiply(engine::envelope_ptr e, std::size_t count,
                                           const message_copiers& copiers, router_address& by);

}  // namespace troupe::detail
