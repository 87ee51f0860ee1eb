// Prioritized mailboxes (M8): what overtakes what, and who chooses.
#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <troupe/config/library_keys.hpp>
#include <troupe/config/parse.hpp>
#include <troupe/pattern/pool.hpp>
#include <troupe/ref/caf.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_priority_test {

using namespace troupe;
using namespace life;

namespace {

struct hold_up {};
struct say {
  int n;
};
struct urgent {
  int n;
};
struct whenever {
  int n;
};
struct question {
  using reply = int;
};
struct watch_it {
  any_ref who;
  using reply = bool;
};
struct open_up {};
struct crash {};

/// Holds its thread at a gate when it is told to, and notes what it hears.
class listener : public actor<hold_up, say, urgent, whenever, question, watch_it, open_up, crash> {
 public:
  using high_priority = messages<urgent, question, open_up>;
  using low_priority = messages<whenever>;
  static constexpr std::size_t stash_max = 10;

  listener(journal_ptr to, gate_ptr g, bool stashes = false)
      : to_(std::move(to)), gate_(std::move(g)), stashes_(stashes) {}
  void on(const hold_up&) {
    to_->note("holds");
    gate_->pass();
  }
  void on(const say& m) {
    if (stashes_) {
      to_->note("stash " + std::to_string(m.n));
      stash();
      return;
    }
    to_->note("say " + std::to_string(m.n));
  }
  void on(const urgent& m) { to_->note("urgent " + std::to_string(m.n)); }
  void on(const whenever& m) { to_->note("whenever " + std::to_string(m.n)); }
  int on(const question&) {
    to_->note("question");
    return 42;
  }
  bool on(const watch_it& m) {
    watch(m.who);
    return true;
  }
  void on(const open_up&) {
    to_->note("opens");
    stashes_ = false;
    unstash_all();
  }
  void on(const crash&) {
    to_->note("crashes");
    gate_->pass();
    throw std::runtime_error{"crash"};
  }
  void on_terminated(const terminated&) override { to_->note("gone"); }

 private:
  journal_ptr to_;
  gate_ptr gate_;
  bool stashes_;
};

/// Names no priorities.
class plain : public actor<hold_up, say, urgent> {
 public:
  plain(journal_ptr to, gate_ptr g) : to_(std::move(to)), gate_(std::move(g)) {}
  void on(const hold_up&) {
    to_->note("holds");
    gate_->pass();
  }
  void on(const say& m) { to_->note("say " + std::to_string(m.n)); }
  void on(const urgent& m) { to_->note("urgent " + std::to_string(m.n)); }

 private:
  journal_ptr to_;
  gate_ptr gate_;
};

/// Holds at one gate, then at another.
class twice : public actor<hold_up, say, urgent> {
 public:
  using high_priority = messages<urgent>;
  twice(journal_ptr j, gate_ptr first, gate_ptr second)
      : j_(std::move(j)), gates_{std::move(first), std::move(second)} {}
  void on(const hold_up&) {
    j_->note("holds");
    gates_[static_cast<std::size_t>(held_++)]->pass();
  }
  void on(const say& m) { j_->note("say " + std::to_string(m.n)); }
  void on(const urgent& m) { j_->note("urgent " + std::to_string(m.n)); }

 private:
  journal_ptr j_;
  gate_ptr gates_[2];
  int held_ = 0;
};

/// Stops when it hears something urgent.
class stopper : public actor<hold_up, say, urgent> {
 public:
  using high_priority = messages<urgent>;
  stopper(journal_ptr j, gate_ptr g) : j_(std::move(j)), gate_(std::move(g)) {}
  void on(const hold_up&) {
    j_->note("holds");
    gate_->pass();
  }
  void on(const say&) {}
  void on(const urgent&) { stop_self(); }

 private:
  journal_ptr j_;
  gate_ptr gate_;
};

/// Counts, and looks at the order of each level of each sender.
class count_up : public actor<say, urgent, whenever, question> {
 public:
  using high_priority = messages<urgent>;
  using low_priority = messages<whenever, question>;
  void on(const say& m) { took(0, m.n); }
  void on(const urgent& m) { took(1, m.n); }
  void on(const whenever& m) { took(2, m.n); }
  int on(const question&) { return wrong_ ? -1 : total_; }

