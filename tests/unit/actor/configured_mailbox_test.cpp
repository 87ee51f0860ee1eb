// Mailboxes that a configuration chooses by path, in each of its spellings, and what becomes of the message that finds them full (M8).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/config/library_keys.hpp>
#include <troupe/config/parse.hpp>

#include "unit/cell/world.hpp"

namespace actor_configured_mailbox_test {

using namespace troupe;
using namespace life;

namespace {

struct hold_up {};
struct say {
  int n = 0;
};

class slow : public actor<hold_up, say> {
 public:
  slow(journal_ptr to, gate_ptr g) : to_(std::move(to)), gate_(std::move(g)) {}
  void on(const hold_up&) {
    to_->note("holds");
    gate_->pass();
  }
  void on(const say& m) { to_->note(std::to_string(m.n)); }

 private:
  journal_ptr to_;
  gate_ptr gate_;
};

struct offer_up_to {
  int n = 0;
};
/// Offers numbers from 1 on, one after the other.
class offerer : public actor<offer_up_to> {
 public:
  offerer(ref<slow> to, journal_ptr j) : to_(std::move(to)), j_(std::move(j)) {}
  task<void> on(offer_up_to m) {
    for (int n = 1; n <= m.n; ++n) {
      j_->note("offers " + std::to_string(n));
      const auto queued = co_await offer<say>(to_, n);
      j_->note(queued ? "queued " + std::to_string(n) : std::string{to_string(queued.error().code)});
    }
  }

 private:
  ref<slow> to_;
  journal_ptr j_;
};

/// A system of that configuration, with one actor at `/user/a` that is held up.
struct world {
  explicit world(const std::string& mailbox, std::optional<mailbox_choice> spawned_with = {})
      : sys(options_of(mailbox)),
        a(spawn<slow>(sys, spawn_options{.name = "a", .dispatcher = "blocking", .mailbox = spawned_with}, j,
                      g)) {
    a.tell(hold_up{});
    REQUIRE(j->wait_for("holds"));
  }
  static system_options options_of(const std::string& mailbox) {
    config_sources sources;
    sources.file =
        config_file{"test.toml", "[actor.\"/user/*\"]\nmailbox = \"" + mailbox + "\"\nmailbox_max = 2\n"};
    auto o = system_options::from(parse_config(sources, library_keys()).value());
    o.workers = 2;
    o.log = log_level::error;
    return o;
  }
  /// What it hears once it goes on.
  lines heard(const std::string& at_last) {
    g->open();
    REQUIRE(j->wait_for(at_last));
    lines out;
    for (auto& line : j->all())
      if (line.find_first_not_of("0123456789") == std::string::npos) out.push_back(line);
    return out;
  }
  std::uint64_t dead() { return sys.events().count(event_kind::dead_letter); }

  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys;
  ref<slow> a;
  struct at_end {
    gate_ptr g;
    ~at_end() { g->open(); }
  } last{g};
};

}  // namespace

TEST_CASE("M8: `drop_oldest` in a configuration keeps the newest messages and gives the others up") {
  world w{"drop_oldest"};
  for (int i = 1; i <= 5; ++i) w.a.tell(say{i});
  CHECK(w.dead() == 3);
  CHECK(w.heard("5") == lines{"4", "5"});
}

TEST_CASE("M8: `reject` in a configuration keeps the oldest messages and gives the others up") {
  world w{"reject"};
  for (int i = 1; i <= 5; ++i) w.a.tell(say{i});
  CHECK(w.dead() == 3);
  CHECK(w.heard("2") == lines{"1", "2"});
}

TEST_CASE("M8: `push_back` in a configuration has those who offer wait, and rejects a tell") {
  world w{"push_back"};
  const auto o = spawn<offerer>(w.sys, spawn_options{.name = "o", .mailbox = unbounded()}, w.a, w.j);
  o.tell(offer_up_to{4});
  REQUIRE(w.j->wait_for("offers 3"));
  CHECK(w.j->count("queued 2") == 1);
  w.a.tell(say{99});
  CHECK(w.dead() == 1);
  CHECK(w.j->count("queued 3") == 0);
  CHECK(w.heard("4") == lines{"1", "2", "3", "4"});
  CHECK(w.j->wait_for("queued 4"));
}

TEST_CASE("M8: what the spawn says goes before each of them") {
  for (const char* const mailbox : {"drop_oldest", "reject", "push_back"}) {
    CAPTURE(mailbox);
    world w{mailbox, unbounded()};
    for (int i = 1; i <= 5; ++i) w.a.tell(say{i});
    CHECK(w.dead() == 0);
    CHECK(w.heard("5") == lines{"1", "2", "3", "4", "5"});
  }
}

}  // namespace actor_configured_mailbox_test
