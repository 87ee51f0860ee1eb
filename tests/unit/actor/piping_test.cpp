// What is under way and comes back as a message: asks, offers, tasks (PI1-PI3, PI6).
#include <doctest/doctest.h>

#include <stdexcept>

#include "unit/actor/piping_world.hpp"

namespace actor_piping_test {

using namespace troupe;
using namespace piping;
using life::lines;

TEST_CASE("PI1: an ask of a plain handler comes back as a message, and the actor takes others meanwhile") {
  stage s;
  s.does([](desk& at) {
    at.pipe(at.ask<rate>(at.bank(), very_long, "EUR"), at.self(), [](result<int> r) { return tell(r); });
  });
  CHECK(s.bank.expect<rate>().of == "EUR");
  CHECK(s.sys.expect_reply(s.d.ask(ping{}, very_long)) == 1);
  CHECK(s.heard().empty());
  CHECK(s.bank.reply(7));
  CHECK(s.heard() == lines{"7"});
}

TEST_CASE(
    "PI1, A1: several asks that are piped are under way at once, and come in the order of their answers") {
  stage s;
  testkit::probe<rate> other{s.sys};
  s.does([to = other.ref()](desk& at) {
    at.pipe(at.ask<rate>(at.bank(), very_long, "EUR"), at.self(), tell);
    at.pipe(at.ask<rate>(to, very_long, "USD"), at.self(), tell);
  });
  static_cast<void>(s.bank.expect<rate>());
  static_cast<void>(other.expect<rate>());
  other.reply(2);
  s.sys.settle();
  s.bank.reply(1);
  CHECK(s.heard() == lines{"2", "1"});
}

TEST_CASE("PI1, M5: an ask that is piped always comes back: with its time-out, and from nobody") {
  stage s;
  s.does([](desk& at) {
    at.pipe(at.ask<rate>(at.bank(), 50ms, "EUR"), at.self(), tell);
    at.pipe(at.ask<rate>(ref<rate>{}, 50ms, "EUR"), at.self(), tell);
  });
  CHECK(s.heard() == lines{"stopped"});
  s.sys.advance(51ms);
  CHECK(s.heard() == lines{"stopped", "timeout"});
  static_cast<void>(s.bank.expect<rate>());
  CHECK_FALSE(s.bank.reply(7));  // too late, and not told twice
  CHECK(s.heard().size() == 2);
}

TEST_CASE("PI1: an ask that has been answered before it is piped comes back all the same") {
  stage s;
  auto kept = std::make_shared<std::optional<asking<int>>>();
  s.does([kept](desk& at) { kept->emplace(at.ask<rate>(at.bank(), very_long, "EUR")); });
  static_cast<void>(s.bank.expect<rate>());
  s.bank.reply(7);
  s.sys.settle();
  s.does([kept](desk& at) { at.pipe(std::move(**kept), at.self(), tell); });
  CHECK(s.heard() == lines{"7"});
  s.does([kept](desk&) { kept->reset(); });
}

TEST_CASE("PI1: of a message without a reply the outcome is that it was handled") {
  stage s;
  s.does([](desk& at) {
    at.pipe(at.ask<nudge>(at.bank(), very_long), at.self(),
            [](const result<unit>& r) { return told{r ? "nudged" : "not"}; });
  });
  static_cast<void>(s.bank.expect<nudge>());
  s.bank.reply();
  CHECK(s.heard() == lines{"nudged"});
}

namespace {

/// Holds its handler up as long as the bank does.
class slow : public actor<nudge> {
 public:
  explicit slow(ref<rate> bank) : bank_(std::move(bank)) {}
  task<void> on(nudge) { static_cast<void>(co_await ask<rate>(bank_, very_long, "slow")); }

