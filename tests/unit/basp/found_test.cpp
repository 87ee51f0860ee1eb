// Actors of a stock CAF program as troupe sees them: asks, tells, watches and links, and what is heard when they or their connection end.
#include <doctest/doctest.h>

#include <caf/actor_registry.hpp>
#include <troupe/cell/caf_element.hpp>

#include "unit/basp/world.hpp"

namespace basp_found_test {

using namespace basp_test;

namespace {

struct ask_it {
  plain_ref who;
  std::int64_t cents = 0;
  using reply = std::int64_t;
};
struct tell_it {
  plain_ref who;
  std::string line;
};
struct watch_it {
  plain_ref who;
  using reply = bool;
};
struct link_it {
  plain_ref who;
  bool yes = true;
  using reply = bool;
};

/// Talks to an actor of the other side, and notes what it hears.
class talker : public troupe::actor<ask_it, tell_it, watch_it, link_it, news> {
 public:
  explicit talker(life::journal_ptr to) : to_(std::move(to)) {}
  troupe::task<troupe::result<std::int64_t>> on(ask_it m) {
    const std::string account = "ada";
    co_return co_await ask<deposit>(m.who, 20s, account, m.cents);
  }
  void on(const tell_it& m) { m.who.tell(news{m.line}); }
  bool on(const watch_it& m) {
    watch(m.who);
    return true;
  }
  bool on(const link_it& m) {
    if (m.yes)
      link(m.who);
    else
      unlink(m.who);
    return true;
  }
  void on(const news& m) { to_->note("news " + m.line); }
  void on_terminated(const troupe::terminated& t) override {
    to_->note("gone " + t.path() + " " + std::string{troupe::to_string(t.kind())});
  }
  void on_link_ended(const troupe::link_ended& t) override {
    to_->note("link ended " + std::string{troupe::to_string(t.kind())});
  }

