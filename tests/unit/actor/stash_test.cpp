// The stash (SH1-SH4).
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_stash_test {

using namespace troupe;
using namespace life;

namespace {

struct knock {
  int guest = 0;
  using reply = int;
};
struct note_it {
  std::string line;
};
struct unlock {};
struct crash {};
struct held {
  using reply = std::size_t;
};
/// To a handler that is a coroutine, and stashes before or after its first wait.
struct knock_and_wait {
  bool first = false;
  using reply = int;
};

/// Lets guests in once it is unlocked, and keeps two of them waiting at most.
class door : public actor<knock, note_it, unlock, crash, held, knock_and_wait> {
 public:
  static constexpr std::size_t stash_max = 3;
  explicit door(journal_ptr to) : to_(std::move(to)) {}
  int on(const knock& m) {
    if (locked_) return stash();
    to_->note("guest " + std::to_string(m.guest));
    return m.guest;
  }
  void on(note_it m) {  // by value: what is put aside must stay whole all the same (SH2)
    if (locked_) {
      stash();
      return;
    }
    to_->note(std::move(m.line));
  }
  void on(const unlock&) {
    locked_ = false;
    unstash_all();
    to_->note("unlocked " + std::to_string(stash_size()));
  }
  std::size_t on(const held&) { return stash_size(); }
  task<int> on(knock_and_wait m) {
    if (!m.first) co_await sleep(1ms);
    co_return stash();
  }
  void on(const crash&) { throw std::runtime_error{"crash"}; }

 private:
  journal_ptr to_;
  bool locked_ = true;
};

struct fixture {
  journal_ptr j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  supervision top = supervise(sys, "top", one_for_one{}, child<door>("door", j));
  ref<door> d = top.ref<door>("door");
};

}  // namespace

TEST_CASE("SH2: what was stashed is run again in its order, before what waits, and its askers are answered") {
  fixture f;
  auto first = f.d.ask(knock{1}, patience);
  f.d.tell(note_it{"a letter that is too long for a small string"});
  auto third = f.d.ask(knock{3}, patience);
  f.d.tell(unlock{});
  CHECK(f.d.ask(knock{4}, patience).get().value() == 4);
  CHECK(first.get().value() == 1);
  CHECK(third.get().value() == 3);
  const auto all = f.j->all();
  REQUIRE(all.size() == 5);
  CHECK(all[0] == "unlocked 3");  // they are on their way once the handler has returned
  CHECK(all[1] == "guest 1");
  CHECK(all[2] == "a letter that is too long for a small string");
  CHECK(all[3] == "guest 3");
  CHECK(all[4] == "guest 4");
}

TEST_CASE("SH1: one message more than the stash holds is a failure that names it") {
  fixture f;
  auto events = listen(f.sys);
  std::vector<future<int>> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(f.d.ask(knock{i}, patience));
  const auto why = f.d.ask(knock{3}, patience).get().error();
  CHECK(why.code == errc::handler_failed);
  CHECK(why.text.find("the stash is full (stash_max = 3)") != std::string::npos);
  for (auto& w : waiting) CHECK(w.get().error().code == errc::restarted);
  CHECK(events->wait_for("actor_failed /user/top/door"));
}

TEST_CASE("SH4, S6: a restart and a stop empty the stash to the dead letters, and the askers hear why") {
  fixture f;
  auto first = f.d.ask(knock{1}, patience);
  f.d.tell(note_it{"a letter that is too long for a small string"});
  const auto before = f.sys.events().count(event_kind::dead_letter);
  f.d.tell(crash{});
  CHECK(first.get().error().code == errc::restarted);
  auto second = f.d.ask(knock{2}, patience);
  f.d.tell(note_it{"another"});
  CHECK(f.d.ask(held{}, patience).get().value() == 2);
  const cell_ptr c = cell_of(f.d);
  const auto end = std::make_shared<journal>();
  note_end(c, end);
  f.top.stop();
  REQUIRE(end->wait_for("gone /user/top/door shutdown"));
  CHECK(second.get().error().code == errc::stopped);
  CHECK(f.sys.events().count(event_kind::dead_letter) - before == 5);  // the crash among them
  CHECK(f.j->all().empty());
}

TEST_CASE(
    "SH3: a coroutine that stashes fails, before its first wait and after it, and nothing is put aside") {
  for (const bool first : {true, false}) {
    fixture f;
    auto waits = f.d.ask(knock{1}, patience);
    const auto why = f.d.ask(knock_and_wait{first}, patience).get().error();
    CHECK(why.code == errc::handler_failed);
    CHECK(why.text.find("stash is for a handler of a class with") != std::string::npos);
    CHECK(waits.get().error().code == errc::restarted);
    CHECK(f.d.ask(held{}, patience).get().value() == 0);
    CHECK(f.d.incarnation() == 1);
  }
}

TEST_CASE("SH2: a stashed ask whose asker has given up is not run again") {
  fixture f;
  CHECK(f.d.ask(knock{1}, 1ms).get().error().code == errc::timeout);
  f.d.tell(unlock{});
  CHECK(f.d.ask(knock{2}, patience).get().value() == 2);
  CHECK(f.j->count("guest 1") == 0);
}

}  // namespace actor_stash_test
