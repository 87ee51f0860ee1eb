// One round: a system, its actors, a budget of messages, an end, the books.
//
// Rules
//  RO1 Half of the rounds end in peace: nobody begins anything new, all comes to rest, one half of the actors is stopped, the
//      other half must have heard of it. The others are shut down in the middle of everything, and nobody begins anything new once
//      the first of twenty subtrees has gone: children are stopped one by one, each behind all that is under way. The books
//      balance either way.
//  RO2 A quarter of the rounds is thin: workers park and are woken for nearly every message, and there are no timers that would
//      wake them anyway, so that a wake-up that is lost stops the round. Who asks from outside stays awake then: its next
//      question comes while the worker that answered is on its way to sleep.
#pragma once

#include <memory>
#include <optional>
#include <semaphore>
#include <troupe/troupe.hpp>
#include <unordered_map>
#include <vector>

#include "stress/member.hpp"
#include "stress/options.hpp"
#include "stress/usher.hpp"

namespace stress {

/// What came of a round.
struct result {
  std::uint64_t messages = 0;
  std::uint64_t failures = 0;
};

/// Plays one round.
class round {
 public:
  round(const options& o, std::uint64_t seed);
  round(const round&) = delete;
  round& operator=(const round&) = delete;

  /// Plays it to its end. Ends the process when the round does not: what is stuck can't be taken down either.
  result play();
  /// What happened in it, in one line.
  std::string story() const;

 private:
  /// Someone who is no actor and sends nevertheless.
  struct outsider {
    life* who = nullptr;
    std::unordered_map<const void*, progress> sent;
  };

  unsigned worker_count();
  void start();
  void start_roots();
  void start_supervised();
  void introduce();
  void keep_going();
  void end_in_peace();
  void see_off_all(bool early, bool supervised_too);
  void take_down();
  void tell(const peer& to, const peer& meet);
  void ask(const peer& to);
  void ask_awake(const peer& to);
  stamp next(const peer& to, kind what);
  const peer& anybody(const std::vector<peer>& among);
  role role_for(seat& at, bool early);
  [[noreturn]] void stuck(const char* where);

  const options& options_;
  const std::uint64_t seed_;
  troupe::prng random_;
  verdict judge_;
  model books_;
  stage stage_;
  outsider me_;
  std::optional<troupe::system> system_;
  boost::intrusive_ptr<troupe::environment> environment_;
  bool peace_ = false;
  unsigned system_workers_ = 0;
  troupe::ref<usher> usher_;
  std::vector<peer> roots_;
  std::vector<peer> named_;
  std::optional<troupe::supervision> tree_;
  std::optional<troupe::dynamic_children<player>> crowd_;
};

}  // namespace stress
