// What a fallback can do with a message that is not in the protocol: pass it on, answer, put it aside, refuse it (DG3, LA4, SH2).
#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>
#include <troupe/actor/piping.hpp>
#include <troupe/machine/behaviour_actor.hpp>
#include <troupe/pattern/pool.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_unknown_test {

using namespace troupe;
using namespace std::chrono_literals;
using life::lines;

namespace {

constexpr auto very_long = 1000h;

/// In the front's protocol.
struct known {
  int n = 0;
  using reply = int;
};
struct open_up {};
/// In others' only.
struct stray {
  std::string text;
  using reply = std::string;
};
struct hint {
  std::string text;
};
struct measure {
  std::string text;
  using reply = int;
};
/// What nobody knows.
struct unheard {
  using reply = std::string;
};

/// Knows them.
class expert : public actor<stray, hint, measure> {
 public:
  explicit expert(life::journal_ptr to) : to_(std::move(to)) {}
  result<std::string> on(const stray& m) {
    if (m.text.empty()) return error{errc::not_found, "nothing in it"};
    return "about " + m.text;
  }
  void on(const hint& m) { to_->note("hint " + m.text); }
  int on(const measure& m) { return static_cast<int>(m.text.size()); }

 private:
  const life::journal_ptr to_;
};

/// Does with what it does not know what the test says.
class front : public actor<known, open_up> {
 public:
  static constexpr std::size_t stash_max = 2;
  using fallback = std::function<void(front&, delivery&)>;

  front(fallback f, ref<expert> knows, life::journal_ptr to)
      : e(std::move(knows)), fallback_(std::move(f)), to_(std::move(to)) {}

  int on(const known& m) {
    note("known " + std::to_string(m.n));
    return m.n;
  }
  void on(const open_up&) {
    is_open = true;
    unstash_all();
  }
  void on_unknown(delivery& d) override { fallback_(*this, d); }

  using actor_base::answer_later;
  using actor_base::ask;
  using actor_base::delegate;
  using actor_base::forward;
  using actor_base::pipe;
  using actor_base::stash;
  void note(std::string line) const { to_->note(std::move(line)); }
  /// What `f` throws, in words.
  template <class F>
  void note_throw(F f) {
    try {
      f();
      note("nothing thrown");
    } catch (const failed& why) {
      note(std::string{to_string(why.why().code)} + ": " + why.why().text);
    }
  }

  const ref<expert> e;
  bool is_open = false;
  promise<std::string> owed;

 private:
  const fallback fallback_;
  const life::journal_ptr to_;
};

/// More than a front takes. By path nobody looks at that.
using any_front = ref<known, open_up, stray, hint, measure, unheard>;

struct stage {
  explicit stage(front::fallback what)
      : top(supervise(sys, "top", one_for_one{.intensity = 5},
                      child<front>("front", std::move(what), e, j))) {
    sys.keep("/user/top");
    sys.keep("/user/top/*");
  }

  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  life::journal_ptr j = std::make_shared<life::journal>();
  ref<expert> e = sys.spawn<expert>("expert", j);
  supervision top;
  any_front f = at("/user/top/front");

  any_front at(std::string path) {
    return ref_to<known, open_up, stray, hint, measure, unheard>(sys.env(), std::move(path));
  }
  lines heard() {
    sys.settle();
    return j->all();
  }
  /// A stray that is asked, and the answer.
  std::string asked(const std::string& text) { return sys.expect_reply(f.ask(stray{text}, very_long)); }
  error refused(const std::string& text, errc why) {
    return sys.expect_error(f.ask(stray{text}, very_long), why);
  }
};

const std::string long_text = "a text that is too long for a small string";

}  // namespace

// ---- passing it on

TEST_CASE(
    "DG3: a fallback forwards what it does not know, asks and tells; the answer or error is the asker's") {
  stage s{[](front& at, delivery&) { at.forward(at.e); }};
  CHECK(s.asked(long_text) == "about " + long_text);
  CHECK(s.refused("", errc::not_found).text == "nothing in it");
  s.f.tell(hint{"x"});
  CHECK(s.heard() == lines{"hint x"});
  CHECK(s.sys.expect_reply(s.f.ask(known{3}, very_long)) == 3);
  CHECK(s.f.incarnation() == 0);
}

