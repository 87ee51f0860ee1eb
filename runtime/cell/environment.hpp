// What a cell needs of its system. The system owns one environment; while there is any cell the environment owns itself, so
// that a ref that outlives the system still finds a place to count its dead letter.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <troupe/base/limits.hpp>
#include <troupe/cell/address.hpp>
#include <troupe/cell/deployments.hpp>
#include <troupe/cell/handle.hpp>
#include <troupe/cell/interceptor.hpp>
#include <troupe/cell/mailbox_times.hpp>
#include <troupe/cell/names.hpp>
#include <troupe/cell/settings_table.hpp>
#include <troupe/cell/slow_handlers.hpp>
#include <troupe/engine/blocking_pool.hpp>
#include <troupe/engine/dispatchers.hpp>
#include <troupe/engine/scheduler.hpp>
#include <troupe/observe/hub.hpp>
#include <troupe/observe/trace_context.hpp>

namespace caf {
class actor_system;
}  // namespace caf

namespace troupe {

/// What an environment is made of besides the ports.
struct environment_options {
  unsigned workers = 1;           ///< of the default dispatcher
  unsigned blocking_threads = 1;  ///< of the dispatcher `blocking`, at most
  std::vector<engine::dispatcher_spec> dispatchers = {};
  std::vector<deployment> actors = {};
  std::size_t message_text_max = limits::message_text_max;  ///< bytes of a message's content that are shown
  duration slow_handler =
      duration::zero();  ///< how long a handler may run before it is reported; 0: for ever
  duration mailbox_sample_period =
      duration::zero();  ///< how often a worker measures a message (MT1); 0: none is
};

/// The parts of a running system. Everything in it is thread-safe.
class environment : public boost::intrusive_ref_counter<environment, boost::thread_safe_counter> {
 public:
  /// Throws `failed` with one line when a dispatcher can't be made, or an actor is to run on one that there is not.
  environment(port::platform& platform, environment_options options);
  ~environment();

  /// Events, counters, log.
  hub& events() noexcept { return hub_; }
  /// The default dispatcher.
  engine::scheduler& scheduler() noexcept { return scheduler_; }
  /// The dispatcher for actors that wait.
  engine::blocking_pool& blocking() noexcept { return blocking_; }
  /// All dispatchers by name.
  engine::dispatchers& dispatchers() noexcept { return dispatchers_; }
  /// The dispatcher of that name. Throws `failed` with `not_found`, and all names in the text, when there is none.
  engine::dispatcher& dispatcher(std::string_view name);
  /// What is wrong with the name of a dispatcher, naming those there are; "" for nothing.
  std::string no_dispatcher(std::string_view name) const;
  /// What the configuration says of actors by their path.
  const troupe::deployments& deployed() const noexcept { return deployed_; }
  /// How refs are named, inside and outside.
  troupe::names& names() noexcept { return names_; }
  /// How long messages have waited.
  mailbox_times& waits() noexcept { return waits_; }
  /// The timers.
  engine::timers& timers() noexcept { return scheduler_.timers(); }
  /// The ports.
  port::platform& platform() noexcept { return scheduler_.platform(); }
  /// The time: that of the running turn on a worker, else the clock's. Frozen once the system is gone.
  time_point now() const noexcept;
  /// When `delay` from this very moment is over: for what is armed. The time of a turn may be as old as its handler is slow.
  time_point from_now(duration delay) noexcept;
  /// The same for a deadline: no earlier, a hundredth of `timeout` later at most, and cheaper when that leaves some milliseconds.
  time_point deadline_after(duration timeout) noexcept;
  /// Whether that moment has come. Cheap as long as it is some milliseconds away.
  bool is_over(time_point deadline) noexcept;

  /// The hosted CAF system; null before it is made and after it is gone.
  caf::actor_system* caf() const noexcept { return caf_.load(std::memory_order_acquire); }
  /// Sets it. release: pairs with the acquire above.
  void set_caf(caf::actor_system* system) noexcept { caf_.store(system, std::memory_order_release); }

  /// Who sees messages (interceptor.hpp). Complete before the first cell is made.
  const interceptors& intercepted_by() const noexcept { return interceptors_; }
  /// One more, behind the others. REQUIRES: no cell has been made.
  void add_interceptor(std::shared_ptr<interceptor> one);

  /// A new trace with its first span (TC3). Thread-safe.
  trace_context new_trace() noexcept;
  /// The number of a new span. Thread-safe.
  std::uint64_t next_span() noexcept;

