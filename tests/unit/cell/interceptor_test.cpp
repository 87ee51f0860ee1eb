// The point where messages are seen on their way (IC1-IC7).
#include <doctest/doctest.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <troupe/cell/interceptor.hpp>
#include <troupe/ref/caf.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

#include "unit/cell/world.hpp"

namespace cell_interceptor_test {

using namespace troupe;
using namespace life;

namespace seen_test {

struct note {
  int n = 0;
};
TROUPE_CONTRACT(note, "seen.note", 1, n)
// What CAF wants of a message.
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, note& m) {
  return f(m.n);
}
struct question {
  int n = 0;
  using reply = int;
};
TROUPE_CONTRACT(question, "seen.question", 1, n)

}  // namespace seen_test

namespace {

using seen_test::note;
using seen_test::question;

struct fail_now {};
struct nap {
  using reply = int;
};
struct ask_it {
  ref<question> who;
};
struct offer_it {
  ref<note> who;
};
struct tell_it {
  ref<note> who;
};
struct forward_it {};
struct watch_it {
  any_ref who;
};

/// Notes what it sees as lines, and refuses what it is told to.
class noting final : public interceptor {
 public:
  noting(std::string name, journal_ptr to) : name_(std::move(name)), to_(std::move(to)) {}

  std::optional<error> before_send(const message_view& m) override {
    if (!is_about(m.type())) return {};
    say("send", m.type(), " to " + m.recipient() + (m.sender().empty() ? "" : " from " + m.sender()));
    return verdict(no_sending);
  }
  std::optional<error> before_receive(const message_view& m) override {
    if (!is_about(m.type())) return {};
    say("receive", m.type(), m.text() + " at " + m.recipient());
    if (throws_receiving) throw std::runtime_error{"broken"};
    return verdict(no_receiving);
  }
  void after_receive(const handled_message& m) override {
    if (!is_about(m.type)) return;
    say("after", m.type, " " + std::string{to_string(m.how)} + (m.why ? ": " + m.why->text : ""));
    last_trace = m.trace;
    if (throws_after) throw std::runtime_error{"after"};
  }

  std::atomic<bool> no_sending{false}, no_receiving{false}, throws{false}, throws_receiving{false},
      throws_after{false};
  trace_context last_trace;  // of the last end it was told of; read when the system is quiet

 private:
  static bool is_about(const message_type& t) {
    return t.name.starts_with("seen.") || t.name.find("nap") != t.name.npos || &t == &terminated_type;
  }
  std::optional<error> verdict(bool no) const {
    if (throws) throw std::runtime_error{"broken"};
    if (no) return error{errc::refused, name_ + " says no"};
    return {};
  }
  void say(std::string_view what, const message_type& t, const std::string& more) {
    to_->note(name_ + " " + std::string{what} + " " + std::string{t.name} + more);
  }

  const std::string name_;
  const journal_ptr to_;
};

class worker : public actor<note, question, fail_now, nap, ask_it, offer_it, tell_it, forward_it, watch_it> {
 public:
  explicit worker(journal_ptr to, ref<note> next = {}) : to_(std::move(to)), next_(std::move(next)) {}

  void on(const note& m) {
    if (m.n < 0) throw std::runtime_error{"negative"};
    to_->note("handled " + std::to_string(m.n));
  }
  int on(const question& m) { return m.n + 1; }
  void on(const fail_now&) { throw std::runtime_error{"now"}; }
  task<int> on(nap) {
    co_await sleep(1h);
    co_return 1;
  }
  task<void> on(ask_it m) {
    const auto answer = co_await ask<question>(m.who, 5s, 1);
    to_->note(answer ? "answer" : "no answer: " + answer.error().text);
  }
  task<void> on(offer_it m) {
    const auto queued = co_await offer<note>(m.who, 7);
    to_->note(queued ? "queued" : "not queued: " + queued.error().text);
  }
  void on(const tell_it& m) { m.who.tell(note{8}); }
  delegated<unit> on(const forward_it&) { return delegate<note>(next_, 9); }
  void on(const watch_it& m) { watch(m.who); }
  void on_terminated(const terminated&) override { to_->note("gone"); }

 private:
  journal_ptr to_;
  ref<note> next_;
};

/// Brings an interceptor of its own.
class with_interceptor final : public extension {
 public:
  explicit with_interceptor(std::shared_ptr<interceptor> one) : one_(std::move(one)) {}
  std::vector<std::shared_ptr<interceptor>> intercept() override { return {one_}; }

 private:
  std::shared_ptr<interceptor> one_;
};

struct world {
  journal_ptr seen = std::make_shared<journal>();
  std::shared_ptr<noting> one = std::make_shared<noting>("one", seen);
  std::shared_ptr<noting> two = std::make_shared<noting>("two", seen);
  testkit::test_system sys{options(), with_interceptor{two}};