TEST_CASE("DG3: what is forwarded to one who does not know it either comes to that one's own fallback") {
  stage s{[](front& at, delivery&) { at.forward(at.e); }};
  const auto no = s.sys.expect_error(s.f.ask(unheard{}, very_long), errc::not_understood);
  CHECK(no.path == "/user/expert");
  s.sys.expect_dead_letter<unheard>("/user/expert");
  const auto second = s.sys.spawn<front>(
      "second", [via = s.f](front& at, delivery&) { at.forward(via); }, s.e, s.j);
  CHECK(s.sys.expect_reply(s.at(second.path()).ask(stray{"x"}, very_long)) == "about x");
}

TEST_CASE("DG3: the sender, the deadline and the trace of what is forwarded stay") {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  testkit::probe<stray> p{sys, "p"};
  const auto j = std::make_shared<life::journal>();
  sys.spawn<front>(
      "front", [to = p.ref()](front& at, delivery&) { at.forward(to); }, ref<expert>{}, j);
  const auto f = ref_to<stray>(sys.env(), "/user/front");
  const auto asker = sys.spawn<front>(
      "asker",
      [f](front& at, delivery&) {
        at.pipe(at.ask<stray>(f, 50ms, "x"), ref<open_up>{}, [&at](const result<std::string>& r) {
          at.note(r ? *r : std::string{to_string(r.error().code)});
          return open_up{};
        });
      },
      ref<expert>{}, j);
  ref_to<hint>(sys.env(), "/user/asker").tell(hint{});
  CHECK(p.expect<stray>().text == "x");
  CHECK(p.last_sender() == "/user/asker");
  sys.advance(51ms);
  CHECK_FALSE(p.reply(std::string{"too late"}));
  CHECK(j->all() == lines{"timeout"});
}

TEST_CASE("DG3, RF4: forwarded to an empty ref, an ask is answered `stopped` and a tell is dropped") {
  stage s{[](front& at, delivery&) { at.forward(any_ref{}); }};
  CHECK(s.refused("x", errc::stopped).text == "forwarded to an empty ref");
  s.f.tell(hint{"x"});
  CHECK(s.heard().empty());
  CHECK(s.f.incarnation() == 0);
}

TEST_CASE(
    "DG1, DG3: a fallback delegates where the answer fits what the asker expects, and is told where not") {
  stage s{[](front& at, delivery& d) {
    if (d->type == &message_type_of<measure>) {
      at.delegate<measure>(at.e, d->as<measure>().text + "!");
    } else {
      at.note_throw([&] { at.delegate<measure>(at.e, "x"); });
      at.delegate<stray>(at.e, "another " + d->as<stray>().text);
    }
  }};
  CHECK(s.sys.expect_reply(s.f.ask(measure{"four"}, very_long)) == 5);
  s.f.tell(measure{"four"});
  CHECK(s.asked("x") == "about another x");
  const lines all = s.heard();
  REQUIRE(all.size() == 1);
  CHECK(all[0] == "invalid: " + std::string{type_name_of<measure>} + " is answered with a " +
                      std::string{type_name_of<int>} + ", but " + std::string{type_name_of<stray>} +
                      " with a " + std::string{type_name_of<std::string>});
}

// ---- answering

TEST_CASE("LA4: a fallback answers, at once or later, and others are served meanwhile") {
  stage s{[](front& at, delivery& d) {
    auto p = at.answer_later<std::string>();
    if (d->as<stray>().text == "at once")
      p.reply("yes");
    else
      at.owed = p;
    if (at.is_open) at.owed.reply("no hurry");
  }};
  CHECK(s.asked("at once") == "yes");
  auto later = s.f.ask(stray{"later"}, very_long);
  CHECK(s.sys.expect_reply(s.f.ask(known{1}, very_long)) == 1);
  s.f.tell(open_up{});
  s.f.tell(stray{"at once"});  // nobody asked that: the promise is owed to nobody, and the one before is kept
  CHECK(s.sys.expect_reply(std::move(later)) == "no hurry");
}

