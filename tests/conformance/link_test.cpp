// OTP's erl_link_SUITE, and what of signal_SUITE is about links, within one system (L7); and any links among some actors, against a model.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <troupe/base/prng.hpp>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

struct join {
  any_ref to;
};
struct part {
  any_ref from;
};
struct look_at {
  any_ref who;
};
struct look_away {
  any_ref from;
};
/// Ends so.
struct end_as {
  exit_kind how;
};

/// An OTP process of those suites: does as it is told, and traps exits or not.
class process : public actor<join, part, look_at, look_away, end_as, ping, hang> {
 public:
  process(std::string name, notes* to, worker_script_ptr script)
      : name_(std::move(name)), to_(to), script_(std::move(script)) {}
  void on(const join& m) { link(m.to); }
  void on(const part& m) { unlink(m.from); }
  void on(const look_at& m) { watch(m.who); }
  void on(const look_away& m) { unwatch(m.from); }
  void on(const end_as& m) {
    if (m.how == exit_kind::failed) throw std::runtime_error{"told to"};
    m.how == exit_kind::normal ? stop_self() : own_cell().stop_self({m.how, {}});
  }
  int on(const ping&) { return 1; }
  void on(const hang&) { script_->hang(); }
  void on_terminated(const terminated& news) override { note("DOWN", news.path(), news.kind()); }

 protected:
  void note(const std::string& what, const std::string& path, exit_kind how) {
    to_->note(name_ + " " + what + " " + path.substr(6) + " " + std::string{to_string(how)});
  }

 private:
  const std::string name_;
  notes* const to_;
  const worker_script_ptr script_;
};

class trapping : public process {
 public:
  using process::process;
  void on_link_ended(const link_ended& news) override { note("EXIT", news.path(), news.kind()); }
};

/// In no order: who is told, and who watches, hears of an end at his own time (ST3).
lines any_order(lines all) {
  std::sort(all.begin(), all.end());
  return all;
}

template <class A = process>
ref<process> make(stage& s, const std::string& name, spawn_options how = {}) {
  how.name = name;
  const auto made = spawn<A>(s.sys(), std::move(how), name, static_cast<notes*>(&s), s.shared_script(name));
  s.note_end(name);
  return ref<process>{made.address()};
}

}  // namespace

TEST_CASE(
    "links: either side makes a link and either ends it; an end goes to who is linked, and is trapped or "
    "shared") {
  everywhere([](stage& s) {
    const auto a = make(s, "a");
    const auto b = make<trapping>(s, "b");
    a.tell(join{b});
    s.settle();
    b.tell(part{a});
    s.settle();
    b.tell(join{a});
    b.tell(join{b});  // to itself
    s.settle();
    s.mark();
    a.tell(end_as{exit_kind::failed});
    CHECK(any_order(s.happened()) == lines{"a gone failed", "b EXIT a failed"});
    const auto c = make(s, "c");
    b.tell(join{c});
    s.settle();
    s.mark();
    b.tell(end_as{exit_kind::failed});
    CHECK(any_order(s.happened()) == lines{"b gone failed", "c gone failed"});
  });
}

TEST_CASE("exit_normal: a normal end is trapped like any other, and ends nobody") {
  everywhere([](stage& s) {
    const auto a = make(s, "a");
    const auto b = make(s, "b");
    const auto c = make<trapping>(s, "c");
    a.tell(join{b});
    a.tell(join{c});
    s.settle();
    s.mark();
    a.tell(end_as{exit_kind::normal});
    CHECK(any_order(s.happened()) == lines{"a gone normal", "c EXIT a normal"});
    CHECK(s.pinged("b") == 1);
  });
}

TEST_CASE("link_to_dead: with one that has ended a link is over at once" *
          doctest::description(
              "differs: it says how that one had ended, where OTP says `noproc`: so one that ends normally "
              "just before it is linked to ends nobody, as it would not just after")) {
  everywhere([](stage& s) {
    const auto normal = make(s, "normal");
    const auto failed = make(s, "failed");
    normal.tell(end_as{exit_kind::normal});
    failed.tell(end_as{exit_kind::failed});
    const auto a = make<trapping>(s, "a");
    const auto b = make(s, "b");
    s.settle();
    s.mark();
    a.tell(join{normal});
    a.tell(join{failed});
    CHECK(any_order(s.happened()) == lines{"a EXIT failed failed", "a EXIT normal normal"});
    s.mark();
    b.tell(join{normal});
    CHECK(s.pinged("b") == 1);
    b.tell(join{failed});
    CHECK(any_order(s.happened()) == lines{"b gone failed"});
  });
}

TEST_CASE("otp_5772_link: after an unlink no end comes any more, and one that waits already is gone") {
  everywhere([](stage& s) {
    const auto a = make<trapping>(s, "a", {.dispatcher = s.hanging_place()});
    const auto b = make(s, "b");
    const auto c = make(s, "c");
    a.tell(join{b});
    a.tell(join{c});
    s.settle();
    a.tell(hang{});
    s.settle();
    a.tell(part{b});
    s.stop_unseen("b");
    s.stop_unseen("c");
    s.settle();
    s.mark();
    s.let_go();
    CHECK(any_order(s.happened()) == lines{"a EXIT c shutdown"});
  });
}

