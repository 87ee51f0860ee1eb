// Where a case is played: a system whose time stands still until the case lets it pass, on real threads or simulated.
//
//     TEST_CASE("one_for_one: one that fails is restarted alone") {
//       everywhere([](stage& s) {
//         auto top = supervise(s.sys(), "top", one_for_one{}, s.child("a"), s.child("b"));
//         s.tell<crash>("top/a");
//         CHECK(s.happened() == lines{"a start", "b start", "a stop", "a start"});
//       });
//     }
//
// Rules
//  ST1 A case is a function of a stage and of nothing else: it is played once on threads, then once for each seed, on a fresh stage
//      each time.
//  ST2 It waits by `settle` (all that has been sent, and all it has caused, has been handled) and by `advance` (that much time has passed,
//      timer by timer); both mean the same on threads and in a simulation. What looks at something settles first. So nothing sleeps, and
//      nothing is compared that could still change.
//  ST3 What it compares must hold in every order of events that the rules allow: seeds try them.
//  ST4 A handler that never returns holds one thread up, or, simulated, one dispatcher: `hang`, until `let_go`. In a simulation an hour has
//      passed then.
//
// Used by the test's thread, but for `note` and `hang`.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/cell/cell.hpp>
#include <troupe/ref/named.hpp>
#include <troupe/system/system.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/tree/supervise.hpp>
#include <vector>

#include "conformance/worker.hpp"

namespace conformance {

using namespace troupe;
using namespace std::chrono_literals;

/// Lines of text.
using lines = std::vector<std::string>;

/// Longer than any case lasts: of asks that must be answered by somebody.
inline constexpr duration for_ever = hours{24};

/// See above (ST1-ST4).
class stage : public notes {
 public:
  stage() = default;
  virtual ~stage() = default;
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  // ---- what there is
  /// The system under test.
  virtual troupe::system& sys() = 0;
  /// A worker named `id` that notes its life, and lives by `script(id)` (worker.hpp).
  child_builder child(const std::string& id);
  /// The same without a name, for dynamic supervisors: its notes say `id`.
  child_builder pattern(const std::string& id);
  /// What the workers of that id are going to do. The same one for as long as the stage stands.
  worker_script& script(const std::string& id) { return *shared_script(id); }
  /// The same, for whoever makes workers by hand.
  const worker_script_ptr& shared_script(const std::string& id);
  /// The cell at `path` below `/user` now, null if there is none.
  cell_ptr at(const std::string& path) { return sys().env().resolve("/user/" + path); }
  /// Whether `path` below `/user` answers, and then with which number: its object's count of pings.
  std::optional<int> pinged(const std::string& path);

  // ---- time (ST2)
  /// Until nothing is left to be done now.
  virtual void settle() = 0;
  /// Lets `d` pass.
  virtual void advance(duration d) = 0;

  // ---- what is sent
  /// Sends an `M{fields...}` to `path` below `/user`.
  template <class M, class... Fields>
  void tell(const std::string& path, Fields... fields) {
    ref_to<M>(sys().env(), "/user/" + path).tell(M{std::move(fields)...});
  }
  /// Tells the actor at `path` below `/user` to stop: somebody who is not its supervisor does.
  void stop(const std::string& path);
  /// The same, without waiting for what becomes of it.
  void stop_unseen(const std::string& path);
  /// What comes of an ask; it must have come by now.
  template <class R>
  result<R> answer(future<R> to_come) {
    auto box = keep(std::move(to_come));
    return box->taken(*this);
  }
  /// What the supervisor at `path` below `/user` answers now that all before is done.
  template <class M>
  result<reply_of<M>> ask(const std::string& path, M m) {
    settle();
    return answer(ref_to<M>(sys().env(), "/user/" + path).ask(std::move(m), for_ever));
  }

  /// An answer that may take a while.
  template <class R>
  class awaited {
   public:
    /// Whether it is there now.
    bool is_there(stage& s) {
      s.settle();
      const std::lock_guard hold{mutex_};
      return what_.has_value();
    }
    /// Takes it. Throws when it is not there.
    result<R> taken(stage& s) {
      if (!is_there(s)) throw std::runtime_error{"an answer has not come though nothing is left to be done"};
      const std::lock_guard hold{mutex_};
      return std::move(*what_);
    }
    /// It has come.
    void come(result<R> what) {
      const std::lock_guard hold{mutex_};
      what_.emplace(std::move(what));
    }

   private:
    std::mutex mutex_;
    std::optional<result<R>> what_;  // guarded by mutex_
  };
  /// For later.
  template <class R>
  static std::shared_ptr<awaited<R>> keep(future<R> to_come) {
    auto box = std::make_shared<awaited<R>>();
    to_come.then([box](result<R> what) { box->come(std::move(what)); });
    return box;
  }

  // ---- what has happened
  /// From any thread.
  void note(std::string line) override;
  /// Notes `PATH gone KIND` when `path` below `/user` has ended. Throws when there is nobody.
  void note_end(const std::string& path);
  /// All notes since the last `mark`.
  lines happened();
  /// How often that was noted, from the beginning on.
  std::ptrdiff_t count(const std::string& line);
  /// What was noted so far is not asked for again.
  void mark();
  /// The events that the system has told of so far.
  std::vector<event> events();
  /// How many of them are of that kind, about that path below `/user`.
  std::size_t events(event_kind kind, const std::string& path);

  // ---- handlers that do not return (ST4)
  /// Of a child that is going to hang, what it runs on.
  virtual std::string hanging_place() const = 0;
  /// For handlers.
  virtual void hang() = 0;
  /// Those that hang go on, and nothing is left to be done.
  void let_go() {
    release();
    settle();
  }

  /// How many turns there were so far; 0 where nobody counts them.
  virtual std::uint64_t turns() const noexcept = 0;
  /// Simulated, or on threads.
  virtual bool is_simulated() const noexcept = 0;
  /// Whether a case that takes long is to be played to its full size here: for one seed.
  virtual bool is_for_long() const noexcept = 0;

 protected:
  /// The system is there: listens to it.
  void listen();
  /// For `let_go`.
  virtual void release() = 0;

 private:
  std::map<std::string, worker_script_ptr> scripts_;
  struct told;
  std::shared_ptr<told> told_;  // the hub's too: a call may be under way when this goes
  std::mutex mutex_;
  lines noted_;  // guarded by mutex_
  std::size_t mark_ = 0;
};

/// A case.
using play = std::function<void(stage&)>;

/// Plays it on threads and from each seed (ST1).
void everywhere(const play& p);
/// On threads only; the page says why.
void on_threads_only(const std::string& why, const play& p);
/// The seeds only: what it is about can be had on threads in tests that the page names.
void simulated_only(const std::string& why, const play& p);

/// Which children there are, `ID PHASE` each, in their order.
lines phases(stage& s, const std::string& path = "top");
/// Whether `part` is in `text`.
bool has(const std::string& text, const std::string& part);
/// `specs active supervisors workers`.
std::string counts(stage& s, const std::string& path = "top");

}  // namespace conformance
