// What Pekko's typed supervision promises: a reference that survives, a mailbox that is kept, and what a restart does to the rest (S6-S9, S11,
// L4). Pekko has no names for its cases, so these are ours.
#include <doctest/doctest.h>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

one_for_one often() { return {.intensity = 100, .period = 1h}; }

}  // namespace

TEST_CASE(
    "stable_ref: a reference goes on to lead to the actor after a restart; who asks sees a new incarnation") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", often(), s.child("a"));
    const ref<worker> exact{address_ptr{s.at("top/a")}};
    const auto named = top.ref<worker>("a");
    CHECK(s.answer(exact.ask(ping{}, for_ever)).value() == 1);
    CHECK(s.answer(named.ask(ping{}, for_ever)).value() == 2);
    for (std::uint64_t n = 1; n <= 3; ++n) {
      exact.tell(stumble{});
      s.settle();
      CHECK(exact.incarnation() == n);
      CHECK(s.answer(exact.ask(ping{}, for_ever)).value() == 1);  // a new object
      CHECK(s.answer(named.ask(ping{}, for_ever)).value() == 2);
    }
  });
}

TEST_CASE(
    "kept_mailbox: what was sent before and during a restart is handled after it, in its order" *
    doctest::description(
        "differs: it waits in the mailbox, however much it is; Pekko stashes 1,000 and drops the rest")) {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", often(), s.child("a").backoff({.min = 1s, .max = 1s, .jitter = 0}));
    lines expected{"a stop", "a start"};
    constexpr int many = 1500;
    s.mark();
    s.tell<stumble>("top/a");
    for (int i = 0; i < many; ++i) {
      if (i == many / 2) s.settle();  // it is down from here on
      s.tell<say>("top/a", i);
      expected.push_back("a " + std::to_string(i));
    }
    CHECK(s.happened() == lines{"a stop"});
    s.advance(2s);
    CHECK(s.happened() == expected);
  });
}

TEST_CASE(
    "failing_message_lost: the message that it failed on is a dead letter and is not run again; who asked is "
    "told") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", often(), s.child("a"));
    const auto asked = s.ask("top/a", crash{});
    CHECK(asked.error().code == errc::handler_failed);
    CHECK(has(asked.error().text, "crash"));
    CHECK(s.count("a crash") == 1);
    CHECK(s.count("a start") == 2);
    CHECK(s.events(event_kind::dead_letter, "top/a") == 1);
    CHECK(s.pinged("top/a") == 1);
  });
}

TEST_CASE(
    "children_stopped_on_restart: the children of one that fails are stopped before there is a new one") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", often(), s.child("a"));
    s.tell<beget>("top/a");
    s.settle();
    CHECK(s.at("top/a/child") != nullptr);
    s.note_end("top/a/child");
    s.mark();
    s.tell<stumble>("top/a");
    CHECK(s.happened() == lines{"a's child stop", "top/a/child gone shutdown", "a stop", "a start"});
    CHECK(s.at("top/a/child") == nullptr);
    s.tell<beget>("top/a");  // the name is free
    s.settle();
    CHECK(s.at("top/a/child") != nullptr);
  });
}

TEST_CASE("timers_cancelled: no timer of the old one fires in the new one") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", often(), s.child("a"));
    s.tell<wind_up>("top/a");
    s.advance(2s);
    CHECK(s.count("a bell") == 1);
    s.tell<wind_up>("top/a");
    s.settle();
    s.tell<stumble>("top/a");
    s.advance(2s);
    CHECK(s.count("a bell") == 1);
    CHECK(s.count("a start") == 2);
  });
}

TEST_CASE(
    "pre_restart_hook_order: children go, then `on_stop` of the old object, then it, then the new one "
    "starts" *
    doctest::description(
        "differs: Pekko calls PreRestart before the children stop, and never PostStop; on_stop is both")) {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", often(), s.child("a"));
    s.tell<beget>("top/a");
    s.settle();
    s.mark();
    int alive_at_start = -1;
    s.script("a").at_start = [&] { alive_at_start = s.script("a").alive.load(); };
    s.tell<stumble>("top/a");
    CHECK(s.happened() == lines{"a's child stop", "a stop", "a start"});
    CHECK(alive_at_start == 1);  // the old one and its child are destroyed
  });
}

TEST_CASE("pre_restart_that_throws: what `on_stop` throws is told, and the restart goes on") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 1, .period = 1h}, s.child("a"));
    s.script("a").bad_stop = true;
    s.tell<stumble>("top/a");
    CHECK(s.pinged("top/a") == 1);
    CHECK(s.events(event_kind::actor_failed, "top/a") == 2);
    s.script("a").bad_stop = false;
  });
}