TEST_CASE("otp_5772_monitor: the same of a watch") {
  everywhere([](stage& s) {
    const auto a = make(s, "a", {.dispatcher = s.hanging_place()});
    const auto b = make(s, "b");
    const auto c = make(s, "c");
    a.tell(look_at{b});
    a.tell(look_at{c});
    s.settle();
    a.tell(hang{});
    s.settle();
    a.tell(look_away{b});
    s.stop_unseen("b");
    s.stop_unseen("c");
    s.settle();
    s.mark();
    s.let_go();
    CHECK(any_order(s.happened()) == lines{"a DOWN c shutdown"});
  });
}

TEST_CASE("process_monitors: a watch is one-sided, is told once, and at once of one that has ended" *
          doctest::description("differs: one that is watched twice is told once; OTP has a monitor each")) {
  everywhere([](stage& s) {
    const auto a = make(s, "a");
    const auto b = make(s, "b");
    a.tell(look_at{b});
    a.tell(look_at{b});
    s.settle();
    s.mark();
    b.tell(end_as{exit_kind::failed});
    CHECK(any_order(s.happened()) == lines{"a DOWN b failed", "b gone failed"});
    s.mark();
    a.tell(look_at{b});
    CHECK(any_order(s.happened()) == lines{"a DOWN b failed"});
    CHECK(s.pinged("a") == 1);
  });
}

TEST_CASE("link_kill: a kill can't be trapped; what it does to those that are linked can, and is `killed`") {
  everywhere([](stage& s) {
    const auto a = make<trapping>(s, "a");
    const auto b = make<trapping>(s, "b");
    const auto c = make(s, "c");
    a.tell(join{b});
    a.tell(join{c});
    s.settle();
    s.mark();
    s.at("a")->kill();
    CHECK(s.count("b EXIT a killed") == 1);
    CHECK(s.count("a gone killed") == 1);
    CHECK(s.count("c gone killed") == 1);
    CHECK(s.happened().size() == 3);
  });
}

TEST_CASE("link_restart: a child that fails and is put back takes nobody along that it is linked to" *
          doctest::description(
              "differs: OTP's comes back as another process, so its links are told; here it is the "
              "same actor, which has not ended (S6, S8)")) {
  everywhere([](stage& s) {
    auto top = supervise(
        s.sys(), "top", one_for_one{},
        troupe::child<process>("a", "a", static_cast<notes*>(&s), s.shared_script("a")).transient());
    const auto b = make<trapping>(s, "b");
    const auto a = top.ref<process>("a");
    a.tell(join{b});
    s.settle();
    s.mark();
    a.tell(end_as{exit_kind::failed});
    CHECK(any_order(s.happened()) == lines{});
    CHECK(s.events(event_kind::actor_restarted, "top/a") == 1);
    a.tell(end_as{exit_kind::shutdown});  // this is one
    CHECK(any_order(s.happened()) == lines{"b EXIT top/a shutdown"});
  });
}

namespace {

/// What is linked with what, who traps, and who has ended, by the rules.
struct model {
  static constexpr std::size_t count = 8;
  std::array<std::array<bool, count>, count> linked{};
  std::array<bool, count> ended{};
  std::array<int, count> trapped{};  // ends that were looked at

  static bool traps(std::size_t i) { return i % 3 == 0; }

  void end(std::size_t i, bool normally) {
    if (std::exchange(ended[i], true)) return;
    for (std::size_t j = 0; j < count; ++j) {
      if (!std::exchange(linked[i][j], false)) continue;
      linked[j][i] = false;
      if (ended[j]) continue;  // who has ended is not told
      if (traps(j))
        ++trapped[j];
      else if (!normally)
        end(j, false);
    }
  }
};

}  // namespace

TEST_CASE(
    "random_links: any links among some actors, and any ends: who lives and who is told is what the rules "
    "say") {
  everywhere([](stage& s) {
    prng random{s.is_simulated() ? s.turns() + 17 : 17};
    for (int round = 0; round < 6; ++round) {
      model m;
      std::vector<ref<process>> all;
      for (std::size_t i = 0; i < model::count; ++i) {
        const std::string name = std::to_string(round) + "-" + std::to_string(i);
        all.push_back(model::traps(i) ? make<trapping>(s, name) : make(s, name));
      }
      for (int step = 0; step < 40; ++step) {
        const std::size_t i = random.below(model::count), j = random.below(model::count);
        if (m.ended[i] || m.ended[j]) continue;
        const auto what = random.below(10);
        if (what < 6) {
          all[i].tell(join{all[j]});
          if (i != j) m.linked[i][j] = m.linked[j][i] = true;
        } else if (what < 9) {
          all[i].tell(part{all[j]});
          m.linked[i][j] = m.linked[j][i] = false;
        } else {
          const bool normally = random.below(2) == 0;
          all[i].tell(end_as{normally ? exit_kind::normal : exit_kind::failed});
          m.end(i, normally);
        }
        s.settle();
      }
      for (std::size_t i = 0; i < model::count; ++i) {
        const std::string name = std::to_string(round) + "-" + std::to_string(i);
        CAPTURE(name);
        CHECK((s.at(name) == nullptr) == m.ended[i]);
        std::ptrdiff_t told = 0;
        for (std::size_t j = 0; j < model::count; ++j)
          for (const char* how : {"normal", "failed"})
            told += s.count(name + " EXIT " + std::to_string(round) + "-" + std::to_string(j) + " " + how);
        CHECK(told == m.trapped[i]);
      }
    }
  });
}