 private:
  ref<rate> bank_;
};

}  // namespace

TEST_CASE("PI1, M8: an offer that is piped comes back when there was room for it") {
  stage s;
  const auto full = s.sys.spawn<slow>(
      spawn_options{.name = "slow", .mailbox = bounded(1, overflow::push_back)}, ref<rate>{s.bank.ref()});
  s.sys.keep_waiting("/user/slow");
  full.tell(nudge{});
  static_cast<void>(s.bank.expect<rate>());
  full.tell(nudge{});  // the mailbox is full
  s.does([full](desk& at) {
    at.pipe(at.offer<nudge>(full), at.self(),
            [](const result<void>& r) { return told{r ? "queued" : "not queued"}; });
  });
  CHECK(s.heard().empty());
  s.bank.reply(1);
  CHECK(s.heard() == lines{"queued"});
  s.does([](desk& at) {
    at.pipe(at.offer<nudge>(ref<nudge>{}), at.self(), [](const result<void>& r) {
      return told{r ? "queued" : std::string{to_string(r.error().code)}};
    });
  });
  CHECK(s.heard() == lines{"queued", "stopped"});
}

TEST_CASE("PI1: a coroutine of the actor is piped; what it returns is the outcome, and others are let in") {
  stage s;
  s.does([](desk& at) { at.pipe(at.ask_and_double("EUR", very_long), at.self(), tell); });
  static_cast<void>(s.bank.expect<rate>());
  CHECK(s.sys.expect_reply(s.d.ask(ping{}, very_long)) == 1);
  s.bank.reply(21);
  CHECK(s.heard() == lines{"42"});
}

namespace {

task<int> throws_text(desk& at, std::string what) {
  co_await at.sleep(1ms);
  throw std::runtime_error{what};
}
task<int> throws_at_once(std::string what) {
  throw std::runtime_error{what};
  co_return 0;
}
task<result<int>> returns_error(desk& at) {
  co_await at.sleep(1ms);
  co_return error{errc::not_found, "nothing there"};
}
task<result<int>> returns_value() { co_return 5; }
task<void> returns_nothing(desk& at, bool fails) {
  co_await at.sleep(1ms);
  if (fails) throw failed{{errc::refused, "no"}};
}

}  // namespace

TEST_CASE("PI1: what a task throws and a result that it returns is the outcome itself; none is a failure") {
  stage s;
  const auto said = [](const result<int>& r) { return told{r ? words(r) : to_string(r.error())}; };
  const auto done = [](const result<void>& r) { return told{r ? "done" : to_string(r.error())}; };
  s.does([said](desk& at) { at.pipe(throws_at_once("at once"), at.self(), said); });
  s.does([said](desk& at) { at.pipe(returns_value(), at.self(), said); });
  CHECK(s.heard() == lines{"handler_failed: std::runtime_error: at once", "5"});
  s.does([said, done](desk& at) {
    at.pipe(throws_text(at, "a text that is too long for a small string"), at.self(), said);
    at.pipe(returns_error(at), at.self(), said);
    at.pipe(returns_nothing(at, false), at.self(), done);
    at.pipe(returns_nothing(at, true), at.self(), done);
  });
  s.sys.advance(1ms);
  const lines all = s.heard();
  REQUIRE(all.size() == 6);
  CHECK(all[2] == "handler_failed: std::runtime_error: a text that is too long for a small string");
  CHECK(all[3] == "not_found: nothing there");
  CHECK(all[4] == "done");
  CHECK(all[5] == "refused: no");
  CHECK(s.d.incarnation() == 0);
}

TEST_CASE(
    "PI1, WE1: work for another dispatcher that is under way is piped like an ask; its arguments are "
    "copies") {
  stage s;
  s.does([](desk& at) {
    at.pipe(at.run_blocking([](const std::string& text) { return static_cast<int>(text.size()); },
                            std::string(100, 'x')),
            at.self(), tell);
  });
  CHECK(s.j->wait_for("100"));
}

TEST_CASE("PI2: what is made of the outcome is told to whoever is named, of one kind or another") {
  stage s;
  testkit::probe<good, bad> other{s.sys};
  const auto either = [](result<int> r) -> std::variant<good, bad> {
    if (!r) return bad{std::string{to_string(r.error().code)}};
    return good{*r};
  };
  s.does([either, to = other.ref()](desk& at) {
    at.pipe(at.ask<rate>(at.bank(), very_long, "EUR"), to, either);
    at.pipe(at.ask<rate>(ref<rate>{}, very_long, "EUR"), to, either);
    at.pipe(at.ask<rate>(ref<rate>{}, very_long, "EUR"), ref<good, bad>{}, either);  // to nobody (RF4)
    at.pipe(at.ask<rate>(ref<rate>{}, very_long, "EUR"), at.self(), either);
  });
  CHECK(other.expect<bad>().why == "stopped");
  static_cast<void>(s.bank.expect<rate>());
  s.bank.reply(3);
  CHECK(other.expect<good>().n == 3);
  CHECK(s.heard() == lines{"bad stopped"});
}

TEST_CASE("PI2, M7: a handler that waits is not disturbed: the message waits behind those that came before") {
  stage s;
  testkit::probe<rate> other{s.sys};
  s.does([to = other.ref()](desk& at) {
    at.pipe(at.ask<rate>(to, very_long, "EUR"), at.self(), [&at](result<int> r) {
      at.note("made");
      return tell(r);
    });
  });
  static_cast<void>(other.expect<rate>());
  s.d.tell(wait_for_bank{});
  static_cast<void>(s.bank.expect<rate>());
  s.d.tell(told{"before"});
  s.sys.settle();
  other.reply(7);
  CHECK(s.heard() == lines{"made"});
  s.bank.reply(1);
  CHECK(s.heard() == lines{"made", "waited for 1", "before", "7"});
}

TEST_CASE("PI3: what the function throws is the actor's failure, then or at once, and nothing is told") {
  stage s;
  const auto throws = [](const result<int>&) -> told { throw std::runtime_error{"can't make it"}; };
  s.does([throws](desk& at) { at.pipe(at.ask<rate>(at.bank(), very_long, "EUR"), at.self(), throws); });
  static_cast<void>(s.bank.expect<rate>());
  s.bank.reply(7);
  CHECK(s.sys.expect_failure("/user/top/desk").reason.find("can't make it") != std::string::npos);
  s.sys.settle();
  CHECK(s.d.incarnation() == 1);
  s.does([throws](desk& at) {
    at.pipe(returns_value(), at.self(), throws);
    at.note("went on");
  });
  CHECK(s.sys.expect_failure("/user/top/desk").reason.find("can't make it") != std::string::npos);
  CHECK(s.heard() == lines{"went on"});
  CHECK(s.d.incarnation() == 2);
}

TEST_CASE("PI3: work for a dispatcher that is not there is the failure of the handler that pipes it") {
  stage s;
  s.does([](desk& at) { at.pipe([] { return 1; }, at.self(), tell, "disks"); });
  CHECK(s.sys.expect_failure("/user/top/desk").reason.find("there is no dispatcher 'disks'") !=
        std::string::npos);
  CHECK(s.heard().empty());
}

namespace {

/// Asks the desk back before it answers.
class curious : public actor<rate> {
 public:
  explicit curious(ref<ping> back) : back_(std::move(back)) {}
  task<result<int>> on(rate) {
    const auto came = co_await ask<ping>(back_, very_long);
    if (!came) co_return came.error();
    co_return 100 + *came;
  }

