// OTP's gen_server_SUITE, as far as it is about one system: a server's start, its end and its state (L2, L3, SM2).
#include <doctest/doctest.h>

#include <troupe/sys/sys.hpp>

#include "conformance/server.hpp"

using namespace conformance;

TEST_CASE(
    "start: a name is taken until its owner has ended; a start that fails, or does not want to be, leaves "
    "nothing") {
  everywhere([](stage& s) {
    const auto first = start_server(s);
    CHECK(s.answer(first.ask(call{1}, 1s)).value() == 1);
    try {
      spawn<server>(s.sys(), "server", std::string{"server"}, static_cast<notes*>(&s), manner{});
      FAIL("there are two of a name");
    } catch (const failed& e) {
      CHECK(e.why().code == errc::already_exists);
    }
    CHECK(s.answer(first.ask(stop_call{}, 1s)).value() == "stopped");
    CHECK(s.answer(first.ask(call{1}, 1s)).error().code == errc::stopped);
    const auto second = start_server(s);  // the name is free
    CHECK(s.answer(second.ask(call{1}, 1s)).value() == 1);

    auto top = supervise(s.sys(), "top", one_for_one{});
    s.script("a").bad_starts = 1;
    CHECK(s.ask("top", start_child{s.child("a")}).error().code == errc::start_failed);
    s.script("a").ignored_starts = 1;
    CHECK(s.ask("top", start_child{s.child("a").temporary()}).value().path.empty());
    // One that takes too long.
    auto late = s.keep(
        top.admin().ask(start_child{troupe::child<server>("late", std::string{"late"},
                                                          static_cast<notes*>(&s), manner{.start_takes = 1h})
                                        .start_time(100ms)},
                        for_ever));
    s.advance(200ms);
    const auto got = late->taken(s);
    CHECK(got.error().code == errc::start_failed);
    CHECK(has(got.error().text, "did not end within 100 ms"));
    CHECK(phases(s).empty());
  });
}

TEST_CASE("start_event_timeout: a server may want to hear, from its start on, that nothing comes") {
  everywhere([](stage& s) {
    const auto at = start_server(s, "server", {.goes_idle_at_start = true});
    s.advance(900ms);
    CHECK(s.count("server idle") == 0);
    s.advance(200ms);
    CHECK(s.count("server idle") == 1);
  });
}

TEST_CASE("stop1: a server that is told to stop ends, and answers `stopped` from then on") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    s.note_end("server");
    stop(at);
    CHECK(s.happened() == lines{"server stop", "server gone shutdown"});
    CHECK(s.answer(at.ask(call{1}, 1s)).error().code == errc::stopped);
    stop(at);  // fine
    CHECK(s.happened().size() == 2);
  });
}

TEST_CASE("stop2: who tells it to stop may say how; its watchers hear that") {
  everywhere([](stage& s) {
    for (const exit_kind how :
         {exit_kind::normal, exit_kind::shutdown, exit_kind::failed, exit_kind::killed}) {
      start_server(s);
      s.note_end("server");
      s.at("server")->request_stop({how, {}});
      CHECK(s.happened().back() == "server gone " + std::string{to_string(how)});
    }
  });
}

TEST_CASE("stop4: the same by its path, and a path that leads to nobody is no mistake") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    s.note_end("server");
    stop(ref_to<call>(s.sys().env(), "/user/server"));
    CHECK(s.count("server gone shutdown") == 1);
    stop(ref_to<call>(s.sys().env(), "/user/server"));
    CHECK(s.answer(ref_to<call>(s.sys().env(), "/user/server").ask(call{1}, 1s)).error().code ==
          errc::stopped);
  });
}

TEST_CASE(
    "crash: a failure tells the exception, the message and the actor; who asked is told; an end in good "
    "order is none") {
  everywhere([](stage& s) {
    const auto calm = start_server(s);
    CHECK(s.answer(calm.ask(stop_call{}, 1s)).has_value());
    for (const auto& e : s.events()) CHECK(e.kind != event_kind::actor_failed);
    const auto at = start_server(s);
    const auto got = s.answer(at.ask(bad_call{}, 1s));
    CHECK(got.error().code == errc::handler_failed);
    CHECK(has(to_string(got.error()), "crashed"));
    CHECK(s.count("server stop") == 2);
    std::vector<event> failures;
    for (const auto& e : s.events())
      if (e.kind == event_kind::actor_failed) failures.push_back(e);
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].path == "/user/server");
    CHECK(has(failures[0].message, "bad_call"));
    CHECK(has(failures[0].reason, "crashed"));
  });
}