 private:
  void took(std::size_t level, int n) {
    const auto sender = static_cast<std::size_t>(n / 100'000);
    if (n % 100'000 != next_[level][sender]++) wrong_ = true;
    ++total_;
  }
  int next_[3][4] = {};
  int total_ = 0;
  bool wrong_ = false;
};

/// A system whose dead letters are noted as `MESSAGE REASON`.
struct world {
  explicit world(system_options o = quiet()) : sys(std::move(o)) {
    sys.events().subscribe([d = dead](const event& e) {
      if (e.kind == event_kind::dead_letter)
        d->note(e.message.substr(e.message.rfind(':') + 1) + " " + e.reason);
    });
  }
  /// An actor that holds: what it is sent now is there when it goes on.
  template <class A = listener>
  ref<A> held(spawn_options how = {}) {
    how.dispatcher = "blocking";
    auto a = spawn<A>(sys, std::move(how), j, g);
    hold(a);
    return a;
  }
  template <class A>
  void hold(const ref<A>& a) {
    a.tell(hold_up{});
    REQUIRE(j->wait_for("holds", ++holds));
  }
  /// What was heard after the last time somebody held, up to `last`.
  lines heard(const std::string& last) {
    REQUIRE(j->wait_for(last));
    lines all = j->all();
    const auto from = std::find(all.rbegin(), all.rend(), "holds").base();
    return {from, all.end()};
  }

  journal_ptr j = std::make_shared<journal>();
  journal_ptr dead = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  int holds = 0;
  troupe::system sys;
};

std::uint64_t depth(const any_ref& r) { return cell_of(r)->mailbox_depth(); }

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const failed& e) {
    return e.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("M8, M3: by the class's priorities what is urgent goes first, and each level keeps its order") {
  world w;
  const auto a = w.held();
  a.tell(whenever{1});
  a.tell(say{2});
  a.tell(urgent{3});
  a.tell(say{4});
  a.tell(whenever{5});
  a.tell(urgent{6});
  auto asked = a.ask(question{}, patience);
  CHECK(depth(a) == 7);
  CHECK(to_text(inspect(w.sys.env(), a.path())).find("mailbox=7") != std::string::npos);
  w.g->open();
  CHECK(asked.get().value() == 42);
  CHECK(w.heard("whenever 5") ==
        lines{"urgent 3", "urgent 6", "question", "say 2", "say 4", "whenever 1", "whenever 5"});
  CHECK(depth(a) == 0);
}

TEST_CASE("M8: a message overtakes those that the actor has taken out already, in the middle of a turn") {
  world v;
  const auto second = std::make_shared<gate>();
  const auto b = spawn<twice>(v.sys, spawn_options{.dispatcher = "blocking"}, v.j, v.g, second);
  v.hold(b);
  b.tell(hold_up{});
  b.tell(say{2});
  b.tell(say{3});
  v.g->open();
  REQUIRE(v.j->wait_for("holds", 2));
  b.tell(urgent{4});
  CHECK(depth(b) == 3);
  second->open();
  CHECK(v.heard("say 3") == lines{"urgent 4", "say 2", "say 3"});
}

TEST_CASE("M8, PR2: what can wait is run all the same while urgent messages keep coming") {
  world w;
  const auto a = w.held();
  a.tell(whenever{0});
  for (int i = 0; i < 40; ++i) a.tell(urgent{i});
  w.g->open();
  const lines heard = w.heard("urgent 39");
  CHECK(std::find(heard.begin(), heard.end(), "whenever 0") - heard.begin() == 16);
}

TEST_CASE("M8: a spawn names priorities for its actor alone, turns those of the class off, or bounds it") {
  world w;
  const auto a = w.held<plain>({.name = "a", .mailbox = prioritized<messages<>, messages<say>>()});
  a.tell(say{1});
  a.tell(urgent{2});
  const auto b = w.held<listener>({.name = "b", .mailbox = unbounded()});
  b.tell(say{3});
  b.tell(urgent{4});
  const auto c = w.held<listener>({.name = "c", .mailbox = bounded(1)});
  c.tell(say{5});
  c.tell(urgent{6});
  w.g->open();
  CHECK(w.j->wait_for("say 1"));
  CHECK(w.j->wait_for("urgent 4"));
  CHECK(w.j->wait_for("say 5"));
  const lines all = w.j->all();
  const auto at = [&all](const char* line) { return std::find(all.begin(), all.end(), line); };
  CHECK(at("urgent 2") < at("say 1"));
  CHECK(at("say 3") < at("urgent 4"));
  CHECK(w.dead->all() == lines{"urgent mailbox_full"});
}

TEST_CASE(
    "M8: a configuration makes mailboxes prioritized, or not, by path; what the spawn says goes before it") {
  config_sources sources;
  sources.file = config_file{"test.toml",
                             "[actor.\"/user/p\"]\nmailbox = \"priority\"\n"
                             "[actor.\"/user/u\"]\nmailbox = \"unbounded\"\n"
                             "[actor.\"/user/s\"]\nmailbox = \"unbounded\"\n"};
  auto o = system_options::from(parse_config(sources, library_keys()).value());
  o.workers = 2;
  o.log = log_level::error;
  world w{o};
  int n = 0;
  const auto urgent_is_first = [&](spawn_options how) {
    const auto a = w.held(std::move(how));
    a.tell(say{++n});
    a.tell(urgent{++n});
    const int first = n - 1;
    w.g->open();
    REQUIRE(w.j->wait_for("say " + std::to_string(first)));
    REQUIRE(w.j->wait_for("urgent " + std::to_string(first + 1)));
    const lines all = w.j->all();
    w.g = std::make_shared<gate>();
    return std::find(all.begin(), all.end(), "urgent " + std::to_string(first + 1)) <
           std::find(all.begin(), all.end(), "say " + std::to_string(first));
  };
  CHECK(urgent_is_first({.name = "p"}));
  CHECK_FALSE(urgent_is_first({.name = "u"}));
  CHECK(urgent_is_first({.name = "s", .mailbox = prioritized()}));
  CHECK(urgent_is_first({.name = "other"}));  // the class says so
  sources.file = config_file{"test.toml", "[actor.\"/user/p\"]\nmailbox = \"priority\"\nmailbox_max = 5\n"};
  const auto wrong = parse_config(sources, library_keys());
  REQUIRE(wrong.has_error());
  CHECK(wrong.error().lines.at(0).find("to be reject, drop_oldest or push_back beside it, it is priority") !=
        std::string::npos);
}

TEST_CASE("M8: priorities that can't be are refused with the actor, the reason and the way out") {
  system_options o = quiet();
  o.actors.push_back({"/user/p", "", prioritized()});
  world w{o};
  const std::string none = error_of([&] { spawn<plain>(w.sys, "p", w.j, w.g); });
  CHECK(none.find("/user/p") != std::string::npos);
  CHECK(none.find("plain does not say which messages go first") != std::string::npos);
  CHECK(none.find("high_priority") != std::string::npos);
  const std::string unknown = error_of([&] {
    spawn<plain>(w.sys, spawn_options{.name = "q", .mailbox = prioritized<messages<whenever>>()}, w.j, w.g);
  });
  CHECK(unknown.find("/user/q") != std::string::npos);
  CHECK(unknown.find("whenever, which is no message of") != std::string::npos);
  const std::string nothing =
      error_of([&] { spawn<plain>(w.sys, spawn_options{.name = "r", .mailbox = bounded(0)}, w.j, w.g); });
  CHECK(nothing.find("holds 1 to") != std::string::npos);
}

TEST_CASE("M9: terminated comes behind what its subject sent, however low that was") {
  world w;
  const auto subject = spawn<plain>(w.sys, "subject", w.j, w.g);
  const auto a = spawn<listener>(w.sys, spawn_options{.dispatcher = "blocking"}, w.j, w.g);
  CHECK(a.ask(watch_it{subject}, patience).get().value());
  w.hold(a);
  a.tell(whenever{1});
  a.tell(urgent{2});
  CHECK(stop_and_wait(subject));
  a.tell(urgent{3});
  w.g->open();
  CHECK(w.heard("gone") == lines{"urgent 2", "urgent 3", "whenever 1", "gone"});
}

TEST_CASE("M4, L3: what a prioritized mailbox holds when its actor stops is dead letters, on every level") {
  world w;
  const auto a = w.held();
  a.tell(whenever{1});
  a.tell(urgent{2});
  a.tell(say{3});
  auto asked = a.ask(question{}, patience);
  auto end = std::make_shared<journal>();
  note_end(cell_of(a), end);
  stop(a);
  w.g->open();
  CHECK(end->wait_for("gone " + a.path() + " shutdown"));
  CHECK(asked.get().error().code == errc::stopped);
  for (const char* line : {"whenever stopped", "urgent stopped", "say stopped", "question stopped"})
    CHECK(w.dead->wait_for(line));
  CHECK(w.dead->all().size() == 4);
}

TEST_CASE(
    "M4, L3: what the actor had taken out of a prioritized mailbox when it stops is dead letters, too") {
  world w;
  const auto a = w.held<stopper>();
  for (int i = 0; i < 3; ++i) a.tell(say{i});
  a.tell(urgent{0});
  w.g->open();
  CHECK(w.dead->wait_for("say stopped", 3));
}

TEST_CASE(
    "S6, S7: a prioritized mailbox is kept over a restart; what is put back is first in its level only") {
  world w;
  auto top = supervise(w.sys, "top", one_for_one{.intensity = 3},
                       child<listener>("a", w.j, w.g).blocking().poison(poison_policy::retry(1)));
  const auto a = top.ref<listener>("a");
  a.tell(crash{});
  REQUIRE(w.j->wait_for("crashes"));
  a.tell(whenever{1});
  a.tell(say{2});
  a.tell(urgent{3});
  w.g->open();
  REQUIRE(w.j->wait_for("whenever 1"));
  CHECK(w.j->all() == lines{"crashes", "urgent 3", "crashes", "say 2", "whenever 1"});
}

TEST_CASE(
    "SH2, PM2: what is unstashed keeps its order before what waits in its level, and urgent messages "
    "overtake it") {
  world w;
  const auto a = spawn<listener>(w.sys, spawn_options{.dispatcher = "blocking"}, w.j, w.g, true);
  a.tell(say{1});
  a.tell(say{2});
  REQUIRE(w.j->wait_for("stash 2"));
  w.hold(a);
  a.tell(say{3});
  a.tell(open_up{});
  a.tell(urgent{4});
  w.g->open();
  CHECK(w.heard("say 3") == lines{"opens", "urgent 4", "say 1", "say 2", "say 3"});
}

TEST_CASE("M8, PO3: a pool of prioritized members loses nothing when it shrinks, low messages among it") {
  world w;
  const auto pool = spawn_pool<listener>(
      w.sys, {.name = "pool", .size = 1, .member = {.dispatcher = "blocking"}}, round_robin{}, w.j, w.g);
  pool.resize(2);
  REQUIRE(pool.ask(watch_it{pool}, patience).get().has_value());
  for (int i = 0; i < 20; ++i) pool.tell(whenever{i});
  pool.resize(1);
  for (int i = 0; i < 20; ++i) CHECK(w.j->wait_for("whenever " + std::to_string(i)));
  CHECK(w.dead->all().empty());
}

TEST_CASE("M8: CAF actors send to a prioritized mailbox as to any, and their exit stops it") {
  world w;
  const auto a = w.held();
  a.tell(say{1});
  auto end = std::make_shared<journal>();
  note_end(cell_of(a), end);
  caf::anon_send_exit(a.caf(), caf::exit_reason::kill);
  w.g->open();
  CHECK(end->wait_for("gone " + a.path() + " killed"));
  CHECK(w.j->count("say 1") == 1);
}

TEST_CASE("M8, M3: many senders at once; nothing is lost, and each level of each sender keeps its order") {
  world w;
  const auto a = spawn<count_up>(w.sys, "a");
  constexpr int each = 5'000;
  std::vector<std::thread> senders;
  for (int s = 0; s < 4; ++s)
    senders.emplace_back([&a, s] {
      for (int i = 0; i < each; ++i) {
        const int n = s * 100'000 + i;
        a.tell(whenever{n});
        a.tell(say{n});
        a.tell(urgent{n});
      }
    });
  for (auto& s : senders) s.join();
  CHECK(a.ask(question{}, patience).get().value() == 3 * 4 * each);
  CHECK(depth(a) == 0);
}

}  // namespace actor_priority_test
