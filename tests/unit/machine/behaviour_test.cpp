// Actors that switch between behaviours (BE1-BE2, BH1-BH5).
#include <doctest/doctest.h>

#include <troupe/machine/behaviour_actor.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace machine_behaviour_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using life::lines;

constexpr auto patience = 20s;

struct login {
  std::string name;
};
struct logout {};
struct query {
  std::string text;
  using reply = std::string;
};
struct look_up {
  std::string text;
  using reply = std::string;
};
struct post {
  std::string line;
};
struct dig {
  int more = 0;
};
struct climb {};
struct boom {};

/// Notes when what a lambda captured is gone.
struct capture {
  life::journal_ptr to;
  std::string name;
  ~capture() { to->note(name + " gone"); }
};

class session : public behaviour_actor<login, logout, query, post, dig, climb, boom> {
 public:
  static constexpr std::size_t stash_max = 4;
  session(ref<look_up> server, life::journal_ptr to) : server_(std::move(server)), to_(std::move(to)) {}

 private:
  behaviour make_behaviour() override {
    to_->note("made");
    return guest();
  }

  behaviour guest() {
    return {
        [this](const login& m) { become(member(m.name)); },
        [](const logout&) {},
        put_aside<query, post>,
        unhandled<climb>,
        [this](dig m) {
          for (int i = 0; i < m.more; ++i) become(keep_behaviour, busy());
        },
        [](const boom&) { throw std::runtime_error{"boom"}; },
    };
  }

  behaviour member(std::string name) {
    auto held = std::make_shared<capture>(to_, name);
    return {
        [](const login&) {},
        [this, held](const logout&) {
          become(guest());
          to_->note(held->name + " says good bye");  // still whole (BH1)
        },
        // A coroutine that uses what its lambda captured after it has waited (BE2).
        [this, held](const query& m) -> task<result<std::string>> {
          if (m.text == "last") become(guest());
          auto answer = co_await ask<look_up>(server_, 10s, m.text);
          if (!answer) co_return answer.error();
          co_return held->name + ": " + *answer;
        },
        [this](const post& m) { to_->note(m.line); },
        [this](const dig&) { become(keep_behaviour, busy()); },
        [this](const climb&) { unbecome(); },
        // It is another behaviour before there is a task.
        [this, held](const boom&) {
          become(guest());
          return wait(*held);
        },
    };
  }

  task<void> wait(const capture& held) {
    const auto answer = co_await ask<look_up>(server_, 10s, "wait");
    to_->note(held.name + " waited for " + answer.value());
  }

  behaviour busy() {
    return {
        [this](const query&) -> std::string { return stash(); }, [this](const climb&) { unbecome(); },
        [this](const auto&) { to_->note("busy"); },  // all others
    };
  }

  ref<look_up> server_;
  life::journal_ptr to_;
};

struct stage {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  testkit::probe<look_up> server{sys};
  life::journal_ptr j = std::make_shared<life::journal>();
  ref<session> s = sys.spawn<session>("s", server.ref(), j);

  lines said() {
    sys.settle();
    return j->all();
  }
};

}  // namespace

TEST_CASE("BH4, BH1: it begins with make_behaviour, and what it becomes counts from the next message on") {
  stage s;
  CHECK(s.said().empty());
  s.s.tell(logout{});
  s.s.tell(login{"ada"});
  s.s.tell(post{"hello"});
  CHECK(s.said() == lines{"made", "hello"});
}

TEST_CASE("BH1: a behaviour is whole until its handler has returned, and gone then with what it captured") {
  stage s;
  s.s.tell(login{"ada"});
  s.s.tell(logout{});
  CHECK(s.said() == lines{"made", "ada says good bye", "ada gone"});
}

TEST_CASE(
    "BH3, SH2: what is put aside comes again when the behaviour changes, in its order and before what "
    "waits") {
  stage s;
  s.s.tell(post{"1"});
  auto asked = s.s.ask(query{"x"}, patience);
  s.s.tell(post{"2"});
  s.sys.settle();
  s.s.tell(login{"ada"});
  s.s.tell(post{"3"});
  CHECK(s.server.expect<look_up>().text == "x");
  CHECK(s.said() == lines{"made", "1"});
  s.server.reply(std::string{"y"});
  CHECK(s.sys.expect_reply(std::move(asked)) == "ada: y");
  CHECK(s.said() == lines{"made", "1", "2", "3"});
}

