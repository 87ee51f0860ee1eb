// Probes: what they expect, and what they say when something else comes (PB1-PB3, PI1, PI2).
#include "unit/testkit/world.hpp"

namespace testkit_probe_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace kit;

TEST_CASE("PB2: expect takes the next message; messages come in the order they were sent (M3)") {
  test_system sys;
  probe<note, plain> p{sys};
  p.ref().tell(note{"a", 1});
  p.ref().tell(plain{2});
  CHECK(p.expect<note>().line == "a");
  CHECK(p.expect<plain>().n == 2);
  p.expect_no_message();
}

TEST_CASE(
    "PB2: another message than expected fails with what was expected, what came, from whom and what is "
    "queued") {
  test_system sys;
  probe<note, plain> p{sys, "p"};
  const auto c = sys.spawn<clerk>("clerk", ref<note>{p.ref()});
  c.tell(note{"hello", 7});
  c.tell(note{"more", 8});
  sys.settle();
  const auto said = failure_of([&] { p.expect<plain>(); });
  CHECK(has(said, "probe_test.cpp:"));
  CHECK(has(said, "but got\n    kit.note{line: \"hello\", cents: 7}"));
  CHECK(has(said, "from /user/clerk"));
  CHECK(has(said, "still queued at /user/p (1):\n    kit.note{line: \"more\", cents: 8}"));
  CHECK(p.last_sender() == "/user/clerk");
}

TEST_CASE(
    "PB2: nothing in time fails with how long it waited and the dead letters and failures of that time") {
  test_system sys{{.waits = short_patience()}};
  probe<note> p{sys};
  const auto c = sys.spawn<clerk>("clerk", ref<note>{p.ref()});
  c.tell(crash{});
  c.tell(note{"lost"});
  sys.settle();
  const auto said = failure_of([&] { p.expect<note>(); });
  CHECK(has(said, "but nothing came within 20ms"));
  CHECK(has(said, "actor_failed"));
  CHECK(has(said, "asked to"));
  CHECK(has(said, "dead_letter of kit.note to /user/clerk: stopped"));
  CHECK_FALSE(failure_of([&] { p.expect<note>(); }) == "(it was met)");
}

TEST_CASE("PR3: expect_message compares the fields of a contract and says which differ") {
  test_system sys;
  probe<note> p{sys};
  p.ref().tell(note{"ada", 100});
  p.expect_message(note{"ada", 100});
  p.ref().tell(note{"ada", 99});
  const auto said = failure_of([&] { p.expect_message(note{"ada", 100}); });
  CHECK(has(said, "what differs:\n    cents: expected 100, got 99"));
  CHECK_FALSE(said.find("line: expected") != std::string::npos);
}

TEST_CASE("PB2: expect_any_of takes one of several, fish passes others over and lists them when it fails") {
  test_system sys{{.waits = short_patience()}};
  probe<note, plain> p{sys};
  p.ref().tell(plain{1});
  CHECK(std::get<plain>(p.expect_any_of<note, plain>()).n == 1);
  for (int i = 0; i < 3; ++i) p.ref().tell(plain{i});
  p.ref().tell(note{"n", 5});
  CHECK(p.fish<plain>([](const plain& m) { return m.n == 2; }).n == 2);
  CHECK(p.fish<note>().cents == 5);
  p.ref().tell(note{"x", 1});
  const auto said = failure_of([&] { p.fish<note>([](const note& m) { return m.cents == 2; }); });
  CHECK(has(said, "passed over (1):\n    kit.note{line: \"x\", cents: 1}"));
}

TEST_CASE("receive_n takes that many, and fails with the number that is missing") {
  test_system sys{{.waits = short_patience()}};
  probe<plain> p{sys};
  for (int i = 0; i < 4; ++i) p.ref().tell(plain{i});
  const auto three = p.receive_n<plain>(3);
  REQUIRE(three.size() == 3);
  CHECK(three[2].n == 2);
  CHECK(has(failure_of([&] { p.receive_n<plain>(2); }), "(the 2. of 2)"));
}

TEST_CASE("M5: an ask to a probe is answered by reply; a wrong type or a second reply fails and names both") {
  test_system sys;
  probe<balance, note> p{sys};
  auto first = p.ref().ask(balance{"ada"}, 5s);
  CHECK(p.expect<balance>().account == "ada");
  CHECK(p.last_was_asked());
  CHECK(p.reply(std::int64_t{42}));
  CHECK(sys.expect_reply(std::move(first)) == 42);
  CHECK(has(failure_of([&] { p.reply(std::int64_t{1}); }),
            "a kit.balance, was told and not asked, or has been replied to"));

  auto second = p.ref().ask(balance{"bob"}, 5s);
  p.expect<balance>();
  CHECK(has(failure_of([&] { p.reply(std::string{"x"}); }),
            "a kit.balance is answered with a i64, and the test replied a string"));
  sys.expect_error(std::move(second), errc::broken_promise);

  auto third = p.ref().ask(balance{"bob"}, 5s);
  p.expect<balance>();
  CHECK(p.reply_error({errc::overloaded, "busy"}));
  CHECK(sys.expect_error(std::move(third), errc::overloaded).text == "busy");
}

TEST_CASE("PI2, M5: what a probe leaves open fails with stopped when it goes, queued or taken") {
  test_system sys;
  auto p = std::make_unique<probe<balance>>(sys);
  auto taken = p->ref().ask(balance{"a"}, 5s);
  p->expect<balance>();
  auto queued = p->ref().ask(balance{"b"}, 5s);
  sys.settle();
  p.reset();
  sys.expect_error(std::move(taken), errc::stopped);
  sys.expect_error(std::move(queued), errc::stopped);
}

TEST_CASE("L4: a probe hears of the end of what it watches; PB1: and can itself be found by its path") {
  test_system sys;
  probe<note> p{sys, "p"};
  const auto c = sys.spawn<clerk>("clerk", ref<note>{p.ref()});
  p.watch(c);
  ref_to<note>(sys.env(), "/user/p").tell(note{"by path"});
  p.expect_message(note{"by path"});
  c.tell(note{"last words"});
  c.tell(crash{});
  p.expect_message(note{"last words"});  // M9: what it sent comes before the news of its end
  CHECK(p.expect_terminated(c).kind == exit_kind::failed);
  CHECK(has(failure_of([&] { p.watch(ref_to<note>(sys.env(), "/user/nobody")); }),
            "there is no actor at '/user/nobody'"));
}

TEST_CASE("expect_no_message fails for what is under way, however busy the workers are") {
  for (int i = 0; i < 50; ++i) {
    test_system sys;
    probe<note> p{sys};
    auto to = ref<note>{p.ref()};
    for (int hop = 0; hop < 10; ++hop) to = ref<note>{sys.spawn<clerk>("c" + std::to_string(hop), to)};
    to.tell(note{"far", i});
    REQUIRE(has(failure_of([&] { p.expect_no_message(); }), "expected no message"));
  }
}

TEST_CASE("a probe works in a system that is no test system, and throws") {
  troupe::system_options o;
  o.workers = 2;
  o.log = log_level::error;
  troupe::system sys{o};
  probe<note> p{test_scope::of(sys, nullptr, short_patience())};
  p.ref().tell(note{"a"});
  CHECK(p.expect<note>().line == "a");
  p.expect_no_message();
  p.ref().tell(note{"b"});
  CHECK(has(failure_of([&] { p.expect_no_message(10s); }), "expected no message for 10s"));
}

}  // namespace testkit_probe_test
