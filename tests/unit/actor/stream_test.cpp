// A turn that sends many messages to one receiver: they travel together (engine/outbox.hpp), and nobody can tell.
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_stream_test {

using namespace troupe;
using namespace life;

namespace {

struct number {
  int n;
};
struct how_full {
  using reply = std::uint64_t;
};

class listener : public actor<number, how_full> {
 public:
  explicit listener(journal_ptr j) : j_(std::move(j)) {}
  void on(const number& m) { j_->note(std::to_string(m.n)); }
  std::uint64_t on(const how_full&) { return own_cell().mailbox_depth(); }

 private:
  journal_ptr j_;
};

struct tell_all {
  int count;
};
struct tell_and_hold {};
struct tell_and_spawn {
  int children;
};
struct mix {};

/// Tells a number when it starts.
class newborn : public actor<> {
 public:
  newborn(ref<listener> to, int n) : to_(std::move(to)), n_(n) {}
  void on_start() { to_.tell(number{n_}); }

 private:
  ref<listener> to_;
  int n_;
};

class talker : public actor<tell_all, tell_and_hold, tell_and_spawn, mix> {
 public:
  talker(ref<listener> to, journal_ptr j, gate_ptr g)
      : to_(std::move(to)), j_(std::move(j)), gate_(std::move(g)) {}
  void on(const tell_all& m) {
    for (int n = 0; n < m.count; ++n) to_.tell(number{n});
    j_->note("told");
  }
  void on(const tell_and_hold&) {
    for (int n = 0; n < 3; ++n) to_.tell(number{n});
    j_->note("holds");
    gate_->pass();
    to_.tell(number{3});
    j_->note("passed");
  }
  void on(const tell_and_spawn& m) {
    for (int n = 0; n < 3; ++n) to_.tell(number{n});
    for (int n = 3; n < 3 + m.children; ++n) spawn<newborn>(spawn_options{}, to_, n);
    j_->note("spawned");
    gate_->pass();
  }
  task<void> on(mix) {
    for (int n = 0; n < 3; ++n) to_.tell(number{n});
    j_->note(co_await offer<number>(to_, 3) ? "queued" : "not queued");
    for (int n = 4; n < 7; ++n) to_.tell(number{n});
  }

 private:
  ref<listener> to_;
  journal_ptr j_;
  gate_ptr gate_;
};

struct stage {
  journal_ptr heard = std::make_shared<journal>(), said = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  ref<listener> to = spawn<listener>(sys, "listener", heard);
  ref<talker> from = spawn<talker>(sys, "talker", to, said, g);
};

lines numbers(int end) {
  lines out;
  for (int n = 0; n < end; ++n) out.push_back(std::to_string(n));
  return out;
}

}  // namespace

TEST_CASE("M3, OB1: a turn's messages to one receiver all arrive, in order, whatever their number") {
  stage s;
  for (const int count : {1, 2, 31, 32, 33, 34, 65, 1000}) {
    const auto before = s.heard->all().size();
    s.from.tell(tell_all{count});
    REQUIRE(s.heard->wait_for(std::to_string(count - 1)));
    CHECK(s.said->wait_for("told"));
    const auto all = s.heard->all();
    CHECK(lines(all.begin() + static_cast<std::ptrdiff_t>(before), all.end()) == numbers(count));
    stop(s.to);
    s.heard = std::make_shared<journal>();
    s.to = spawn<listener>(s.sys, "listener" + std::to_string(count), s.heard);
    s.from = spawn<talker>(s.sys, "talker" + std::to_string(count), s.to, s.said, s.g);
  }
}

TEST_CASE("P8, OB3: what a handler has sent before it blocks arrives while it blocks") {
  stage s;
  s.from.tell(tell_and_hold{});
  CHECK(s.heard->wait_for("2"));
  CHECK(s.said->count("passed") == 0);
  s.g->open();
  CHECK(s.heard->wait_for("3"));
  CHECK(s.heard->all() == numbers(4));
}

TEST_CASE("OB4: a thread that has heard of what a handler did does not overtake what it has sent") {
  stage s;
  s.from.tell(tell_and_hold{});
  REQUIRE(s.said->wait_for("holds"));
  s.to.tell(number{9});
  CHECK(s.heard->wait_for("9"));
  CHECK(s.heard->all() == lines{"0", "1", "2", "9"});
  s.g->open();
}

TEST_CASE("OB1: an actor that is spawned behind messages does not overtake them") {
  stage s;
  s.from.tell(tell_and_spawn{20});
  for (int n = 0; n < 23; ++n) CHECK(s.heard->wait_for(std::to_string(n)));
  auto all = s.heard->all();
  all.resize(3);
  CHECK(all == numbers(3));
  s.g->open();
}

TEST_CASE("OB2: a listener of dead letters may send, while a chain becomes dead letters") {
  stage s;
  const auto heard = std::make_shared<journal>();
  const auto morgue = spawn<listener>(s.sys, "morgue", heard);
  std::atomic<int> n{0};
  stop(s.to);
  REQUIRE(s.to.ask(how_full{}, patience).get().error().code == errc::stopped);
  s.sys.events().subscribe([&](const troupe::event& e) {
    if (e.kind != event_kind::dead_letter) return;
    for (int twice = 0; twice < 2; ++twice) morgue.tell(number{n++});
  });
  s.from.tell(tell_all{100});
  CHECK(heard->wait_for("199"));
  CHECK(heard->all() == numbers(200));
}

TEST_CASE("M3: an offer does not overtake what the same turn has told before") {
  stage s;
  s.from.tell(mix{});
  CHECK(s.heard->wait_for("6"));
  CHECK(s.heard->all() == numbers(7));
  CHECK(s.said->wait_for("queued"));
}

TEST_CASE("M4, OB2: a chain for an actor that has stopped becomes dead letters, each message one") {
  stage s;
  stop(s.to);
  REQUIRE(s.to.ask(how_full{}, patience).get().error().code == errc::stopped);
  const auto events = listen(s.sys);
  s.from.tell(tell_all{100});
  CHECK(events->wait_for("dead_letter /user/listener", 100));
  CHECK(s.said->wait_for("told"));
  CHECK(events->count("dead_letter /user/listener") == 100);
}

TEST_CASE("M8: the message that runs does not count as waiting, although it may still be in the mailbox") {
  stage s;
  CHECK(s.to.ask(how_full{}, patience).get().value() == 0);
}

}  // namespace actor_stream_test
