// The server of the cases of gen_server_SUITE: it is called, told, held up and ended in every way that a gen_server is.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <troupe/json/json.hpp>

#include "conformance/stage.hpp"

namespace conformance {

/// What a server says of itself.
struct state_of {
  std::string name;
  int calls = 0;
};
TROUPE_CONTRACT(state_of, "conformance.gen_server.state", 1, name, calls)

/// Is answered at once.
struct call {
  int n = 0;
  using reply = int;
};
/// Is answered after a while.
struct delayed_call {
  duration delay;
  using reply = std::string;
};
/// Is answered by a `flush`, in the order of `n` turned round.
struct held_call {
  int n;
  using reply = int;
};
/// Has what was held answered.
struct flush {};
/// Is answered, and then there is something to be done before anything else.
struct call_and_go_on {
  using reply = int;
};
/// Ends the server with an answer.
struct stop_call {
  using reply = std::string;
};
/// Fails.
struct bad_call {
  using reply = int;
};
/// Asks itself.
struct call_self {
  using reply = std::string;
};
/// What the server does when nothing comes for a second.
struct idle {
  bool on;
};
/// Is in nobody's protocol.
struct stray {
  int n = 0;
};
/// From now on what it says of its state is bad.
struct garble {
  int how;
};

/// How it is.
struct manner {
  duration start_takes{};
  bool goes_idle_at_start = false;
  bool handles_strays = false;
};

/// See above.
class server : public actor<call, delayed_call, held_call, flush, call_and_go_on, stop_call, bad_call,
                            call_self, idle, garble> {
 public:
  server(std::string name, notes* to, manner m) : name_(std::move(name)), to_(to), manner_(m) {}

  task<void> on_start() {
    to_->note(name_ + " begins");
    if (manner_.start_takes > duration::zero()) co_await sleep(manner_.start_takes);
    if (manner_.goes_idle_at_start) receive_timeout(1s);
    to_->note(name_ + " has begun");
  }
  void on_stop() override { to_->note(name_ + " stop"); }
  void on_receive_timeout() override { to_->note(name_ + " idle"); }
  void on_unknown(delivery& d) override {
    if (!manner_.handles_strays) return actor::on_unknown(d);
    to_->note(name_ + " was sent a stray");
    if (d->type == &message_type_of<stray> && d->as<stray>().n < 0) throw std::runtime_error{"a bad stray"};
  }
  std::string describe_state() const override {
    if (garbled_ == 1) throw std::runtime_error{"no state"};
    if (garbled_ == 2) throw 2;
    return garbled_ == 3 ? "{" : to_json(state_of{name_, calls_});
  }

  int on(const call& m) { return calls_ += m.n; }
  task<std::string> on(delayed_call m) {
    co_await sleep(m.delay);
    co_return "delayed";
  }
  promise<int> on(const held_call& m) { return held_[m.n] = answer_later<int>(); }
  void on(const flush&) {
    for (auto at = held_.rbegin(); at != held_.rend(); ++at)
      to_->note(name_ + " answers " + std::to_string(at->first) +
                (at->second.reply(at->first) ? "" : " in vain"));
    held_.clear();
  }
  promise<int> on(const call_and_go_on&) {
    auto p = answer_later<int>();
    p.reply(1);
    to_->note(name_ + " goes on");
    return p;
  }
  std::string on(const stop_call&) {
    stop_self();
    return "stopped";
  }
  int on(const bad_call&) { throw std::runtime_error{"crashed"}; }
  task<std::string> on(call_self) {
    const auto got = co_await ask<call>(self(), 1h, 1);
    co_return got ? "answered" : to_string(got.error());
  }
  void on(const idle& m) { m.on ? receive_timeout(1s) : no_receive_timeout(); }
  void on(const garble& m) { garbled_ = m.how; }

 private:
  const std::string name_;
  notes* const to_;
  const manner manner_;
  std::map<int, promise<int>> held_;
  int calls_ = 0;
  int garbled_ = 0;
};

/// Starts one; what is noted counts from here.
inline ref<server> start_server(stage& s, const std::string& name = "server", manner m = {}) {
  const auto made = spawn<server>(s.sys(), name, name, static_cast<notes*>(&s), m);
  s.settle();
  s.mark();
  return made;
}

}  // namespace conformance
