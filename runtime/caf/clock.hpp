// CAF's clock on our timers.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <caf/detail/simple_actor_clock.hpp>
#include <mutex>
#include <troupe/engine/scheduler.hpp>

namespace troupe {

/// Keeps CAF's schedule (a map of its own) behind a lock and has one timer of ours armed for its next entry.
/// Thread-safe. CAF's time points count from the same origin as our clock's.
class caf_clock final : public caf::detail::simple_actor_clock {
 public:
  explicit caf_clock(engine::scheduler& scheduler) : scheduler_(scheduler) {}
  ~caf_clock() override { close(); }

  time_point now() const noexcept override;
  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                            std::uint64_t id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                         std::uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point t, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

  /// Forgets everything and arms nothing any more. For shutdown.
  void close();

 private:
  // The timer. It may fire after the clock has gone, so it looks for the clock under a lock of its own.
  class alarm final : public engine::timer,
                      public boost::intrusive_ref_counter<alarm, boost::thread_safe_counter> {
   public:
    explicit alarm(caf_clock& owner) noexcept : owner_(&owner) {}
    void fired() noexcept override;
    void timer_add_ref() noexcept override { intrusive_ptr_add_ref(this); }
    void timer_release() noexcept override { intrusive_ptr_release(this); }
    /// The clock goes: never ring it again.
    void forget_owner() noexcept;
    virtual ~alarm() = default;

   private:
    std::mutex mutex_;
    caf_clock* owner_;  // guarded by mutex_
  };

  void ring();
  void rearm();
  template <class F>
  void locked(F change);

  engine::scheduler& scheduler_;
  // Recursive: an entry that is dropped may be the last handle to an actor, whose end cancels its timeouts.
  std::recursive_mutex mutex_;
  boost::intrusive_ptr<alarm> alarm_{new alarm{*this}};
  time_point armed_for_ = time_point::max();
  bool closed_ = false;
};

}  // namespace troupe
