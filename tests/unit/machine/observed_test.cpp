// What interceptors see of behaviours whose handlers wait (IC4, OV2).
#include <doctest/doctest.h>

#include <troupe/cell/interceptor.hpp>
#include <troupe/machine/behaviour_actor.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/test_system.hpp>

#include "unit/cell/world.hpp"

namespace machine_observed_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct nap {
  bool bad = false;
  using reply = int;
};

class sleeper : public behaviour_actor<nap> {
 public:
  behaviour make_behaviour() override {
    return {[this](nap m) -> task<int> {
      co_await sleep(1h);
      if (m.bad) throw std::runtime_error{"a bad dream"};
      co_return 1;
    }};
  }
};

/// Notes how messages ended.
class noting final : public interceptor {
 public:
  explicit noting(life::journal_ptr to) : to_(std::move(to)) {}
  void after_receive(const handled_message& m) override {
    to_->note(std::string{to_string(m.how)} + (m.why ? ": " + m.why->text : ""));
  }

 private:
  life::journal_ptr to_;
};

struct world {
  life::journal_ptr seen = std::make_shared<life::journal>();
  testkit::test_system sys{options()};
  ref<sleeper> who = sys.spawn<sleeper>("who");

  testkit::test_options options() {
    auto o = testkit::for_doctest();
    o.time = testkit::time_kind::manual;
    o.system.interceptors.push_back(std::make_shared<noting>(seen));
    return o;
  }
  life::lines said() {
    sys.settle();
    return seen->all();
  }
};

}  // namespace

TEST_CASE("IC4: the message of a behaviour's coroutine ends when the coroutine does") {
  world w;
  w.sys.keep_waiting("/user/who");
  auto answer = w.who.ask(nap{}, 2h);
  CHECK(w.said().empty());
  w.sys.advance(1h);
  CHECK(w.said() == life::lines{"handled"});
  CHECK(answer.get().value() == 1);
}

TEST_CASE("IC4: and it fails with what the coroutine throws after its wait") {
  world w;
  w.sys.keep_waiting("/user/who");
  w.who.tell(nap{true});
  CHECK(w.said().empty());
  w.sys.advance(1h);
  CHECK(w.said() == life::lines{"failed: a bad dream"});
}

}  // namespace machine_observed_test