TEST_CASE("terminated_once: a watcher hears nothing of restarts, and of the end exactly once") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", often(), s.child("a"));
    s.note_end("top/a");
    s.note_end("top/a");  // another watcher
    for (int i = 0; i < 5; ++i) {
      s.tell<stumble>("top/a");
      s.settle();
    }
    CHECK(s.count("a start") == 6);
    CHECK(s.count("top/a gone shutdown") == 0);
    CHECK(s.ask("top", terminate_child{"a"}).has_value());
    CHECK(s.count("top/a gone shutdown") == 2);
    CHECK(s.ask("top", restart_child{"a"}).has_value());
    CHECK(s.ask("top", terminate_child{"a"}).has_value());
    CHECK(s.count("top/a gone shutdown") == 2);  // that was another one
  });
}

TEST_CASE("terminated_if_dead: who watches one that has ended hears of it at once") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", often(), s.child("a").transient());
    const cell_ptr gone = s.at("top/a");
    s.tell<quit>("top/a");
    s.settle();
    auto told = std::make_shared<int>(0);
    struct listener : actor<say> {
      listener(cell_ptr whom, std::shared_ptr<int> to) : whom_(std::move(whom)), to_(std::move(to)) {}
      void on_start() { watch(any_ref{address_ptr{whom_}}); }
      void on_terminated(const terminated& news) override { *to_ += news.kind() == exit_kind::normal; }
      void on(const say&) {}
      cell_ptr whom_;
      std::shared_ptr<int> to_;
    };
    spawn<listener>(s.sys(), "listener", gone, told);
    s.settle();
    CHECK(*told == 1);
  });
}

TEST_CASE("death_pact: a watcher that does not handle the end of whom it watches fails") {
  everywhere([](stage& s) {
    struct relying : actor<say> {
      explicit relying(std::string on) : on_(std::move(on)) {}
      void on_start() { watch(find<ping>(on_)); }
      void on(const say&) {}
      std::string on_;
    };
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 0}, s.child("a").transient(),
                         troupe::child<relying>("b", std::string{"/user/top/a"}));
    s.note_end("top");
    s.tell<quit>("top/a");
    CHECK(s.count("top gone failed") == 1);
    const auto all = s.events();
    CHECK(std::any_of(all.begin(), all.end(), [](const event& e) {
      return e.path == "/user/top/b" && has(e.reason, "no on_terminated (L4)");
    }));
  });
}

TEST_CASE("default_stop: an actor whose parent is no supervisor is stopped when it fails") {
  everywhere([](stage& s) {
    spawn<worker>(s.sys(), "a", std::string{"a"}, static_cast<notes*>(&s), s.shared_script("a"));
    s.settle();
    s.note_end("a");
    s.tell<stumble>("a");
    CHECK(s.happened() == lines{"a start", "a stop", "a gone failed"});
  });
}

TEST_CASE(
    "strategy_by_exception: what is done depends on the exception, and what is said innermost comes first") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top",
                         one_for_one{.intensity = 10,
                                     .period = 1h,
                                     .rules = failure_rules{}.on_failure<std::domain_error>(directive::stop)},
                         s.child("a").on_failure<std::domain_error>(directive::resume), s.child("b"),
                         s.child("c").on_failure<std::runtime_error>(directive::resume));
    s.settle();
    CHECK(s.pinged("top/a") == 1);
    s.tell<stumble>("top/a");
    CHECK(s.pinged("top/a") == 2);  // it goes on with its state
    s.tell<crash>("top/a");
    CHECK(s.pinged("top/a") == 1);  // nobody says anything about that: restarted
    s.tell<stumble>("top/b");
    s.tell<stumble>("top/c");
    s.settle();
    CHECK(phases(s) ==
          lines{"a up", "b down", "c down"});  // the supervisor's rule, though they are permanent
    CHECK(s.ask("top", restart_child{"c"}).has_value());
    CHECK(s.pinged("top/c") == 1);
    s.tell<crash>("top/c");
    CHECK(s.pinged("top/c") == 2);
  });
}

TEST_CASE("escalate: a failure that is not for its supervisor is that one's own") {
  everywhere([](stage& s) {
    auto top = supervise(
        s.sys(), "top", often(),
        child_supervisor("in", often(), s.child("a").on_failure<std::domain_error>(directive::escalate),
                         s.child("b")),
        s.child("c"));
    s.mark();
    s.tell<stumble>("top/in/a");
    CHECK(s.happened() == lines{"b stop", "a stop", "a start", "b start"});
    CHECK(s.at("top/in")->incarnation() == 1);
    CHECK(s.events(event_kind::escalated, "top/in") == 1);
  });
}

