// What dead letters and failures say: who, to whom, what, why (M4, M6).
#include <doctest/doctest.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <troupe/cell/message_facts.hpp>
#include <troupe/ref/caf.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/supervise.hpp>

namespace actor_dead_letter_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct note {
  std::string text;
  std::int64_t number = 0;
};
TROUPE_CONTRACT(note, "diag.note", 1, text, number)

struct password {
  std::string text;
  static constexpr bool secret = true;
};
TROUPE_CONTRACT(password, "diag.password", 1, text)

struct login {
  std::string user;
  password word;
};
TROUPE_CONTRACT(login, "diag.login", 1, user, word)

struct plain {
  std::string text;
};

struct go {};
struct have {
  std::size_t children;
};

/// Fails on each message; takes notes whole and logins by value.
class failing : public actor<note, login, plain> {
 public:
  void on(const note&) { throw std::runtime_error{"no notes today"}; }
  void on(login m) {
    const std::string taken = std::move(m.user);
    throw std::runtime_error{"no " + taken};
  }
  void on(const plain&) { throw std::runtime_error{"no"}; }
};

/// Suspends over a note, and fails when it goes on.
class failing_later : public actor<note> {
 public:
  task<void> on(const note&) {
    co_await sleep(1ms);
    throw std::runtime_error{"after a while"};
  }
};

/// Sends what it is told to where it is told.
template <class M>
class sender : public actor<go> {
 public:
  sender(ref<M> to, M what) : to_(std::move(to)), what_(std::move(what)) {}
  void on(const go&) { to_.tell(what_); }

 private:
  ref<M> to_;
  M what_;
};

class sink : public actor<note, login, plain> {
 public:
  void on(const note&) {}
  void on(const login&) {}
  void on(const plain&) {}
};

/// Starts children.
class parent : public actor<have> {
 public:
  void on(const have& m) {
    for (std::size_t i = 0; i < m.children; ++i) spawn<sink>();
  }
};

/// A ref to an actor that has stopped.
ref<note, login, plain> stopped_one(testkit::test_system& sys) {
  const auto gone = sys.spawn<sink>("gone");
  stop(gone);
  sys.settle();
  return gone;
}

/// The log of `sys` as one text.
std::string log_of(testkit::test_system& sys) {
  sys.settle();
  return sys.said().log_text();
}

}  // namespace

TEST_CASE("M4: a dead letter says who sent it, to whom, what was in it and why") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto from = sys.spawn<sender<note>>("ada", ref<note>{stopped_one(sys)}, note{"hello", 7});
  from.tell(go{});
  const event news = sys.expect_dead_letter<note>("/user/gone");
  CHECK(news.sender == "/user/ada");
  CHECK(news.content == "{text: \"hello\", number: 7}");
  CHECK(news.reason == "stopped");
  CHECK(log_of(sys).find("/user/gone: dead_letter on diag.note{text: \"hello\", number: 7} from /user/ada: "
                         "stopped") != std::string::npos);
}

TEST_CASE("M4: a dead letter of a message that waited names its sender, though others found out") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto busy = sys.spawn<failing_later>("busy");
  const auto from = sys.spawn<sender<note>>("ada", ref<note>{busy}, note{"late", 1});
  from.tell(go{});
  from.tell(go{});
  CHECK(sys.expect_dead_letter<note>("/user/busy").sender == "/user/ada");  // it failed on the first
  CHECK(sys.expect_dead_letter<note>("/user/busy").sender == "/user/ada");  // the second was left
}