  testkit::test_options options() {
    auto o = testkit::for_doctest();
    o.time = testkit::time_kind::manual;
    o.system.interceptors.push_back(one);
    return o;
  }
  ref<worker> spawn(const std::string& name, ref<note> next = {}) {
    return sys.spawn<worker>(name, seen, std::move(next));
  }
  lines said() {
    sys.settle();
    return seen->all();
  }
  /// How often `line` was noted.
  std::ptrdiff_t times(const std::string& line) {
    sys.settle();
    return seen->count(line);
  }
};

/// Stands at the door, and lets nobody in when told so.
class doorman final : public interceptor {
 public:
  doorman(std::string name, journal_ptr to, bool ends)
      : name_(std::move(name)), to_(std::move(to)), ends_(ends) {}
  void enter_handler(const message_view& m) override {
    if (m.type().name != "seen.note" && m.type().name.find("nap") == m.type().name.npos) return;
    if (throws) throw std::runtime_error{"not you"};
    to_->note(name_ + " enters");
  }
  void leave_handler() noexcept override { to_->note(name_ + " leaves"); }
  void after_receive(const handled_message& m) override {
    to_->note(name_ + " " + std::string{to_string(m.how)});
  }
  bool wants_end() const noexcept override { return ends_; }
  std::atomic<bool> throws{false};

 private:
  const std::string name_;
  const journal_ptr to_;
  const bool ends_;
};

/// A system with two of them.
struct two_doors {
  explicit two_doors(bool ends)
      : one(std::make_shared<doorman>("one", seen, ends)),
        two(std::make_shared<doorman>("two", seen, ends)) {}
  testkit::test_options options() {
    auto o = testkit::for_doctest();
    o.system.interceptors = {one, two};
    return o;
  }
  journal_ptr seen = std::make_shared<journal>();
  std::shared_ptr<doorman> one, two;
  testkit::test_system sys{options()};
};

}  // namespace

TEST_CASE("IC5: a message goes through the chain from first to last, and back from last to first") {
  world w;
  w.spawn("a").tell(note{1});
  CHECK(w.said() == lines{"one send seen.note to /user/a", "two send seen.note to /user/a",
                          "one receive seen.note{n: 1} at /user/a", "two receive seen.note{n: 1} at /user/a",
                          "handled 1", "two after seen.note handled", "one after seen.note handled"});
}

TEST_CASE("IC1: what an actor tells, asks, offers and delegates is shown with its sender") {
  world w;
  const auto to = w.spawn("to");
  const auto from = w.spawn("from", to);
  from.tell(tell_it{to});
  CHECK(w.times("one send seen.note to /user/to from /user/from") == 1);
  from.tell(offer_it{to});
  CHECK(w.times("one send seen.note to /user/to from /user/from") == 2);
  from.tell(forward_it{});
  CHECK(w.times("one send seen.note to /user/to from /user/from") == 3);
  from.tell(ask_it{to});
  CHECK(w.times("one send seen.question to /user/to from /user/from") == 1);
  CHECK(w.times("answer") == 1);
}

TEST_CASE(
    "IC3: what is refused on its way out is a dead letter with the reason, and is neither sent nor seen "
    "further on") {
  world w;
  const auto to = w.spawn("to");
  w.one->no_sending = true;
  to.tell(note{1});
  CHECK(w.said() == lines{"one send seen.note to /user/to"});
  const event news = w.sys.expect_dead_letter<note>("/user/to");
  CHECK(news.reason == "refused: one says no");
  CHECK(news.content == "{n: 1}");
}

TEST_CASE("IC3: the asker of a refused message gets the error, from a thread, an actor or as an offer") {
  world w;
  const auto to = w.spawn("to"), from = w.spawn("from");
  w.two->no_sending = true;
  const error why = w.sys.expect_error(to.ask(question{1}, 5s), errc::refused);
  CHECK(why.text == "two says no");
  CHECK(why.path == "/user/to");
  from.tell(ask_it{to});
  CHECK(w.times("no answer: two says no") == 1);
  from.tell(offer_it{to});
  CHECK(w.times("not queued: two says no") == 1);
}

TEST_CASE("IC3, IC4: what is refused before its handler is not handled, and only those before hear of it") {
  world w;
  const auto to = w.spawn("to");
  w.two->no_receiving = true;
  CHECK(w.sys.expect_error(to.ask(question{1}, 5s), errc::refused).text == "two says no");
  CHECK(w.times("one after seen.question refused: two says no") == 1);
  CHECK(w.times("two after seen.question refused: two says no") == 0);
  to.tell(note{5});
  CHECK(w.times("handled 5") == 0);
  CHECK(w.sys.expect_dead_letter<note>("/user/to").reason == "refused: two says no");
  w.two->no_receiving = false;
  to.tell(note{6});
  CHECK(w.times("handled 6") == 1);  // the actor is none the worse
}

TEST_CASE("IC3: an interceptor that throws lets nothing through and fails no actor") {
  world w;
  const auto to = w.spawn("to");
  w.one->throws = true;
  const error why = w.sys.expect_error(to.ask(question{1}, 5s), errc::refused);
  CHECK(why.text.find("an interceptor threw: broken") != std::string::npos);
  w.one->throws = false;
  w.two->throws_receiving = true;
  CHECK(w.sys.expect_error(to.ask(question{1}, 5s), errc::refused).text.find("broken") != std::string::npos);
  w.two->throws_receiving = false;
  w.one->throws_after = true;
  CHECK(w.sys.expect_reply(to.ask(question{1}, 5s)) == 2);
  w.sys.expect_log(log_level::error, "after_receive threw on seen.question");
  CHECK(w.times("one after seen.question handled") == 1);
  CHECK(w.sys.events().count(event_kind::actor_failed) == 0);
}

