// Bounded mailboxes (M8): what becomes of a message that finds one full, and of one that is offered.
#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <troupe/config/library_keys.hpp>
#include <troupe/config/parse.hpp>
#include <troupe/ref/caf.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_mailbox_test {

using namespace troupe;
using namespace life;

namespace {

struct hold_up {};
struct say {
  int n;
};
struct count {
  using reply = int;
};
struct watch_it {
  any_ref who;
  using reply = bool;
};
struct crash {};

/// Holds its thread at a gate when it is told to; notes what it hears.
class slow : public actor<hold_up, say, count, watch_it, crash> {
 public:
  slow(journal_ptr to, gate_ptr g) : to_(std::move(to)), gate_(std::move(g)) {}
  void on(const hold_up&) {
    to_->note("holds");
    gate_->pass();
  }
  void on(const say& m) { to_->note(std::to_string(m.n)); }
  int on(const count&) { return ++asked_; }
  bool on(const watch_it& m) {
    watch(m.who);
    return true;
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
  int asked_ = 0;
};

struct offer_all {
  int from, to;
};

/// Offers numbers, one after the other, and notes how that went.
class offering_actor : public actor<offer_all> {
 public:
  offering_actor(ref<slow> to, journal_ptr j, std::string name)
      : to_(std::move(to)), j_(std::move(j)), name_(std::move(name)) {}
  task<void> on(offer_all m) {
    for (int n = m.from; n < m.to; ++n) {
      j_->note(name_ + " " + std::to_string(n) + " offered");
      const auto queued = co_await offer<say>(to_, n);
      j_->note(name_ + " " + std::to_string(n) +
               (queued ? " queued" : " " + std::string{to_string(queued.error().code)}));
    }
  }

 private:
  ref<slow> to_;
  journal_ptr j_;
  std::string name_;
};

/// A system whose dead letters are noted as `MESSAGE REASON`.
struct world {
  explicit world(system_options o = quiet()) : sys(std::move(o)) {
    sys.events().subscribe([d = dead](const event& e) {
      if (e.kind == event_kind::dead_letter)
        d->note(e.message.substr(e.message.rfind(':') + 1) + " " + e.reason);
    });
  }
  ref<slow> held(mailbox_choice bound, std::string dispatcher = "blocking") {
    auto a = spawn<slow>(sys, spawn_options{.dispatcher = std::move(dispatcher), .mailbox = bound}, j, g);
    a.tell(hold_up{});
    REQUIRE(j->wait_for("holds"));
    return a;
  }
  lines numbers() const {
    lines out;
    for (auto& line : j->all())
      if (line.find_first_not_of("0123456789") == std::string::npos) out.push_back(line);
    return out;
  }

