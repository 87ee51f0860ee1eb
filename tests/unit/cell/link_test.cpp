// Links between actors (L7, LK1-LK5): what the end of one side does to the other.
#include <doctest/doctest.h>

#include "unit/cell/linked.hpp"

namespace cell_link_test {

using namespace linked;

TEST_CASE("L7: an end that is not normal is the end of both, as the same, whichever of them had asked") {
  for (const bool asker_ends : {true, false}) {
    for (const exit_kind how : {exit_kind::failed, exit_kind::shutdown, exit_kind::killed}) {
      CAPTURE(asker_ends);
      CAPTURE(to_string(how));
      stage s;
      const auto a = s.make("a");
      const auto b = s.make("b");
      s.link(a, b);
      const auto& first = asker_ends ? a : b;
      const auto& other = asker_ends ? b : a;
      if (how == exit_kind::failed)
        first.tell(crash{});
      else if (how == exit_kind::killed)
        CHECK(cell_of(first)->kill());
      else
        cell_of(first)->request_stop(how);
      const std::string kind{to_string(how)};
      CHECK(s.ended() == lines{"gone " + first.path() + " " + kind, "gone " + other.path() + " " + kind});
      const exit_reason why = cell_of(other)->stop_reason();
      CHECK(why.why.text.starts_with("linked to " + first.path() + ", which "));
      CHECK(why.why.type == link_cause);
      CHECK(s.sys.events().count(event_kind::dead_letter) ==
            (how == exit_kind::failed ? 1 : 0));  // the crash
    }
  }
}

TEST_CASE("L7: a normal end changes nothing, and is the end of the link") {
  stage s;
  const auto a = s.make("a");
  const auto b = s.make("b");
  s.link(a, b);
  b.tell(quit{});
  CHECK(s.ended() == lines{"gone /user/b normal"});
  CHECK(s.sys.expect_reply(a.ask(ping{}, patience)) == 1);
  a.tell(crash{});  // and nobody is told any more
  CHECK(s.ended() == lines{"gone /user/b normal", "gone /user/a failed"});
  CHECK(s.sys.events().count(event_kind::dead_letter) == 1);  // the crash
}

TEST_CASE("L7: a class with an on_link_ended of its own outlives the others, and is told each end once") {
  stage s;
  const auto a = s.make<trapping>("a");
  for (const auto& [name, how] : {std::pair{"b", exit_kind::normal},
                                  {"c", exit_kind::shutdown},
                                  {"d", exit_kind::failed},
                                  {"e", exit_kind::killed}}) {
    const auto other = s.make(name);
    s.link(a, other);
    s.link(other, a);
    if (how == exit_kind::normal) other.tell(quit{});
    if (how == exit_kind::failed) other.tell(crash{});
    if (how == exit_kind::shutdown) cell_of(other)->request_stop(how);
    if (how == exit_kind::killed) cell_of(other)->kill();
    s.sys.settle();
    CHECK(s.j->count(std::string{"a traps /user/"} + name + " " + to_string(cell_of(other)->stop_reason())) ==
          1);
  }
  CHECK(s.lives(a));
}

TEST_CASE("L7: a class may trap some ends and leave the others to their course") {
  struct choosy : friendly {
    using friendly::friendly;
    void on_link_ended(const link_ended& news) override {
      if (news.kind() == exit_kind::shutdown) return note("lives on");
      friendly::on_link_ended(news);
    }
  };
  stage s;
  const auto a = s.make<choosy>("a");
  const auto b = s.make("b");
  const auto c = s.make("c");
  s.link(a, b);
  s.link(a, c);
  cell_of(b)->request_stop(exit_kind::shutdown);
  s.sys.settle();
  CHECK(s.j->count("a lives on") == 1);
  c.tell(crash{});
  CHECK(s.ended() == lines{"gone /user/b shutdown", "gone /user/c failed", "gone /user/a failed"});
}

TEST_CASE("L7: with one that has ended a link is over at once, as it would have been just before") {
  for (const bool traps : {false, true}) {
    CAPTURE(traps);
    stage s;
    const auto a = traps ? ref<friendly>{s.make<trapping>("a").address()} : s.make("a");
    const auto normal = s.make("normal");
    const auto broken = s.make("broken");
    normal.tell(quit{});
    broken.tell(crash{});
    s.sys.settle();
    s.link(a, normal);
    CHECK(s.lives(a));
    CHECK(s.j->count("a traps /user/normal normal") == (traps ? 1 : 0));
    s.link(a, broken);
    CHECK(s.lives(a) == traps);
  }
}

TEST_CASE("LK3: one that is asked for while the other is on its way out is over at once too") {
  stage s{3};
  const gate_ptr g = std::make_shared<gate>();
  const auto a = s.make<trapping>("a");
  const auto b = s.make("b", g);
  b.tell(hang{});
  REQUIRE(s.j->wait_for("b hangs"));
  cell_of(b)->request_stop(exit_kind::shutdown);
  a.tell(join{b});
  CHECK(s.sys.expect_reply(a.ask(ping{}, patience)) == 1);  // it has been sent, behind the stop
  g->open();
  s.sys.settle();
  CHECK(s.j->count("a traps /user/b shutdown") == 1);
}

TEST_CASE("L7: linked actors that are stopped together leave no dead letters") {
  stage s;
  for (int round = 0; round < 100; ++round) {
    const auto a = s.make("a" + std::to_string(round));
    const auto b = s.make("b" + std::to_string(round));
    s.link(a, b);
    cell_of(a)->request_stop(exit_kind::shutdown);
    cell_of(b)->request_stop(exit_kind::shutdown);
  }
  CHECK(s.ended().size() == 200);
  CHECK(s.sys.events().count(event_kind::dead_letter) == 0);
}

TEST_CASE("L7: a link to nobody fails in its handler, with the path") {
  stage s;
  const auto a = s.make("a");
  a.tell(join{find<ping>(s.sys, "/user/nobody")});
  CHECK(s.ended() == lines{"gone /user/a failed"});
  CHECK(cell_of(a)->stop_reason().why.text ==
        "there is no actor at '/user/nobody' that it could be linked to");
  const auto b = s.make("b");
  b.tell(join{});
  s.sys.settle();
  CHECK(cell_of(b)->stop_reason().why.text == "an empty ref leads to nobody that it could be linked to");
}

TEST_CASE("LK1: to itself is nothing, twice is once, and either side may end one that both have asked for") {
  stage s;
  const auto a = s.make<trapping>("a");
  s.link(a, a);  // a has started before there is a b, whose start another worker may be quicker with
  const auto b = s.make("b");
  s.link(a, b);
  s.link(a, b);
  s.link(b, a);
  b.tell(part{a});
  s.sys.settle();
  b.tell(crash{});
  CHECK(s.ended() == lines{"gone /user/b failed"});
  CHECK(s.j->all() == lines{"a start", "b start", "b stop"});
}

TEST_CASE("LK2, L4: after an unlink nothing comes of the link, also when the end is waiting already") {
  stage s{3};
  const gate_ptr g = std::make_shared<gate>();
  const auto a = s.make<trapping>("a", g);
  const auto b = s.make("b");
  s.link(a, b);
  a.tell(hang{});
  REQUIRE(s.j->wait_for("a hangs"));
  a.tell(part{b});
  cell_of(b)->request_stop(exit_kind::shutdown);
  REQUIRE(s.ends->wait_for("gone /user/b shutdown"));  // its links were told before its watchers are
  g->open();
  s.sys.settle();
  CHECK(s.j->count("a traps /user/b shutdown") == 0);
}

TEST_CASE("M9: on a link too the end comes behind all that was sent before it, in a mailbox of any kind") {
  for (const auto& box : {unbounded(), bounded(10), prioritized<messages<quit>>()}) {
    stage s;
    const auto j = s.j;
    const auto a = troupe::spawn<trapping>(s.sys, spawn_options{.name = "a", .mailbox = box}, "a", j);
    const auto b = s.make("b");
    s.link(a, b);
    const auto before = j->all().size();
    b.tell(last_words{a, true});
    s.sys.settle();
    auto all = j->all();
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
    std::erase(all, "b stop");
    REQUIRE(all.size() == 11);
    for (int i = 0; i < 10; ++i) CHECK(all[static_cast<std::size_t>(i)] == "a " + std::to_string(i));
    CHECK(all.back().starts_with("a traps /user/b failed"));
  }
}

TEST_CASE("L7: of a chain each end names the first, and its text does not grow") {
  constexpr int length = 300;
  stage s;
  std::vector<ref<friendly>> all;
  for (int i = 0; i < length; ++i) all.push_back(s.make("n" + std::to_string(i)));
  for (int i = 0; i < length; ++i)
    all[static_cast<std::size_t>(i)].tell(join{all[static_cast<std::size_t>((i + 1) % length)]});
  s.sys.settle();
  all.front().tell(crash{});
  CHECK(s.ended().size() == length);  // each once
  for (const auto& one : all) {
    if (one == all.front()) continue;
    CHECK(cell_of(one)->stop_reason().why.text ==
          "linked to /user/n0, which failed: std::runtime_error: crash");
  }
}

TEST_CASE(
    "KI1: an actor that is ended by force while it hangs is the end of those it is linked to, at once and "
    "once") {
  stage s{3};
  const gate_ptr g = std::make_shared<gate>();
  const auto a = s.make("a", g);
  const auto b = s.make("b");
  const auto c = s.make<trapping>("c");
  s.link(a, b);
  s.link(a, c);
  a.tell(hang{});
  REQUIRE(s.j->wait_for("a hangs"));
  CHECK(cell_of(a)->kill());
  CHECK(s.ends->wait_for("gone /user/b killed"));
  a.tell(join{b});  // refused, as all that it is sent
  g->open();
  s.sys.settle();
  CHECK(s.ends->count("gone /user/b killed") == 1);
  CHECK(std::ranges::count_if(s.j->all(), [](const auto& l) { return l.starts_with("c traps"); }) == 1);
}

TEST_CASE(
    "L7, S7: an end that a class fails on follows its poison policy: it is looked at again, or is lost") {
  struct clumsy : friendly {
    using friendly::friendly;
    void on_link_ended(const link_ended& news) override {
      note("drops " + news.path() + " " + std::to_string(incarnation()));
      if (incarnation() < 2) throw std::runtime_error{"clumsy"};
    }
  };
  for (const bool again : {true, false}) {
    stage s;
    const auto top = supervise(s.sys, "top", one_for_one{.intensity = 5},
                               child<clumsy>("a", "a", s.j, gate_ptr{})
                                   .poison(again ? poison_policy::put_back() : poison_policy::drop()));
    const auto a = top.ref<friendly>("a");
    const auto b = s.make("b");
    a.tell(join{b});
    s.sys.settle();
    b.tell(crash{});
    s.sys.settle();
    CHECK(s.j->count("a drops /user/b 0") == 1);
    CHECK(s.j->count("a drops /user/b 1") == (again ? 1 : 0));
    CHECK(s.j->count("a drops /user/b 2") == (again ? 1 : 0));
  }
}

TEST_CASE(
    "LK3: both sides end at the same moment, from many threads, again and again: each once, and nothing is "
    "left") {
  stage s{4};
  for (int round = 0; round < 200; ++round) {
    const auto name = std::to_string(round);
    const auto a = s.make("a" + name);
    const auto b = s.make("b" + name);
    a.tell(join{b});
    b.tell(join{a});
    if (round % 2) s.sys.settle();
    std::thread other{
        [c = cell_of(b), round] { round % 3 ? void(c->kill()) : c->request_stop(exit_kind::shutdown); }};
    round % 5 ? void(cell_of(a)->kill()) : a.tell(crash{});
    other.join();
  }
  CHECK(s.ended().size() == 400);
  CHECK(s.sys.env().cells() == 3);  // all memory has gone: /, /user, /system
}

}  // namespace cell_link_test
