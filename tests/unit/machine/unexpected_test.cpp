// What a state machine does with what nobody takes: `on_unexpected`, of messages of its protocol and of others (MA1, DG3, LA4).
#include <doctest/doctest.h>

#include <stdexcept>
#include <troupe/machine/state_machine.hpp>
#include <troupe/pattern/pool.hpp>
#include <troupe/ref/find.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace machine_unexpected_test {

using namespace troupe;
using namespace std::chrono_literals;
using life::lines;

namespace {

struct coin {};
struct push {
  using reply = std::string;
};
struct kick {
  int strength = 0;
};
struct stray {
  std::string text;
  using reply = std::string;
};
struct own {
  int n = 0;
};

/// What a turnstile does with what it does not expect.
enum class manner { default_one, note, forward, answer, refuse, put_aside, fail };

/// A turnstile; in the dark it passes everything on.
class turnstile : public state_machine<turnstile, coin, push, kick> {
 public:
  struct locked {};
  struct open {};
  using states = troupe::states<locked, open>;
  using events = messages<own>;

  turnstile(manner m, ref<stray> expert, life::journal_ptr to)
      : manner_(m), expert_(std::move(expert)), to_(std::move(to)) {}

  transition<open> when(locked, const coin&) { return next_state<open>(); }
  transition<> when(open, const coin&) { return keep_state().next_event(own{1}); }
  replying<std::string> when(locked, const push&) { return pass(); }
  replying<std::string, locked> when(open, const push&) { return next_state<locked>().reply("through"); }
  replying<std::string> when(any_state, const push&) { return pass(); }
  auto when(any_state, const kick&) { return pass(); }
  void when(any_state, const own&) {}

 private:
  void on_unexpected(delivery& d) override {
    to_->note(std::string{state_name()} + ": " + std::string{d->type->name});
    switch (manner_) {
      case manner::default_one:
        return state_machine::on_unexpected(d);
      case manner::note:
        return;
      case manner::forward:
        return forward(expert_);
      case manner::answer:
        answer_later<std::string>().reply("from " + std::string{state_name()});
        return;
      case manner::refuse:
        return d.refuse({errc::refused, "not now"});
      case manner::put_aside:
        stash();
        return;
      case manner::fail:
        throw std::runtime_error{"unexpected"};
    }
  }

  const manner manner_;
  const ref<stray> expert_;
  const life::journal_ptr to_;
};

struct stage {
  explicit stage(manner m)
      : top(supervise(sys, "top", one_for_one{}, child<turnstile>("t", m, expert.ref(), j))) {
    sys.keep("/user/top");
    sys.keep("/user/top/*");
  }

  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  testkit::probe<stray> expert{sys, "expert"};
  life::journal_ptr j = std::make_shared<life::journal>();
  supervision top;
  ref<turnstile> t = top.ref<turnstile>("t");
  ref<stray> s = top.ref<stray>("t");

  lines heard() {
    sys.settle();
    return j->all();
  }
  template <class M>
  static std::string at(const char* state) {
    return std::string{state} + ": " + std::string{type_name_of<M>};
  }
};

}  // namespace

TEST_CASE(
    "MA1: what all handlers pass on, and what is in no protocol, is unexpected: by default it is not "
    "understood") {
  stage s{manner::default_one};
  CHECK(s.sys.expect_error(s.t.ask(push{}, 1s), errc::not_understood).path == "/user/top/t");
  s.sys.expect_error(s.s.ask(stray{"x"}, 1s), errc::not_understood);
  s.t.tell(kick{1});
  s.sys.expect_dead_letter<push>("/user/top/t");
  s.sys.expect_dead_letter<stray>("/user/top/t");
  s.sys.expect_dead_letter<kick>("/user/top/t");
  CHECK(s.heard() == lines{s.at<push>("locked"), s.at<stray>("locked"), s.at<kick>("locked")});
  CHECK(s.t.incarnation() == 0);
}