 private:
  life::journal_ptr to_;
};

struct stage {
  world w{options_without_answer()};
  plain_side p;
  std::uint16_t port = p.serve();
  plain_ref far = w.connect(port);
  life::journal_ptr j = w.j;
  troupe::ref<talker> t = troupe::spawn<talker>(w.sys, "talker", j);
};

}  // namespace

TEST_CASE("BP1: asks, from threads and from actors; structs, maps and optionals come back") {
  stage s;
  CHECK(s.far.ask(deposit{"ada", 3}, 20s).get().value() == 3);
  CHECK(s.t.ask(ask_it{s.far, 4}, 20s).get().value() == 7);
  const auto got = s.far.ask(ask_statement{"ada"}, 20s).get().value();
  CHECK(got.account == "ada");
  CHECK(got.cents == 7);
  CHECK(got.all == std::vector<std::int64_t>{3, 4});
  CHECK(got.rates.at("eur") == 1.5);
  CHECK(got.where->name == "town");
}

TEST_CASE("a tell has its actor as sender, which CAF answers; a ref in a message is one that CAF sends to") {
  stage s;
  s.t.tell(tell_it{s.far, "talk to"});
  CHECK(s.j->wait_for("news talk to yourself"));
  s.far.tell(listen_to{"extra", s.t});
  CHECK(s.j->wait_for("news extra"));
}

TEST_CASE(
    "M5: an ask that nobody answers ends with its deadline, and nothing of it stays in CAF's registry") {
  stage s;
  CHECK(s.far.ask(deposit{"ada", 1}, 20s).get().value() == 1);
  const auto first = s.w.sys.caf().latest_actor_id();
  CHECK(s.far.ask(hold_on{1}, 100ms).get().error().code == errc::timeout);
  auto given_up = s.far.ask(hold_on{2}, 20s);
  CHECK(given_up.cancel());
  for (int i = 0; i < 20; ++i) CHECK(s.far.ask(deposit{"ada", 1}, 20s).get().has_value());
  // CAF puts a sender into its registry when it sends: behind this answer all before it has been sent.
  const auto last = s.w.sys.caf().latest_actor_id();
  std::size_t left = 0;
  for (auto id = first + 1; id < last; ++id)
    if (const auto who = s.w.sys.caf().registry().get(id))
      left += !who->get()->getf(caf::abstract_actor::is_hidden_flag);
  CHECK(left <= 1);  // the last one's entry may be going
}

TEST_CASE("M5, SY2: an ask to a CAF peer that is open when the system goes down is answered") {
  plain_side p;
  auto w = std::make_unique<world>();
  const auto far = w->connect(p.serve());
  auto held = far.ask(hold_on{1}, 60s);
  CHECK(far.ask(deposit{"ada", 3}, 20s).get().value() == 3);
  w.reset();
  CHECK(held.get().has_error());
}

TEST_CASE("BP2: a message that was not announced is refused for its asker, and a dead letter for who tells") {
  stage s;
  const auto before = s.w.sys.events().count(troupe::event_kind::dead_letter);
  const auto why = s.far.ask(unheard_of{1}, 20s).get().error();
  CHECK(why.code == errc::invalid);
  CHECK(why.text.find(
            "a basp_test::unheard_of can't go to another CAF system: name it in basp_options::types") !=
        std::string::npos);
  s.far.tell(unheard_of{2});
  CHECK(s.w.sys.events().count(troupe::event_kind::dead_letter) - before == 2);
  // A ref that leads to nobody here can't be a handle there.
  const auto nobody = troupe::ref_to<news>(s.w.sys.env(), "/user/nobody");
  const auto no_handle = s.far.ask(listen_to{"x", nobody}, 20s).get().error();
  CHECK(no_handle.code == errc::invalid);
  CHECK(no_handle.text.find("/user/nobody") != std::string::npos);
  CHECK(s.far.ask(deposit{"ada", 3}, 20s).get().value() == 3);
}

TEST_CASE("M5: what CAF's actor refuses, and an end with asks in its mailbox, comes back as an error") {
  stage s;
  // Behind CAF's own question for the end: without that an end is `unknown`.
  CHECK(s.far.ask(deposit{"ada", 3}, 20s).get().has_value());
  caf::anon_send_exit(s.p.served, caf::exit_reason::kill);
  CHECK(s.t.ask(watch_it{s.far}, 20s).get().value());
  REQUIRE(s.j->wait_for("gone " + s.far.path() + " killed"));
  const auto why = s.far.ask(deposit{"ada", 3}, 20s).get().error();
  CHECK(why.code == errc::stopped);
}

TEST_CASE(
    "FA2: an ask whose answer was promised fails as stopped when the actor that promised it has ended") {
  stage s;
  auto held = s.far.ask(hold_on{1}, 20s);
  CHECK(s.far.ask(deposit{"ada", 3}, 20s).get().has_value());  // the promise has been made
  s.far.tell(leave{static_cast<std::int32_t>(caf::exit_reason::user_shutdown)});
  const auto why = held.get().error();
  CHECK(why.code == errc::stopped);
  CHECK(why.text.find(s.far.path()) != std::string::npos);
}

TEST_CASE(
    "L4: a watcher hears of the end of a CAF peer's actor once, with its reason; of one that has ended at "
    "once") {
  stage s;
  CHECK(s.t.ask(watch_it{s.far}, 20s).get().value());
  std::string kind;
  SUBCASE("normal") {
    s.far.tell(leave{static_cast<std::int32_t>(caf::exit_reason::normal)});
    kind = "normal";
  }
  SUBCASE("shutdown") {
    s.far.tell(leave{static_cast<std::int32_t>(caf::exit_reason::user_shutdown)});
    kind = "shutdown";
  }
  SUBCASE("failed") {
    s.far.tell(leave{static_cast<std::int32_t>(caf::exit_reason::unhandled_exception)});
    kind = "failed";
  }
  const std::string line = "gone " + s.far.path() + " " + kind;
  REQUIRE(s.j->wait_for(line));
  CHECK(s.t.ask(watch_it{s.far}, 20s).get().value());
  REQUIRE(s.j->wait_for(line, 2));
  CHECK(s.j->count(line) == 2);
}

TEST_CASE(
    "CA4: a link with a CAF peer's actor: each side hears of the other's end, and unlinked neither does") {
  stage s;
  CHECK(s.t.ask(link_it{s.far}, 20s).get().value());
  SUBCASE("theirs ends") {
    s.far.tell(leave{static_cast<std::int32_t>(caf::exit_reason::unhandled_exception)});
    CHECK(s.j->wait_for("link ended failed"));
  }
  SUBCASE("ours ends") {
    const auto sees = std::make_shared<life::journal>();
    s.p.served->attach_functor([sees](const caf::error& why) { sees->note(caf::to_string(why)); });
    troupe::stop(s.t);
    CHECK(sees->wait_for("exit_reason(user_shutdown)"));
  }
  SUBCASE("unlinked") {
    CHECK(s.t.ask(link_it{s.far, false}, 20s).get().value());
    CHECK(s.t.ask(watch_it{s.far}, 20s).get().value());
    s.far.tell(leave{static_cast<std::int32_t>(caf::exit_reason::unhandled_exception)});
    CHECK(s.j->wait_for("gone " + s.far.path() + " failed"));
    CHECK(s.t.ask(watch_it{s.far}, 20s).get().value());  // behind all that it could have heard
    CHECK(s.j->count("link ended failed") == 0);
  }
}

TEST_CASE(
    "CF1: actors of different CAF systems with the same number are different, and have different paths") {
  world w;
  plain_side one, two;
  const auto a = w.connect(one.serve()), b = w.connect(two.serve());
  CHECK(a != b);
  CHECK(a.path() != b.path());
  CHECK(a.path().starts_with("caf:" + std::to_string(one.served.id()) + "@"));
  const auto again = w.connect(*one.sys.middleman().publish(one.served, 0, "127.0.0.1"));
  CHECK(a == again);
  CHECK(std::hash<troupe::any_ref>{}(a) == std::hash<troupe::any_ref>{}(again));
  // A local CAF actor with that number is another one, too.
  CHECK(a.address()->number() != (troupe::caf_number | one.served.id()));
}

TEST_CASE(
    "AT1: a CAF actor that speaks in atoms is asked with plain messages of ours, whatever CAF was told of") {
  world w{troupe::basp_options{}};
  plain_side p;
  const auto theirs = p.sys.spawn(plain::calculator);
  const auto port = p.sys.middleman().publish(theirs, 0, "127.0.0.1");
  REQUIRE(static_cast<bool>(port));
  const auto c = troupe::basp_of(w.sys).connect<add, sum>({"127.0.0.1", *port}).value();
  CHECK(c.ask(add{1, 2}, 20s).get().value() == 3);
  CHECK(c.ask(sum{}, 20s).get().value() == 3);
  caf::anon_send_exit(theirs, caf::exit_reason::user_shutdown);
}

TEST_CASE("an actor of this system that is found through its port is the actor itself") {
  world w;
  const auto self = troupe::basp_of(w.sys).connect<teller>({"127.0.0.1", w.publish()});
  REQUIRE_MESSAGE(self.has_value(), self.error().text);
  CHECK(*self == w.t);
}

}  // namespace basp_found_test