  journal_ptr j = std::make_shared<journal>();
  journal_ptr dead = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys;
};

std::uint64_t depth(const any_ref& r) { return cell_of(r)->mailbox_depth(); }

}  // namespace

TEST_CASE(
    "M8: a mailbox that rejects keeps the oldest; the others are dead letters with their reason; an ask is "
    "overloaded") {
  world w;
  const auto a = w.held(bounded(3));
  for (int i = 0; i < 5; ++i) a.tell(say{i});
  CHECK(depth(a) == 3);
  CHECK(w.dead->all() == lines{"say mailbox_full", "say mailbox_full"});
  const auto asked = a.ask(count{}, patience).get();
  REQUIRE(asked.has_error());
  CHECK(asked.error().code == errc::overloaded);
  CHECK(asked.error().path == a.path());
  w.g->open();
  CHECK(w.j->wait_for("2"));
  CHECK(a.ask(count{}, patience).get().value() == 1);
  CHECK(w.numbers() == lines{"0", "1", "2"});
  CHECK(depth(a) == 0);
}

TEST_CASE("M8: a mailbox that drops the oldest keeps the newest, while its actor is in a long handler") {
  world w;
  const auto a = w.held(bounded(3, overflow::drop_oldest));
  auto first = a.ask(count{}, patience);
  for (int i = 0; i < 1'000; ++i) a.tell(say{i});
  CHECK(depth(a) == 3);
  CHECK(first.get().error().code == errc::overloaded);
  CHECK(w.dead->count("say mailbox_full") == 997);
  w.g->open();
  CHECK(w.j->wait_for("999"));
  CHECK(w.numbers() == lines{"997", "998", "999"});
}

TEST_CASE("M9, L4: terminated passes a full mailbox") {
  world w;
  const auto other = spawn<slow>(w.sys, "other", w.j, w.g);
  const auto a = spawn<slow>(w.sys, spawn_options{.dispatcher = "blocking", .mailbox = bounded(2)}, w.j, w.g);
  CHECK(a.ask(watch_it{other}, patience).get().value());
  a.tell(hold_up{});
  REQUIRE(w.j->wait_for("holds"));
  for (int i = 0; i < 3; ++i) a.tell(say{i});
  CHECK(stop_and_wait(other));
  w.g->open();
  CHECK(w.j->wait_for("gone"));
  CHECK(w.numbers() == lines{"0", "1"});
}

TEST_CASE("M9: CAF's exit passes a full mailbox") {
  world w;
  const auto a = w.held(bounded(1));
  a.tell(say{1});
  auto end = std::make_shared<journal>();
  note_end(cell_of(a), end);
  caf::anon_send_exit(a.caf(), caf::exit_reason::kill);
  w.g->open();
  CHECK(end->wait_for("gone " + a.path() + " killed"));
  CHECK(w.dead->all().empty());  // what was there before it has been run
}

TEST_CASE(
    "M9, BM3: what is not counted comes behind what a bounded mailbox holds, also to an actor that was "
    "idle") {
  system_options o = quiet();
  o.workers = 1;
  world w{o};
  const auto a = spawn<slow>(w.sys, spawn_options{.name = "a", .mailbox = bounded(5)}, w.j, w.g);
  auto end = std::make_shared<journal>();
  note_end(cell_of(a), end);  // a signal: it must be through before, since signals come first
  CHECK(a.ask(count{}, patience).get().value() == 1);
  const auto busy = spawn<slow>(w.sys, spawn_options{.name = "busy"}, w.j, w.g);
  busy.tell(hold_up{});  // holds the only worker, so `a` sleeps until all has come
  REQUIRE(w.j->wait_for("holds"));
  a.tell(say{1});
  a.tell(say{2});
  caf::anon_send_exit(a.caf(), caf::exit_reason::kill);
  w.g->open();
  CHECK(end->wait_for("gone " + a.path() + " killed"));
  CHECK(w.numbers() == lines{"1", "2"});
  CHECK(w.dead->all().empty());
}

TEST_CASE(
    "S6, S7: a bounded mailbox is kept over a restart, with what is put back in front, beyond the bound") {
  world w;
  auto top =
      supervise(w.sys, "top", one_for_one{.intensity = 3},
                child<slow>("a", w.j, w.g).blocking().mailbox(bounded(2)).poison(poison_policy::retry(1)));
  const auto a = top.ref<slow>("a");
  a.tell(crash{});
  REQUIRE(w.j->wait_for("crashes"));
  a.tell(say{1});
  a.tell(say{2});
  a.tell(say{3});
  w.g->open();
  CHECK(w.j->wait_for("2"));
  CHECK(w.j->count("crashes") == 2);
  CHECK(w.numbers() == lines{"1", "2"});
  CHECK(w.dead->count("say mailbox_full") == 1);
}

TEST_CASE(
    "M4, L3: what a bounded mailbox holds when its actor stops is dead letters, as is what comes later") {
  world w;
  const auto a = w.held(bounded(2));
  a.tell(say{1});
  a.tell(say{2});
  auto end = std::make_shared<journal>();
  note_end(cell_of(a), end);
  stop(a);
  w.g->open();
  CHECK(end->wait_for("gone " + a.path() + " shutdown"));
  CHECK(w.dead->wait_for("say stopped", 2));
  CHECK(a.ask(count{}, patience).get().error().code == errc::stopped);
}

TEST_CASE(
    "M8: an offer completes when the message is queued, in the order of the offers; a tell to a full mailbox "
    "is rejected") {
  world w;
  const auto a = w.held(bounded(2, overflow::push_back));
  const auto x = spawn<offering_actor>(w.sys, "x", a, w.j, std::string{"x"});
  x.tell(offer_all{0, 3});
  REQUIRE(w.j->wait_for("x 1 queued"));
  // The third waits. So does whoever comes later, and a tell is rejected.
  const auto y = spawn<offering_actor>(w.sys, "y", a, w.j, std::string{"y"});
  REQUIRE(w.j->wait_for("x 2 offered"));
  y.tell(offer_all{10, 12});
  a.tell(say{99});
  CHECK(w.dead->all() == lines{"say mailbox_full"});
  CHECK(w.j->count("x 2 queued") == 0);
  w.g->open();
  CHECK(w.j->wait_for("y 11 queued"));
  CHECK(w.j->wait_for("11"));
  CHECK(w.j->wait_for("2"));
  const auto heard = w.numbers();
  CHECK(heard.size() == 5);
  CHECK(std::count(heard.begin(), heard.end(), "99") == 0);
  CHECK(std::is_sorted(heard.begin(), heard.end(), [](const auto& l, const auto& r) {
    const int i = std::stoi(l), k = std::stoi(r);
    return i / 10 == k / 10 && i < k;  // each sender's own order
  }));
}

TEST_CASE(
    "M8: many offers to a small mailbox all arrive, in each sender's order, and none is a dead letter") {
  for (const char* at : {"default", "pinned"}) {
    world w;
    w.g->open();
    const auto a = spawn<slow>(
        w.sys, spawn_options{.dispatcher = at, .mailbox = bounded(3, overflow::push_back)}, w.j, w.g);
    constexpr int senders = 4, each = 300;
    for (int s = 0; s < senders; ++s)
      spawn<offering_actor>(w.sys, "s" + std::to_string(s), a, std::make_shared<journal>(), std::string{"s"})
          .tell(offer_all{s * each, (s + 1) * each});
    for (int s = 0; s < senders; ++s) CHECK(w.j->wait_for(std::to_string((s + 1) * each - 1)));
    const auto heard = w.numbers();
    CHECK(heard.size() == senders * each);
    std::vector<int> next(senders, 0);
    for (const auto& line : heard) {
      const int n = std::stoi(line);
      CHECK(n % each == next[static_cast<std::size_t>(n / each)]++);
    }
    CHECK(w.dead->all().empty());
  }
}

TEST_CASE("M8, L6: an offer whose sender stops while it waits is taken back") {
  world w;
  const auto a = w.held(bounded(1, overflow::push_back));
  a.tell(say{1});
  const auto x = spawn<offering_actor>(w.sys, "x", a, w.j, std::string{"x"});
  x.tell(offer_all{2, 3});
  REQUIRE(w.j->wait_for("x 2 offered"));  // the stop comes once the handler waits
  const auto y = spawn<offering_actor>(w.sys, "y", a, w.j, std::string{"y"});
  y.tell(offer_all{3, 4});
  CHECK(stop_and_wait(x));
  w.g->open();
  CHECK(w.j->wait_for("y 3 queued"));
  CHECK(w.j->wait_for("3"));
  CHECK(w.j->count("x 2 queued") == 0);
  CHECK(w.j->count("2") == 0);
}

TEST_CASE("M8: offers that wait for an actor that stops complete with stopped, those that come later too") {
  world w;
  const auto a = w.held(bounded(1, overflow::push_back));
  a.tell(say{1});
  const auto x = spawn<offering_actor>(w.sys, "x", a, w.j, std::string{"x"});
  x.tell(offer_all{2, 4});
  REQUIRE(w.j->wait_for("x 2 offered"));
  stop(a);
  w.g->open();
  CHECK(w.j->wait_for("x 2 stopped"));
  CHECK(w.j->wait_for("x 3 stopped"));
}

TEST_CASE("M8: an offer to a mailbox that does not push back is answered at once") {
  world w;
  const auto a = w.held(bounded(1));
  const auto x = spawn<offering_actor>(w.sys, "x", a, w.j, std::string{"x"});
  x.tell(offer_all{0, 2});
  CHECK(w.j->wait_for("x 0 queued"));
  CHECK(w.j->wait_for("x 1 overloaded"));
  const auto b = w.held(unbounded());
  const auto y = spawn<offering_actor>(w.sys, "y", b, w.j, std::string{"y"});
  y.tell(offer_all{0, 100});
  CHECK(w.j->wait_for("y 99 queued"));
  const auto nobody =
      spawn<offering_actor>(w.sys, "z", ref_to<slow>(w.sys.env(), "/user/nobody"), w.j, std::string{"z"});
  nobody.tell(offer_all{0, 1});
  CHECK(w.j->wait_for("z 0 stopped"));
  w.g->open();
}

TEST_CASE(
    "M8: a configuration bounds the mailboxes of actors by their path; what the spawn says goes before it") {
  config_sources sources;
  sources.file = config_file{"test.toml",
                             "[actor.\"/user/*\"]\nmailbox = \"reject\"\nmailbox_max = 2\n"
                             "[actor.\"/user/b\"]\nmailbox = \"unbounded\"\n"};
  auto o = system_options::from(parse_config(sources, library_keys()).value());
  o.workers = 2;
  o.log = log_level::error;
  world w{o};
  int held = 0;
  const auto depth_of_five = [&](spawn_options how) {
    how.dispatcher = "blocking";
    const auto a = spawn<slow>(w.sys, std::move(how), w.j, w.g);
    a.tell(hold_up{});
    REQUIRE(w.j->wait_for("holds", ++held));
    for (int i = 0; i < 5; ++i) a.tell(say{i});
    return depth(a);
  };
  CHECK(depth_of_five({.name = "a"}) == 2);
  CHECK(depth_of_five({.name = "b"}) == 5);
  CHECK(depth_of_five({.name = "c", .mailbox = bounded(4)}) == 4);
  CHECK(depth_of_five({.name = "d", .mailbox = unbounded()}) == 5);
  CHECK(depth_of_five({}) == 5);
  w.g->open();
}

TEST_CASE("a bound that can't be fails the spawn and the spec") {
  world w;
  CHECK_THROWS_WITH_AS(
      spawn<slow>(w.sys, spawn_options{.mailbox = bounded(2'000'000)}, w.j, w.g),
      "invalid: the mailbox of /user/actor_mailbox_test::{anonymous}::slow: a bounded mailbox holds 1 to "
      "1048576 messages, not 2000000",
      failed);
  CHECK_THROWS_AS(
      supervise(w.sys, "top", one_for_one{}, child<slow>("a", w.j, w.g).mailbox(bounded(2'000'000))), failed);
}

}  // namespace actor_mailbox_test