TEST_CASE("MA1: what a state takes is not unexpected there, and a handler's answer is its own") {
  stage s{manner::note};
  s.t.tell(coin{});
  CHECK(s.sys.expect_reply(s.t.ask(push{}, 1s)) == "through");
  s.sys.expect_error(s.t.ask(push{}, 1s), errc::broken_promise);  // nothing is done with it
  CHECK(s.heard() == lines{s.at<push>("locked")});
}

TEST_CASE("DG3: a machine forwards what it does not expect, to who may not expect it either") {
  stage s{manner::forward};
  auto asked = s.s.ask(stray{"x"}, 1s);
  CHECK(s.expert.expect<stray>().text == "x");
  s.expert.reply(std::string{"known"});
  CHECK(s.sys.expect_reply(std::move(asked)) == "known");
  CHECK(s.sys.expect_error(s.t.ask(push{}, 1s), errc::not_understood).path == "/user/expert");
  s.sys.expect_dead_letter<push>("/user/expert");
}

TEST_CASE("LA4: a machine answers or refuses what it does not expect, of its protocol or not") {
  {
    stage s{manner::answer};
    CHECK(s.sys.expect_reply(s.t.ask(push{}, 1s)) == "from locked");
    CHECK(s.sys.expect_reply(s.s.ask(stray{"x"}, 1s)) == "from locked");
    s.t.tell(kick{1});
    CHECK(s.heard().size() == 3);
    CHECK(s.t.incarnation() == 0);
  }
  {
    stage s{manner::refuse};
    CHECK(s.sys.expect_error(s.t.ask(push{}, 1s), errc::refused).text == "not now");
    CHECK(s.sys.expect_error(s.s.ask(stray{"x"}, 1s), errc::refused).text == "not now");
    s.t.tell(kick{1});
    CHECK(s.heard().size() == 3);
    CHECK(s.sys.events().count(event_kind::dead_letter) == 0);
  }
}

TEST_CASE("MA6, SH2: what a machine puts aside there comes again in another state, in its order") {
  stage s{manner::put_aside};
  auto asked = s.t.ask(push{}, 1s);
  s.t.tell(kick{1});
  CHECK(s.heard() == lines{s.at<push>("locked"), s.at<kick>("locked")});
  s.t.tell(coin{});
  CHECK(s.sys.expect_reply(std::move(asked)) == "through");
  // The push closed it again before the kick came.
  CHECK(s.heard() == lines{s.at<push>("locked"), s.at<kick>("locked"), s.at<kick>("locked")});
  CHECK(s.t.incarnation() == 0);
}

TEST_CASE("MA1: what `on_unexpected` throws is the machine's failure, and its asker's") {
  stage s{manner::fail};
  CHECK(s.sys.expect_error(s.t.ask(push{}, 1s), errc::handler_failed).text.find("unexpected") !=
        std::string::npos);
  s.sys.expect_failure("/user/top/t");
  s.sys.settle();
  CHECK(s.t.incarnation() == 1);
}

TEST_CASE("PO1: state machines can be members of a pool, and end when it shrinks") {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  sys.keep("/user/pool");
  sys.keep("/user/pool/*");
  const auto j = std::make_shared<life::journal>();
  const auto pool =
      spawn_pool<turnstile>(sys, {.name = "pool", .size = 2}, round_robin{}, manner::answer, ref<stray>{}, j);
  for (int i = 0; i < 2; ++i) CHECK(sys.expect_reply(pool.ask(push{}, 1s)) == "from locked");
  pool.resize(1);
  sys.settle();
  CHECK(sys.expect_reply(pool.ask(push{}, 1s)) == "from locked");
  sys.expect_error(find<push>(sys, "/user/pool/2").ask(push{}, 1s), errc::stopped);
  CHECK(j->all().size() == 3);  // what ends a member is no event of its
}

TEST_CASE("MA3: an event of its own that it makes itself does not become unexpected") {
  stage s{manner::note};
  s.t.tell(coin{});
  s.t.tell(coin{});
  CHECK(s.heard().empty());
}

}  // namespace machine_unexpected_test