  /// While one lives no cell's memory goes, so that a cell that is seen on another thread can be looked at (slow_handlers.hpp, SH4).
  /// One at a time in a system; short, and without a lock.
  class inspection {
   public:
    explicit inspection(environment& env) noexcept : env_(env) {
      while (env_.inspected_.exchange(true, std::memory_order_seq_cst)) env_.inspected_.wait(true);
    }
    ~inspection() {
      env_.inspected_.store(false, std::memory_order_seq_cst);
      env_.inspected_.notify_all();
    }
    inspection(const inspection&) = delete;
    inspection& operator=(const inspection&) = delete;

   private:
    environment& env_;
  };
  /// A cell is about to go: waits for an inspection that is under way.
  void await_inspection() const noexcept {
    // acquire: pairs with the end of an inspection, so what it has read it read before.
    while (inspected_.load(std::memory_order_acquire))
      [[unlikely]] inspected_.wait(true, std::memory_order_acquire);
  }

  /// How many bytes of a message's content dead letters, failures and traces show; 0: none.
  std::size_t message_text_max() const noexcept { return message_text_max_; }

  /// Whether the platform is still there. Set to false by the system's destructor once all threads are gone.
  bool open() const noexcept { return open_.load(std::memory_order_acquire); }
  /// The platform is about to go. release: pairs with the acquire above.
  void close() noexcept { open_.store(false, std::memory_order_release); }

  /// A number that no actor and nobody else in the system has, in order of creation (D1); 0 when there is no CAF system.
  std::uint64_t next_id() noexcept;

  /// Cells alive, as of now.
  std::uint64_t cells() const noexcept { return cells_.load(std::memory_order_relaxed); }
  /// A cell has been made. REQUIRES: the caller owns a reference to the environment, if only through another cell.
  void cell_begins() noexcept {
    // One count instead of a reference for each. The first and the last may come out of order between threads; the reference
    // that the caller has makes up for that.
    if (cells_.fetch_add(1, std::memory_order_relaxed) == 0) intrusive_ptr_add_ref(this);
  }
  /// A cell is gone; it touches nothing here any more.
  void cell_ends() noexcept {
    // acq_rel: the last one sees what the others did here.
    if (cells_.fetch_sub(1, std::memory_order_acq_rel) == 1) intrusive_ptr_release(this);
  }
  /// The shared form of a cell's settings (`alone`: settings.hpp, ST1).
  const shared_settings& settings(const cell_settings& wanted, bool alone = false) {
    return settings_.of(wanted, alone);
  }

  /// The name of the message type with that wire hash, of those that an actor here has understood; `type 0x...` for another. A search.
  std::string message_name(std::uint64_t hash) const;

  /// Gives a message up: counts it, logs it, and settles its reply slot with `why` (M4, M5).
  void dead_letter(engine::envelope_ptr e, std::string to, errc why) noexcept {
    dead_letter(std::move(e), std::move(to), error{why});
  }
  /// The same with a text, which the asker gets too.
  void dead_letter(engine::envelope_ptr e, std::string to, error why) noexcept;

  /// The top of the tree, `/`. Set once by the system before anything else runs, cleared when all cells have
  /// stopped.
  void set_root(boost::intrusive_ptr<cell> root);

  /// The living cell at a path (`/user/bank/ledger`); null if there is none.
  boost::intrusive_ptr<cell> resolve(std::string_view path) const;

 private:
  /// Lets a blocking pool try again after it could get no thread (BP3).
  class thread_retry final : public engine::timer {
   public:
    explicit thread_retry(engine::blocking_pool& pool) noexcept : pool_(pool) {}
    void fired() noexcept override { pool_.grow(); }
    // No references: the system forgets its timers before the environment goes.
    void timer_add_ref() noexcept override {}
    void timer_release() noexcept override {}

   private:
    engine::blocking_pool& pool_;
  };

  settings_table settings_{*this};
  std::atomic<std::uint64_t> cells_{0};
  hub hub_;
  std::deque<slow_handlers> slow_handlers_;  // one a scheduler; goes after all of them
  engine::scheduler scheduler_;
  engine::blocking_pool blocking_;
  engine::dispatchers dispatchers_;
  const troupe::deployments deployed_;
  mailbox_times waits_;
  const std::size_t message_text_max_;
  troupe::names names_;
  interceptors interceptors_;
  const std::uint64_t span_seed_;
  std::atomic<std::uint64_t> spans_{0};  // relaxed: only has to be unique
  std::atomic<bool> inspected_{false};
  std::deque<thread_retry> thread_retries_;
  std::atomic<caf::actor_system*> caf_{nullptr};
  std::atomic<bool> open_{true};
  mutable std::mutex root_mutex_;
  boost::intrusive_ptr<cell> root_;  // guarded by root_mutex_
};

}  // namespace troupe
