// A part of the shop: store, cache, web, a session. It knows nothing of supervisors; it just fails when it is told to.
#pragma once

#include <stdexcept>

#include "messages.hpp"

namespace crash {

class part : public troupe::actor<work, die, leave> {
 public:
  /// `warm_up`: how long it takes to start again. Long enough to be seen, so that one can send it something meanwhile.
  part(std::string name, troupe::ref<line> to, troupe::duration warm_up)
      : name_(std::move(name)), to_(std::move(to)), warm_up_(warm_up) {}

  troupe::task<void> on_start() {
    if (incarnation() == 0) co_return say("is there");
    say("warms up");
    co_await sleep(warm_up_);
    say("is there again, incarnation " + std::to_string(incarnation()));
  }
  void on_stop() override { say("goes down; it had done " + std::to_string(done_)); }

  void on(const work& m) {
    ++done_;
    say("does work " + std::to_string(m.number) + "; " + std::to_string(done_) + " in this life");
  }
  void on(const die&) { throw std::runtime_error{"killed by hand"}; }
  void on(const leave&) { stop_self(); }

 private:
  void say(const std::string& what) { to_.tell(line{"    " + name_ + " " + what}); }

  const std::string name_;
  const troupe::ref<line> to_;
  const troupe::duration warm_up_;
  int done_ = 0;
};

}  // namespace crash