 private:
  ref<ping> back_;
};

/// Pipes, and waits, for the same thing.
class waits_or_not : public actor<ping, nudge, told> {
 public:
  waits_or_not(ref<rate> to, life::journal_ptr j) : to_(std::move(to)), j_(std::move(j)) {}
  int on(const ping&) { return 7; }
  void on(const told& m) {
    if (m.what == "pipe")
      pipe(ask<rate>(to_, very_long, "x"), self(), tell);
    else if (m.what == "pipe a task")
      pipe(asks(), self(), tell);
    else
      j_->note(m.what);
  }
  task<void> on(nudge) { j_->note(words(co_await asks())); }

 private:
  task<result<int>> asks() { co_return co_await ask<rate>(to_, very_long, "x"); }

  ref<rate> to_;
  life::journal_ptr j_;
};

}  // namespace

TEST_CASE(
    "PI6, M7: who is asked back by the one that it asks answers where it pipes, and meets a cycle where it "
    "waits") {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  const auto j = std::make_shared<life::journal>();
  const auto c = sys.spawn<curious>("curious", ref_to<ping>(sys.env(), "/user/asker"));
  const auto a = sys.spawn<waits_or_not>("asker", ref<rate>{c}, j);
  a.tell(told{"pipe"});
  a.tell(told{"pipe a task"});
  sys.settle();
  CHECK(j->all() == lines{"107", "107"});
  CHECK(sys.events().count(event_kind::ask_cycle) == 0);
  a.tell(nudge{});
  sys.settle();
  CHECK(j->count("cycle") == 1);
  CHECK(sys.events().count(event_kind::ask_cycle) == 1);
}

}  // namespace actor_piping_test