TEST_CASE("BE2: a coroutine may use what its lambda captured after the behaviour has changed") {
  stage s;
  s.s.tell(login{"ada"});
  auto asked = s.s.ask(query{"last"}, patience);
  s.server.expect<look_up>();
  CHECK(s.said() == lines{"made"});
  s.server.reply(std::string{"word"});
  CHECK(s.sys.expect_reply(std::move(asked)) == "ada: word");
  CHECK(s.said() == lines{"made", "ada gone"});
  // An error is one, too.
  s.s.tell(login{"bob"});
  auto failing = s.s.ask(query{"x"}, patience);
  s.server.expect<look_up>();
  s.server.reply_error({errc::not_found, "nothing"});
  s.sys.expect_error(std::move(failing), errc::not_found);
}

TEST_CASE("BE2: so may one that its lambda has made after it became another behaviour") {
  stage s;
  s.s.tell(login{"ada"});
  s.s.tell(boom{});
  s.server.expect<look_up>();
  CHECK(s.said() == lines{"made"});
  s.server.reply(std::string{"ever"});
  CHECK(s.said() == lines{"made", "ada waited for ever", "ada gone"});
}

TEST_CASE("BE1: unhandled messages are not understood") {
  stage s;
  s.s.tell(climb{});
  CHECK(s.sys.expect_dead_letter<climb>("/user/s").reason.find("not_understood") != std::string::npos);
}

TEST_CASE("BH2: unbecome comes back to the behaviour below, with what was put aside on top of it") {
  stage s;
  s.s.tell(login{"ada"});
  s.s.tell(dig{});
  s.s.tell(post{"not now"});
  auto asked = s.s.ask(query{"x"}, patience);
  s.sys.settle();
  s.s.tell(climb{});
  s.s.tell(post{"now"});
  s.server.expect<look_up>();
  s.server.reply(std::string{"y"});
  CHECK(s.sys.expect_reply(std::move(asked)) == "ada: y");
  CHECK(s.said() == lines{"made", "busy", "now"});
}

TEST_CASE("BH2: the last behaviour stays, and 64 are on top of each other at most") {
  testkit::test_system sys{testkit::for_doctest()};
  testkit::probe<look_up> server{sys};
  auto j = std::make_shared<life::journal>();
  const auto a = troupe::spawn<session>(sys, "a", server.ref(), j);
  a.tell(login{"ada"});
  a.tell(climb{});
  CHECK(sys.expect_failure("/user/a").reason.find("no behaviour below") != std::string::npos);
  const auto b = sys.spawn<session>("b", server.ref(), j);
  b.tell(dig{63});
  b.tell(post{""});
  sys.settle();
  CHECK(j->count("busy") == 1);
  const auto c = troupe::spawn<session>(sys, "c", server.ref(), j);
  c.tell(dig{64});
  CHECK(sys.expect_failure("/user/c").reason.find("64 behaviours") != std::string::npos);
}

TEST_CASE("BH3, SH1: what is put aside is bounded") {
  testkit::test_system sys{testkit::for_doctest()};
  testkit::probe<look_up> server{sys};
  const auto a = troupe::spawn<session>(sys, "a", server.ref(), std::make_shared<life::journal>());
  for (int i = 0; i < 5; ++i) a.tell(post{"x"});
  CHECK(sys.expect_failure("/user/a").reason.find("the stash is full (stash_max = 4)") != std::string::npos);
}

TEST_CASE("BH4, S6: a restarted actor begins anew") {
  testkit::test_system sys{testkit::for_doctest()};
  testkit::probe<look_up> server{sys};
  sys.keep("/user/top");
  sys.keep("/user/top/*");
  auto j = std::make_shared<life::journal>();
  auto top = supervise(sys, "top", one_for_one{}, child<session>("s", server.ref(), j));
  auto s = top.ref<session>("s");
  s.tell(dig{1});
  s.tell(climb{});
  s.tell(boom{});
  sys.expect_failure("/user/top/s");
  s.tell(login{"ada"});
  s.tell(post{"again"});
  sys.settle();
  CHECK(j->all() == lines{"made", "made", "again"});
}

}  // namespace machine_behaviour_test
