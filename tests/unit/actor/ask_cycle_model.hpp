// What is known of a run of random asks, for a verdict on each cycle that is reported (M7): who waits for what, and where each request
// is. Kept beside the actors, by the actors themselves.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cycles {

/// The waits of a run (CY3-CY5). Thread-safe.
class wait_model {
 public:
  using handler_id = std::size_t;
  using request_id = std::size_t;
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  explicit wait_model(std::size_t actors) : blockers_(actors, none) {}

  /// A request on its way to that actor.
  request_id asks(std::size_t actor) {
    const std::lock_guard hold{mutex_};
    requests_.push_back({actor});
    return requests_.size() - 1;
  }
  /// It has been handed on.
  void goes_to(request_id r, std::size_t actor) {
    const std::lock_guard hold{mutex_};
    requests_[r].at = actor;
  }
  /// A handler begins with it. `alone`: nobody else is let in.
  handler_id begins(request_id r, std::size_t actor, bool alone) {
    const std::lock_guard hold{mutex_};
    handlers_.push_back({actor, alone});
    const handler_id h = handlers_.size() - 1;
    requests_[r].handler = h;
    if (alone) {
      if (blockers_[actor] != none) wrong_ = "M7: a handler begins while another lets nobody in";
      blockers_[actor] = h;
    }
    ++open_;
    return h;
  }
  /// It has ended, in whatever way.
  void ends(handler_id h) {
    const std::lock_guard hold{mutex_};
    if (handlers_[h].alone) blockers_[handlers_[h].actor] = none;
    handlers_[h].waits = none;
    --open_;
  }
  /// It waits for that request, or for none any more.
  void waits(handler_id h, request_id r) {
    const std::lock_guard hold{mutex_};
    handlers_[h].waits = r;
  }
  /// The request that it waits for has failed with `cycle`. Nobody of the cycle has gone on yet, so it must be there: and where two
  /// asks of it failed, the second does not find it.
  void fails_in_cycle(handler_id h) {
    const std::lock_guard hold{mutex_};
    ++cycles_;
    handler_id at = h;
    for (std::size_t steps = 0; steps <= handlers_.size(); ++steps) {
      const request_id r = handlers_[at].waits;
      if (r == none) return report("CY4: somebody in the cycle does not wait");
      const bool begun = requests_[r].handler != none;
      at = begun ? requests_[r].handler : blockers_[requests_[r].at];
      if (at == none) return report("CY4: a request of the cycle waits for nobody");
      if (at == h) return;
    }
    report("CY6: it is not in the cycle that it waits for");
  }

  /// How many asks have failed with `cycle`.
  std::size_t cycles() const {
    const std::lock_guard hold{mutex_};
    return cycles_;
  }
  /// How many handlers have begun and not ended.
  std::size_t open() const {
    const std::lock_guard hold{mutex_};
    return open_;
  }
  /// What was wrong first; empty for nothing.
  std::string wrong() const {
    const std::lock_guard hold{mutex_};
    return wrong_;
  }

 private:
  struct request {
    std::size_t at;
    handler_id handler = none;
  };
  struct handler {
    std::size_t actor;
    bool alone;
    request_id waits = none;
  };

  void report(const char* what) {
    if (wrong_.empty()) wrong_ = what;
  }

  mutable std::mutex mutex_;
  std::vector<request> requests_;
  std::vector<handler> handlers_;
  std::vector<handler_id> blockers_;  // by actor
  std::size_t open_ = 0;
  std::size_t cycles_ = 0;
  std::string wrong_;
};

}  // namespace cycles
