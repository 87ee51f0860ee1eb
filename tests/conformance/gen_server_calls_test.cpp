// OTP's gen_server_SUITE, as far as it is about one system: calls, casts and timeouts (M2, M5, M7).
#include <doctest/doctest.h>

#include "conformance/server.hpp"

using namespace conformance;

TEST_CASE("call: an answer comes when it is given, and once its time is over it comes to nobody") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    CHECK(s.answer(at.ask(call{2}, 1s)).value() == 2);
    auto slow = s.keep(at.ask(delayed_call{500ms}, 1s));
    CHECK(!slow->is_there(s));
    s.advance(600ms);
    CHECK(slow->taken(s).value() == "delayed");
    auto late = s.keep(at.ask(delayed_call{10s}, 1s));
    s.advance(1100ms);
    CHECK(late->taken(s).error().code == errc::timeout);
    CHECK(s.answer(at.ask(call{1}, 20s)).value() == 3);  // it is not busy with what nobody waits for
  });
}

TEST_CASE("send_request: one may ask and look for the answer later, whether it is there or not") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    auto later = at.ask(call{1}, 1s);
    s.settle();
    CHECK(s.answer(std::move(later)).value() == 1);  // it was there already
    auto none = s.keep(at.ask(held_call{1}, 1s));
    s.advance(2s);
    CHECK(none->taken(s).error().code == errc::timeout);
    stop(at);
    s.settle();
    CHECK(s.answer(at.ask(call{1}, 1s)).error().code == errc::stopped);
  });
}

TEST_CASE(
    "send_request_receive_reqid_collection: of many that are asked at once each answer goes to its own "
    "question") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    std::vector<std::shared_ptr<stage::awaited<int>>> all;
    for (int n = 0; n < 10; ++n) all.push_back(s.keep(at.ask(held_call{n}, 1s)));
    at.tell(flush{});
    for (int n = 0; n < 10; ++n) CHECK(all[static_cast<std::size_t>(n)]->taken(s).value() == n);
    CHECK(s.happened().front() == "server answers 9");
    CHECK(s.happened().back() == "server answers 0");
  });
}

TEST_CASE("cast: what is told is handled in its order; whoever is not there any more gets none of it") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{}, s.child("a").transient());
    s.mark();
    for (int n = 0; n < 5; ++n) s.tell<say>("top/a", n);
    CHECK(s.happened() == lines{"a 0", "a 1", "a 2", "a 3", "a 4"});
    s.tell<quit>("top/a");
    s.settle();
    s.tell<say>("top/a", 5);
    s.tell<say>("nobody", 6);
    CHECK(s.count("a 5") == 0);
    CHECK(s.events(event_kind::dead_letter, "top/a") == 1);
    CHECK(s.events(event_kind::dead_letter, "nobody") == 1);
  });
}

TEST_CASE("info: what is in no protocol comes to `on_unknown`") {
  everywhere([](stage& s) {
    start_server(s, "server", {.handles_strays = true});
    s.tell<stray>("server");
    CHECK(s.happened() == lines{"server was sent a stray"});
  });
}

TEST_CASE("undef_handle_info: who has no `on_unknown` goes on; it is a dead letter that was not understood") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    s.tell<stray>("server");
    CHECK(s.answer(at.ask(call{1}, 1s)).value() == 1);
    CHECK(s.events(event_kind::dead_letter, "server") == 1);
  });
}

TEST_CASE("undef_in_handle_info: what `on_unknown` throws is the actor's failure") {
  everywhere([](stage& s) {
    start_server(s, "server", {.handles_strays = true});
    s.note_end("server");
    s.tell<stray>("server", -1);
    CHECK(s.count("server gone failed") == 1);
  });
}

TEST_CASE(
    "handle_event_timeout: a server hears that nothing has come for a while; a message begins the while "
    "anew" *
    doctest::description(
        "differs: it is told again after each such while, until it says no more; OTP's tells once")) {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    at.tell(idle{true});
    s.settle();
    s.advance(900ms);
    CHECK(s.answer(at.ask(call{1}, 1s)).has_value());
    s.advance(900ms);
    CHECK(s.count("server idle") == 0);
    s.advance(200ms);
    CHECK(s.count("server idle") == 1);
    s.advance(1s);
    CHECK(s.count("server idle") == 2);
    at.tell(idle{false});
    s.advance(5s);
    CHECK(s.count("server idle") == 2);
  });
}

TEST_CASE("calling_self: a server that asks itself is told so at once, with the way that the asks took") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    const auto got = s.answer(at.ask(call_self{}, 1h));
    CHECK(has(got.value(), "cycle"));
    CHECK(has(got.value(), "/user/server"));
    CHECK(s.answer(at.ask(call{1}, 1s)).value() == 1);
  });
}

TEST_CASE("call_with_huge_message_queue: an answer goes past what waits in the mailbox of who asked") {
  everywhere([](stage& s) {
    struct asker : actor<say, delayed_call> {
      asker(ref<call> whom, notes* to) : whom_(std::move(whom)), to_(to) {}
      void on(const say& m) {
        if (m.n % 1000 == 0) to_->note("asker " + std::to_string(m.n));
      }
      task<std::string> on(delayed_call) {
        to_->note("asker asks");
        const auto got = co_await ask<call>(whom_, 1s, 1);
        to_->note(got ? "asker is answered" : "asker is not answered");
        co_return "";
      }
      ref<call> whom_;
      notes* to_;
    };
    const auto at = start_server(s);
    const auto a = spawn<asker>(s.sys(), "asker", ref<call>{at}, static_cast<notes*>(&s));
    auto asked = s.keep(a.ask(delayed_call{}, for_ever));
    for (int n = 0; n <= 2000; ++n) a.tell(say{n});
    CHECK(s.happened() == lines{"asker asks", "asker is answered", "asker 0", "asker 1000", "asker 2000"});
  });
}

TEST_CASE(
    "reply_by_alias_with_payload: an answer that comes too late comes to nobody, and who gives it knows") {
  everywhere([](stage& s) {
    const auto at = start_server(s);
    auto late = s.keep(at.ask(held_call{1}, 1s));
    auto good = s.keep(at.ask(held_call{2}, 1h));
    s.advance(2s);
    CHECK(late->taken(s).error().code == errc::timeout);
    at.tell(flush{});
    CHECK(good->taken(s).value() == 2);
    CHECK(s.happened() == lines{"server answers 2", "server answers 1 in vain"});
  });
}
