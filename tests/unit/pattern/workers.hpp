// Members for the tests of routers: they say who they are, wait at a gate, fail, stop.
#pragma once

#include <string>
#include <troupe/pattern/group.hpp>
#include <troupe/pattern/pool.hpp>

#include "unit/cell/world.hpp"

namespace routed {

using namespace troupe;
using namespace life;

/// Who are you?
struct who {
  int key = 0;
  using reply = std::string;
};
/// Note it, behind the gate if `waits`.
struct work {
  int number = 0;
  bool waits = false;
};
/// Throw.
struct crash {};
/// Stop.
struct leave {};
/// Answer with an error, or, `silent`, not at all.
struct refuse {
  std::string by = {};
  using reply = std::string;
};

/// A member.
class worker : public actor<who, work, crash, leave, refuse> {
 public:
  worker(journal_ptr to, gate_ptr g) : to_(std::move(to)), gate_(std::move(g)) {}
  std::string on(const who&) { return path(); }
  void on(const work& m) {
    if (m.waits) {
      to_->note("waits " + path());
      gate_->pass();
    }
    to_->note("work " + std::to_string(m.number));
    to_->note(path() + " " + std::to_string(m.number));
  }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  void on(const leave&) { stop_self(); }
  result<std::string> on(const refuse& m) {
    to_->note("asked " + path());
    if (m.by.empty() || m.by == path()) return error{errc::not_found, "not here"};
    return path();
  }

 private:
  journal_ptr to_;
  gate_ptr gate_;
};

/// More workers than ever wait at a gate.
inline troupe::system_options roomy() {
  troupe::system_options o = quiet();
  o.workers = 6;
  return o;
}

/// Opens its gate at the end, so that a test that fails does not keep its system from going.
struct open_at_end {
  gate_ptr g;
  ~open_at_end() { g->open(); }
};

/// A system for them.
struct stage {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{roomy()};
  open_at_end last{g};

  template <class How>
  router_pool<worker> pool(std::size_t size, How how) {
    return spawn_pool<worker>(sys, {.name = "pool", .size = size}, how, j, g);
  }
  std::string who_answers(const ref<who>& r, int key = 0) { return r.ask(who{key}, patience).get().value(); }
};

/// Waits until a router's cell has done what it was told before, but for messages.
inline void catch_up(const any_ref& router) {
  auto here = std::make_shared<journal>();
  cell_of(router)->run_inside([here](cell&) { here->note("here"); }, [here](cell&) { here->note("here"); });
  here->wait_for("here");
}

/// The same, and has handled the messages sent to the cell before: a message to it goes on to a member, who answers or does not.
inline void catch_up_with_messages(const any_ref& router) {
  const ref<who> cell_itself{address_ptr{cell_of(router)}};
  static_cast<void>(cell_itself.ask(who{}, patience).get());
}

/// The path of member `n`.
inline std::string member(int n) { return "/user/pool/" + std::to_string(n); }

}  // namespace routed