TEST_CASE("loop_start_fail: a start that fails again and again leaves neither a name nor an object") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{});
    s.script("a").bad_starts = 100;
    for (int i = 0; i < 100; ++i)
      CHECK(s.ask("top", start_child{s.child("a")}).error().code == errc::start_failed);
    CHECK(s.script("a").alive.load() == 0);
    CHECK(counts(s) == "0 0 0 0");
    CHECK(s.ask("top", start_child{s.child("a")}).has_value());
  });
}

TEST_CASE(
    "continue: what a start has still to do comes before any message; so does what a call has, once it is "
    "answered") {
  everywhere([](stage& s) {
    const auto at = spawn<server>(s.sys(), "server", std::string{"server"}, static_cast<notes*>(&s),
                                  manner{.start_takes = 1s});
    auto early = s.keep(at.ask(call{1}, 1h));
    CHECK(!early->is_there(s));
    CHECK(s.happened() == lines{"server begins"});
    s.advance(2s);
    CHECK(early->taken(s).value() == 1);
    s.mark();
    auto first = s.keep(at.ask(call_and_go_on{}, 1h));
    at.tell(flush{});
    auto second = s.keep(at.ask(held_call{1}, 1h));
    at.tell(flush{});
    CHECK(first->taken(s).value() == 1);
    CHECK(second->taken(s).value() == 1);
    CHECK(s.happened() == lines{"server goes on", "server answers 1"});
  });
}

TEST_CASE("otp_7669: a start that fails has given its name back when that is told") {
  everywhere([](stage& s) {
    for (int i = 0; i < 5; ++i) {
      s.script("a").bad_starts = 1;
      CHECK_THROWS_AS(supervise(s.sys(), "top", one_for_one{}, s.child("a")),
                      failed);  // and no `already_exists`
      CHECK(s.at("top") == nullptr);
    }
    auto top = supervise(s.sys(), "top", one_for_one{}, s.child("a"));
    CHECK(s.pinged("top/a") == 1);
  });
}

TEST_CASE("get_state: anybody may ask a server for its state, also when it is held up") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    CHECK(s.answer(at.ask(call{3}, 1s)).has_value());
    auto held = s.keep(at.ask(delayed_call{1h}, for_ever));
    CHECK(!held->is_there(s));
    const auto got = s.answer(sys::of(at).ask(sys::get_state{}, 1s)).value();
    CHECK(got.state == R"({"name":"server","calls":3})");
    CHECK(got.path == "/user/server");
    CHECK(got.waiting_handlers == 1);
  });
}

TEST_CASE("call_format_status: what is shown of the state is what its class says of it") {
  everywhere([](stage& s) {
    const auto at = start_server(s, "other");
    CHECK(s.answer(sys::of(at).ask(sys::get_state{}, 1s)).value().state == R"({"name":"other","calls":0})");
    auto top = supervise(s.sys(), "top", one_for_one{}, s.child("a"));  // one that says nothing
    CHECK(s.answer(sys::of(top.ref<worker>("a")).ask(sys::get_state{}, 1s)).value().state.empty());
  });
}

TEST_CASE("crash_in_format_status: a class that fails when it is to say its state fails to say it, no more") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    at.tell(garble{1});
    s.settle();
    const auto got = s.answer(sys::of(at).ask(sys::get_state{}, 1s)).value();
    CHECK(got.state.empty());
    CHECK(has(got.state_error, "no state"));
    CHECK(s.answer(at.ask(call{1}, 1s)).value() == 1);
  });
}

TEST_CASE("throw_in_format_status: whatever it throws, and when it says what is no JSON") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    for (const int how : {2, 3}) {
      at.tell(garble{how});
      s.settle();
      const auto got = s.answer(sys::of(at).ask(sys::get_state{}, 1s)).value();
      CHECK(got.state.empty());
      CHECK(!got.state_error.empty());
    }
    CHECK(s.answer(at.ask(call{1}, 1s)).value() == 1);
  });
}

TEST_CASE("undef_in_terminate: what `on_stop` throws is told, and the stop goes on") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{}, s.child("a"));
    s.script("a").bad_stop = true;
    s.note_end("top/a");
    CHECK(s.ask("top", terminate_child{"a"}).value().phase == child_phase::down);
    CHECK(s.count("top/a gone shutdown") == 1);
    CHECK(s.events(event_kind::actor_failed, "top/a") == 1);
    CHECK(s.script("a").alive.load() == 0);
  });
}