TEST_CASE(
    "limit: past so many restarts in so much time it is over" *
    doctest::description(
        "differs: the window slides and is the supervisor's (OTP's rule); Pekko's begins with the first "
        "failure and is the child's")) {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 2, .period = 10s}, s.child("a"));
    s.note_end("top");
    s.tell<stumble>("top/a");
    s.advance(9s);
    s.tell<stumble>("top/a");
    s.advance(2s);
    s.tell<stumble>(
        "top/a");  // the first is past; where windows begin with the first failure this would be a new one
    s.advance(1s);
    CHECK(s.count("top gone failed") == 0);
    s.tell<stumble>("top/a");
    CHECK(s.count("top gone failed") == 1);
  });
}

TEST_CASE(
    "backoff: each restart waits twice as long as the one before, up to a maximum, until it has been quiet "
    "for a while" *
    doctest::description("differs: the jitter stays inside the maximum; Pekko's comes on top of it")) {
  everywhere([](stage& s) {
    const backoff_settings waits{.min = 1s, .max = 4s, .jitter = 0, .reset_after = 10s};
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 0}, s.child("a").backoff(waits));
    const auto fails_and_is_back_after = [&](duration wait) {
      const auto before = s.count("a start");
      s.tell<stumble>("top/a");
      s.advance(wait - 100ms);
      CHECK(s.count("a start") == before);
      s.advance(200ms);
      CHECK(s.count("a start") == before + 1);
    };
    for (const duration wait : {1s, 2s, 4s, 4s}) fails_and_is_back_after(wait);
    s.advance(11s);
    fails_and_is_back_after(1s);
    CHECK(s.count("a stop") == 5);
  });
}

TEST_CASE("stop_while_backing_off: one that waits for its restart is stopped at once") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", often(), s.child("a").backoff({.min = 1h, .max = 1h, .jitter = 0}));
    s.note_end("top");
    s.tell<stumble>("top/a");
    s.settle();
    s.tell<say>("top/a", 1);
    s.settle();
    top.stop();
    CHECK(s.count("top gone shutdown") == 1);
    CHECK(s.count("a start") == 1);
    CHECK(s.events(event_kind::dead_letter, "top/a") == 2);  // what it failed on, and what waited
  });  // The same by an administrator: it stays down, and a group that waits for it goes on without it.
  everywhere([](stage& s) {
    for (const auto how : {strategy::one_for_one, strategy::one_for_all}) {
      const auto waits = [&] { return s.child("b").backoff({.min = 1h, .max = 1h, .jitter = 0}); };
      auto top = how == strategy::one_for_one
                     ? supervise(s.sys(), "top", often(), s.child("a"), waits(), s.child("c"))
                     : supervise(s.sys(), "top", one_for_all{.intensity = 100, .period = 1h}, s.child("a"),
                                 waits(), s.child("c"));
      s.tell<stumble>("top/b");
      s.advance(1min);
      CHECK(s.ask("top", terminate_child{"b"}).value().phase == child_phase::down);
      CHECK(phases(s) == lines{"a up", "b down", "c up"});
      s.advance(2h);
      CHECK(phases(s) == lines{"a up", "b down", "c up"});
      CHECK(s.ask("top", restart_child{"b"}).has_value());
      CHECK(phases(s) == lines{"a up", "b up", "c up"});
      top.stop();
      s.settle();
    }
  });  // One that has no cell meanwhile, because it had ended by itself; and one that an administrator waits for.
  everywhere([](stage& s) {
    const backoff_settings hour{.min = 1h, .max = 1h, .jitter = 0};
    auto top = supervise(s.sys(), "top", often(), s.child("a").backoff(hour));
    s.tell<quit>("top/a");
    s.settle();
    CHECK(phases(s) == lines{"a down"});
    CHECK(s.ask("top", terminate_child{"a"}).value().phase == child_phase::down);
    s.advance(2h);
    CHECK(phases(s) == lines{"a down"});

    auto wanted = s.keep(
        top.admin().ask(start_child{troupe::child<slow_worker>("b", std::string{"b"}, static_cast<notes*>(&s),
                                                               s.shared_script("b"))
                                        .backoff(hour)},
                        for_ever));
    s.settle();
    s.stop("top/b");  // before it has started
    CHECK(!wanted->is_there(s));
    CHECK(s.ask("top", terminate_child{"b"}).value().phase == child_phase::down);
    CHECK(wanted->taken(s).error().code == errc::cancelled);
    s.advance(2h);
    CHECK(s.count("b start") == 0);
  });
}

TEST_CASE("first_start_fails: a supervisor whose child does not start does not start" *
          doctest::description("differs: Pekko tries again where its strategy has a limit or waits; a start "
                               "is synchronous here (S4)")) {
  everywhere([](stage& s) {
    s.script("a").bad_starts = 1;
    CHECK_THROWS_AS(supervise(s.sys(), "top", often(), s.child("a").backoff({})), failed);
    CHECK(s.count("a bad start") == 1);
    CHECK(s.count("a start") == 0);
  });
}