TEST_CASE(
    "LA4: a promise of what the asker does not expect is refused with what he does, and may be made again") {
  stage s{[](front& at, delivery&) {
    at.note_throw([&] { at.answer_later<int>(); });
    at.answer_later<std::string>().reply("then so");
  }};
  CHECK(s.asked("x") == "then so");
  CHECK(s.heard() == lines{"invalid: answer_later promises a " + std::string{type_name_of<int>} + ", but " +
                           std::string{type_name_of<stray>} + " is answered with a " +
                           std::string{type_name_of<std::string>}});
}

TEST_CASE(
    "LA2, LA4: a promise of a fallback that is dropped, and a message with which nothing is done, break it") {
  stage s{[](front& at, delivery& d) {
    if (d->as<stray>().text == "promise") static_cast<void>(at.answer_later<std::string>());
  }};
  CHECK(s.refused("promise", errc::broken_promise).text == "the promise of a reply was dropped");
  s.refused("nothing", errc::broken_promise);
  s.f.tell(stray{"nothing"});
  CHECK(s.heard().empty());
  CHECK(s.sys.events().count(event_kind::dead_letter) == 0);
}

TEST_CASE("LA4: a fallback refuses an ask with an error of its own, whatever it is answered with") {
  stage s{[](front& at, delivery& d) {
    d.refuse({errc::refused, "no " + std::string{d->type->name} + " here"});
    at.note_throw(
        [&] { at.answer_later<int>().reply(1); });  // there is nobody any more who could expect another type
  }};
  CHECK(s.refused("x", errc::refused).text == "no " + std::string{type_name_of<stray>} + " here");
  CHECK(s.sys.expect_error(s.f.ask(measure{"x"}, very_long), errc::refused).code == errc::refused);
  s.f.tell(hint{"x"});
  CHECK(s.heard() == lines(3, "nothing thrown"));
  CHECK(s.f.incarnation() == 0);
  CHECK(s.sys.events().count(event_kind::dead_letter) == 0);
}

TEST_CASE("PI1, LA4: a fallback asks somebody else and answers with what came, without waiting for it") {
  stage s{[](front& at, delivery& d) {
    at.pipe(at.ask<measure>(at.e, very_long, d->as<stray>().text), ref<open_up>{},
            [p = at.answer_later<std::string>()](const result<int>& r) {
              p.reply(std::to_string(r.value()) + " letters");
              return open_up{};
            });
  }};
  CHECK(s.asked("four") == "4 letters");
}

// ---- putting it aside

TEST_CASE("SH2: what a fallback puts aside comes to it again, in its order and before what waits") {
  stage s{[](front& at, delivery& d) {
    if (!at.is_open) {
      at.stash();
      return;
    }
    at.note(std::string{d->type == &message_type_of<hint> ? "hint " + d->as<hint>().text : "stray"});
    if (d->reply) at.answer_later<std::string>().reply("after all");
  }};
  auto first = s.f.ask(stray{"x"}, very_long);
  s.f.tell(hint{long_text});
  CHECK(s.heard().empty());
  s.f.tell(open_up{});
  s.f.tell(known{1});
  CHECK(s.sys.expect_reply(std::move(first)) == "after all");
  CHECK(s.heard() == lines{"stray", "hint " + long_text, "known 1"});
}

TEST_CASE(
    "SH1, SH4: the stash has its bound for a fallback too, and a restart empties it to the dead letters") {
  stage s{[](front& at, delivery&) { at.stash(); }};
  auto first = s.f.ask(stray{"x"}, very_long);
  s.f.tell(hint{"x"});
  const auto no = s.refused("one more", errc::handler_failed);
  CHECK(no.text.find("the stash is full (stash_max = 2)") != std::string::npos);
  s.sys.expect_error(std::move(first), errc::restarted);
  s.sys.expect_failure("/user/top/front");
  s.sys.expect_dead_letter<hint>("/user/top/front");
  s.sys.settle();
  CHECK(s.f.incarnation() == 1);
}

namespace {

/// Has no stash, and no message in hand but in its fallback.
class without : public actor<known> {
 public:
  int on(const known& m) {
    forward(any_ref{});
    return m.n;
  }

 private:
  void on_unknown(delivery& d) override {  // private is as good as public
    if (d->type == &message_type_of<hint>) stash();
  }
};

}  // namespace

