// From troupe to plain CAF actors: refs made by from_caf, what they carry, and how their asks end.
#include <doctest/doctest.h>

#include "unit/caf/world.hpp"

namespace caf_from_cell_test {

using namespace caf_test;
using namespace life;
using troupe::errc;
using troupe::event_kind;
using troupe::from_caf;

namespace {

using caf_ref = troupe::ref<add, note, boom, secret, stranger>;

/// A plain CAF actor that does what `account` does; `stranger` makes it drop the request.
caf::behavior plain_account(caf::event_based_actor* self, journal_ptr j) {
  auto total = std::make_shared<std::int32_t>(0);
  self->attach_functor([j] { j->note("plain gone"); });
  return {
      [=](const add& m) { return *total += m.n; },
      [=](const note& m) {
        j->note("plain " + m.line + (self->current_sender() ? " from somebody" : " from nobody"));
        if (self->current_sender())
          self->send(caf::actor_cast<caf::actor>(self->current_sender()), note{"thanks"});
      },
      [](const boom&) -> caf::result<std::int32_t> {
        return caf::make_error(caf::sec::invalid_argument, "no");
      },
      [=](const stranger& m) -> caf::result<void> {
        if (m.n == 0) return caf::unit;
        self->make_response_promise();  // and drops it
        return caf::delegated<void>{};
      },
  };
}

struct tell_it {
  caf_ref to;
};
struct ask_it {
  caf_ref to;
  std::int32_t n;
  using reply = std::int32_t;
};
struct watch_it {
  caf_ref who;
  bool yes;
  using reply = bool;
};

/// A troupe actor that talks to CAF actors.
class talker : public troupe::actor<tell_it, ask_it, watch_it, note> {
 public:
  explicit talker(journal_ptr to) : to_(std::move(to)) {}
  void on(const tell_it& m) { m.to.tell(note{"hello"}); }
  troupe::task<troupe::result<std::int32_t>> on(ask_it m) { co_return co_await ask<add>(m.to, 20s, m.n); }
  bool on(const watch_it& m) {
    if (m.yes)
      watch(m.who);
    else
      unwatch(m.who);
    return true;
  }
  void on(const note& m) { to_->note("talker gets " + m.line); }
  void on_terminated(const troupe::terminated& t) override {
    to_->note("talker hears " + t.path() + " " + std::string{troupe::to_string(t.kind())});
  }

 private:
  journal_ptr to_;
};

struct stage : world {
  caf::actor plain = sys.caf().spawn(plain_account, j);
  caf_ref far = from_caf<add, note, boom, secret, stranger>(plain);
  troupe::ref<talker> t = troupe::spawn<talker>(sys, "talker", j);
};

}  // namespace

TEST_CASE("a tell becomes a CAF message; for CAF its sender is the troupe actor, which can be answered") {
  stage s;
  s.far.tell(note{"hi"});
  CHECK(s.j->wait_for("plain hi from nobody"));
  s.t.tell(tell_it{s.far});
  CHECK(s.j->wait_for("plain hello from somebody"));
  CHECK(s.j->wait_for("talker gets thanks"));
}

TEST_CASE("M5: an ask of a plain CAF actor completes with its response, its error, or what became of it") {
  stage s;
  CHECK(s.far.ask(add{2}, patience).get().value() == 2);
  CHECK(s.t.ask(ask_it{s.far, 3}, patience).get().value() == 5);
  s.far.ask(stranger{0}, patience).get().value();
  const auto refused = s.far.ask(boom{}, patience).get();
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::handler_failed);
  CHECK(refused.error().text.find("invalid_argument") != std::string::npos);
  const auto dropped = s.far.ask(stranger{1}, patience).get();
  REQUIRE(dropped.has_error());
  CHECK(dropped.error().code == errc::broken_promise);
  // Its reply is a string where an add is answered with a number.
  const auto other = from_caf<add>(s.sys.caf().spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](const add&) { return std::string{"text"}; }};
  }));
  const auto wrong = other.ask(add{1}, patience).get();
  REQUIRE(wrong.has_error());
  CHECK(wrong.error().code == errc::decode_error);
  caf::anon_send_exit(s.plain, caf::exit_reason::user_shutdown);
  REQUIRE(s.j->wait_for("plain gone"));
  const auto gone = s.far.ask(add{1}, patience).get();
  REQUIRE(gone.has_error());
  CHECK(gone.error().code == errc::stopped);
}

TEST_CASE("a message that can't be copied is refused for CAF with one line that names it") {
  stage s;
  const auto before = s.sys.events().count(event_kind::dead_letter);
  const auto refused = s.far.ask(secret{std::make_unique<int>(1)}, patience).get();
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::invalid);
  CHECK(refused.error().text.find("secret can't be copied") != std::string::npos);
  CHECK(refused.error().text.find('\n') == std::string::npos);
  CHECK(s.sys.events().count(event_kind::dead_letter) - before == 1);
}

TEST_CASE("L4: a troupe actor watches a plain CAF actor: one terminated, at once when it has ended before") {
  stage s;
  CHECK(s.t.ask(watch_it{s.far, true}, patience).get().value());
  CHECK(s.t.ask(watch_it{s.far, true}, patience).get().value());  // twice is once
  const std::string line = "talker hears " + s.far.path() + " shutdown";
  caf::anon_send_exit(s.plain, caf::exit_reason::user_shutdown);
  REQUIRE(s.j->wait_for(line));
  CHECK(s.t.ask(watch_it{s.far, true}, patience).get().value());
  CHECK(s.j->wait_for(line, 2));
  CHECK(s.j->count(line) == 2);
}

TEST_CASE("L4: unwatching a plain CAF actor") {
  stage s;
  CHECK(s.t.ask(watch_it{s.far, true}, patience).get().value());
  CHECK(s.t.ask(watch_it{s.far, false}, patience).get().value());
  caf::anon_send_exit(s.plain, caf::exit_reason::user_shutdown);
  REQUIRE(s.j->wait_for("plain gone"));
  CHECK(s.t.ask(watch_it{s.far, false}, patience).get().value());
  CHECK(s.j->count("talker hears " + s.far.path() + " shutdown") == 0);
}

TEST_CASE(
    "from_caf: an empty handle is an empty ref; an actor of a foreign CAF system is refused with a line") {
  stage s;
  CHECK_FALSE(from_caf<add>(caf::actor{}));
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1);
  config.set("scheduler.policy", caf::atom("sharing"));  // its queue has a mutex, which ThreadSanitizer sees
  caf::actor_system foreign{config};
  const auto stray = foreign.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
  CHECK_THROWS_WITH_AS(from_caf<add>(stray), doctest::Contains("does not host"), troupe::failed);
}

}  // namespace caf_from_cell_test