TEST_CASE("IC4: the end of a message that failed says why") {
  world w;
  w.spawn("to").tell(note{-1});
  CHECK(w.times("one after seen.note failed: negative") == 1);
  CHECK(w.times("two after seen.note failed: negative") == 1);
}

TEST_CASE("IC4: a coroutine's message ends when the coroutine does, or is given up") {
  world w;
  const auto to = w.spawn("to");
  w.sys.keep_waiting("/user/to");
  const std::string name = std::string{message_type_of<nap>.name};
  auto answer = to.ask(nap{}, 2h);
  CHECK(w.times("one after " + name + " handled") == 0);
  w.sys.advance(1h);
  CHECK(w.times("one after " + name + " handled") == 1);
  CHECK(answer.get().value() == 1);
  to.tell(nap{});
  w.sys.settle();
  stop(to);
  CHECK(w.times("one after " + name + " abandoned") == 1);
  CHECK(w.times("two after " + name + " abandoned") == 1);
}

TEST_CASE("IC4: the trace of a handled message names the handler's own span (TC2)") {
  world w;
  const trace_context t = w.sys.env().new_trace();
  with_trace(t, [&, to = w.spawn("to")] { to.tell(note{1}); });
  CHECK(w.times("handled 1") == 1);
  CHECK(w.one->last_trace.low == t.low);
  CHECK(w.one->last_trace.parent == t.span);
}

TEST_CASE(
    "IC2: what comes from CAF is shown in the form its handler gets, and what goes to CAF as it leaves") {
  world w;
  const auto to = w.spawn("to");
  const auto number = w.sys.caf().spawn([handle = to.caf()](caf::event_based_actor* self) -> caf::behavior {
    self->send(handle, note{3});
    return {[](const note&) {}};
  });
  CHECK(w.times("handled 3") == 1);
  CHECK(w.times("one receive seen.note{n: 3} at /user/to") == 1);
  CHECK(w.times("one after seen.note handled") == 1);
  const auto caf_side = from_caf<note>(number);
  caf_side.tell(note{4});
  CHECK(w.times("one send seen.note to " + caf_side.path()) == 1);
  w.one->no_receiving = true;
}

TEST_CASE("IC2: news of an end is no message that could be refused") {
  world w;
  w.one->no_receiving = w.two->no_receiving = true;
  const auto watcher = w.spawn("watcher"), other = w.spawn("other");
  watcher.tell(watch_it{other});
  w.sys.settle();
  stop(other);
  CHECK(w.times("gone") == 1);
}

TEST_CASE(
    "IC8: who stands at the door comes in before the handler's code and leaves behind it, in the opposite "
    "order") {
  for (const bool ends : {true, false}) {
    two_doors w{ends};
    w.sys.spawn<worker>("a", w.seen).tell(note{1});
    w.sys.settle();
    lines expected{"one enters", "two enters", "handled 1", "two leaves", "one leaves"};
    if (ends) expected.insert(expected.end(), {"two handled", "one handled"});
    CHECK(w.seen->all() == expected);
  }
}

TEST_CASE("IC8: a handler that waits has been left when it waits for the first time") {
  two_doors w{false};
  const auto a = w.sys.spawn<worker>("a", w.seen);
  const auto answer = a.ask(nap{}, 2s);
  w.sys.settle();
  CHECK(w.seen->all() == lines{"one enters", "two enters", "two leaves", "one leaves"});
  stop(a);  // and with it what waits
  w.sys.settle();
}

TEST_CASE(
    "IC8, BO2: what is thrown at the door is the actor's failure on that message, once those who came in "
    "have "
    "left") {
  for (const bool ends : {true, false}) {
    two_doors w{ends};
    const auto a = w.sys.spawn<worker>("a", w.seen);
    w.two->throws = true;
    a.tell(note{1});
    const event failed = w.sys.expect_failure("/user/a");
    CHECK(failed.message == "seen.note");
    CHECK(failed.reason.find("not you") != std::string::npos);
    w.sys.settle();
    lines expected{"one enters", "one leaves"};
    if (ends) expected.insert(expected.end(), {"two failed", "one failed"});
    CHECK(w.seen->all() == expected);
  }
}

TEST_CASE("IC7: without interceptors no cell is marked, with them every one") {
  // The mark is for the cell's own turn: it is looked at when that is over.
  const auto marked = [](testkit::test_system& sys, const any_ref& r) {
    sys.settle();
    return life::cell_of(r)->sends_closely();
  };
  testkit::test_system plain{testkit::for_doctest()};
  CHECK(!marked(plain, plain.spawn<worker>("a", std::make_shared<journal>())));
  world w;
  CHECK(marked(w.sys, w.spawn("a")));
}

}  // namespace cell_interceptor_test