TEST_CASE("M4: a plain thread is no sender, and a sender that is gone goes by its number") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto gone = stopped_one(sys);
  gone.tell(note{"x", 1});
  CHECK(sys.expect_dead_letter<note>("/user/gone").sender.empty());
  CHECK(sender_of(sys.env(), 0).empty());
  CHECK(sender_of(sys.env(), 123'456) == "actor 123456");
  CHECK(sender_of(sys.env(), engine::cause_elsewhere | 17) == "actor 17 of another node");
}

TEST_CASE("MF2: the search for a sender looks at a bounded number of actors") {
  testkit::test_system sys{testkit::for_doctest()};
  sys.keep("/user/*");
  std::vector<ref<note, login, plain>> crowd;
  for (std::size_t i = 0; i < sender_search_max + 200; ++i)
    crowd.push_back(troupe::spawn<sink>(sys, spawn_options{}));
  const auto number_of = [](const any_ref& r) { return r.address()->here()->number(); };
  CHECK(sender_of(sys.env(), number_of(crowd.front())) == crowd.front().path());
  CHECK(sender_of(sys.env(), number_of(crowd.back())) == "actor " + std::to_string(number_of(crowd.back())));
}

TEST_CASE("MF2: the bound is one for all generations of actors, not one for each family") {
  testkit::test_system sys{testkit::for_doctest()};
  constexpr std::size_t families = 5;
  std::vector<ref<parent>> parents;
  for (std::size_t i = 0; i < families; ++i) parents.push_back(sys.spawn<parent>("p" + std::to_string(i)));
  sys.keep("/user/*/*");
  for (const auto& p : parents) {
    p.tell(have{sender_search_max / 2});
    sys.settle();  // so the numbers rise from family to family
  }
  const auto last_of = [](const any_ref& p) { return p.address()->here()->children().back(); };
  CHECK(sender_of(sys.env(), last_of(parents.front())->number()) == last_of(parents.front())->path());
  const std::uint64_t beyond = last_of(parents.back())->number();
  CHECK(sender_of(sys.env(), beyond) == "actor " + std::to_string(beyond));
}

TEST_CASE("M4: what is secret, and what has no contract, is named and not shown") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto gone = stopped_one(sys);
  gone.tell(login{"ada", {"1234"}});
  CHECK(sys.expect_dead_letter<login>().content == "{user: \"ada\", word: {secret}}");
  gone.tell(plain{"x"});
  CHECK(sys.expect_dead_letter<plain>().content.empty());
  CHECK(!message_type_of<password>.print);
}

TEST_CASE("M4: the content of a message is cut to what the options say, and 0 shows none") {
  testkit::test_options few = testkit::for_doctest();
  few.system.message_text_max = 12;
  testkit::test_system sys{few};
  stopped_one(sys).tell(note{"a longer text", 1});
  CHECK(sys.expect_dead_letter<note>().content == "{text: \"a lo...");
  testkit::test_options none = testkit::for_doctest();
  none.system.message_text_max = 0;
  testkit::test_system silent{none};
  stopped_one(silent).tell(note{"a longer text", 1});
  CHECK(silent.expect_dead_letter<note>().content.empty());
}

TEST_CASE("M4: a message from CAF that is not understood names the CAF actor") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto to = sys.spawn<sink>("sink");
  const auto from = sys.caf().spawn(
      [handle = to.caf()](caf::event_based_actor* self) { self->send(handle, std::string{"not a note"}); });
  const auto number = from.id();
  const event news = sys.said().expect_event(event_kind::dead_letter, "/user/sink", "caf.message");
  CHECK(news.sender == "caf:" + std::to_string(number));
  CHECK(news.content.find("not a note") != std::string::npos);
}

TEST_CASE("M6: a failure carries the message that caused it, what was in it and who sent it") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto victim = sys.spawn<failing>("victim");
  sys.spawn<sender<note>>("ada", ref<note>{victim}, note{"one", 1}).tell(go{});
  const event news = sys.expect_failure("/user/victim");
  CHECK(news.message == "diag.note");
  CHECK(news.content == "{text: \"one\", number: 1}");
  CHECK(news.sender == "/user/ada");
  CHECK(news.reason.find("no notes today") != std::string::npos);
}

TEST_CASE("M6: a supervisor's report of a failure carries its message too, also after a wait") {
  testkit::test_system sys{testkit::for_doctest()};
  sys.keep("/user/top");
  sys.keep("/user/top/later");
  const auto top = supervise(sys, "top", one_for_one{}, child<failing_later>("later"));
  top.template ref<failing_later>("later").tell(note{"slow", 2});
  const event news = sys.expect_failure("/user/top/later");
  CHECK(news.message == "diag.note");
  CHECK(news.content == "{text: \"slow\", number: 2}");
  CHECK(news.action.find("restarting") != std::string::npos);
}

TEST_CASE("M6: what a handler took by value is not shown: it may have been emptied") {
  testkit::test_system sys{testkit::for_doctest()};
  sys.spawn<failing>("victim").tell(login{"ada", {"x"}});
  const event news = sys.expect_failure("/user/victim");
  CHECK(news.message == "diag.login");
  CHECK(news.content.empty());
  CHECK(sys.expect_dead_letter<login>("/user/victim").content.empty());
}

}  // namespace actor_dead_letter_test