TEST_CASE(
    "SH1: who puts a message aside in a class without a stash fails with a line that says what is missing") {
  testkit::test_system sys{testkit::for_doctest()};
  sys.keep("/user/top");
  sys.keep("/user/top/*");
  const auto top = supervise(sys, "top", one_for_one{}, child<without>("w"));
  top.ref<hint>("w").tell(hint{"x"});
  CHECK(sys.expect_failure("/user/top/w").reason.find("static constexpr std::size_t stash_max") !=
        std::string::npos);
}

// ---- and nothing more of it

TEST_CASE("DG2: what a fallback has given away is not in hand any more, whatever it tries next") {
  stage s{[](front& at, delivery& d) {
    at.forward(at.e);
    at.note(d ? "in hand" : "gone");
    d.refuse({errc::refused, "too late"});  // the asker is not its to answer any more
    at.note_throw([&] { at.forward(at.e); });
    at.note_throw([&] { at.answer_later<std::string>(); });
    at.note_throw([&] { at.delegate<stray>(at.e, "x"); });
    at.note_throw([&] { at.stash(); });
  }};
  CHECK(s.asked("x") == "about x");
  const lines all = s.heard();
  REQUIRE(all.size() == 5);
  CHECK(all[0] == "gone");
  const std::string behind = ", and for on_unknown, before the message is given away";
  CHECK(all[1] == "invalid: forward is for a handler that returns `delegated`" + behind);
  CHECK(all[2] == "invalid: answer_later is for a handler that returns a promise" + behind);
  CHECK(all[3] == "invalid: delegate is for a handler that returns `delegated`" + behind);
  CHECK(all[4].starts_with("invalid: stash is for a handler of a class with"));
}

TEST_CASE("a message that a fallback has had is in no later handler's hand") {
  testkit::test_system sys{testkit::for_doctest()};
  sys.spawn<without>("w");
  const auto w = ref_to<known, open_up>(sys.env(), "/user/w");
  w.tell(open_up{});
  const auto no = sys.expect_error(w.ask(known{1}, very_long), errc::handler_failed);
  CHECK(no.text.find("forward is for a handler") != std::string::npos);
  sys.expect_failure("/user/w");
}

TEST_CASE("what a fallback throws is the actor's failure, before or after it has given the message away") {
  stage s{[](front& at, delivery& d) {
    if (d->as<stray>().text == "after") at.forward(at.e);
    throw std::runtime_error{"no"};
  }};
  CHECK(s.refused("before", errc::handler_failed).text.find("no") != std::string::npos);
  s.sys.expect_failure("/user/top/front");
  s.sys.settle();
  CHECK(s.asked("after") == "about after");
  s.sys.expect_failure("/user/top/front");
}

// ---- other kinds of actors

namespace {

/// Understands hints in one of its two behaviours.
class moody : public behaviour_actor<hint, open_up> {
 public:
  explicit moody(ref<hint> to) : to_(std::move(to)) {}
  void on_unknown(delivery&) override { forward(to_); }

 private:
  behaviour make_behaviour() override {
    return {unhandled<hint>, [](const open_up&) {}};
  }
  const ref<hint> to_;
};

}  // namespace

TEST_CASE("DG3: what a behaviour says it does not understand is in hand in the fallback too") {
  stage s{[](front&, delivery&) {}};
  const auto m = s.sys.spawn<moody>("moody", ref<hint>{s.e});
  m.tell(hint{"x"});
  CHECK(s.heard() == lines{"hint x"});
  const auto f = ref_to<stray>(s.sys.env(), "/user/moody");
  CHECK(s.sys.expect_reply(f.ask(stray{"x"}, very_long)) == "about x");
}

TEST_CASE("DG3: a member of a pool has its fallback, and still ends when the pool shrinks") {
  stage s{[](front&, delivery&) {}};
  s.sys.keep("/user/pool");
  s.sys.keep("/user/pool/*");
  const auto pool =
      spawn_pool<front>(s.sys, {.name = "pool", .size = 2}, round_robin{},
                        front::fallback{[](front& at, delivery&) { at.forward(at.e); }}, s.e, s.j);
  CHECK(s.sys.expect_reply(s.at("/user/pool/2").ask(stray{"x"}, very_long)) == "about x");
  pool.resize(1);
  s.sys.settle();
  s.sys.expect_error(s.at("/user/pool/2").ask(stray{"x"}, very_long), errc::stopped);
}

}  // namespace actor_unknown_test
