// A troupe actor that a stock CAF program reaches: asks, tells, monitors, and what it is told where something is wrong.
#include <doctest/doctest.h>

#include "unit/basp/world.hpp"

namespace basp_published_test {

using namespace basp_test;

namespace {

struct stage {
  world w;
  plain_side p;
  std::uint16_t port = w.publish();
  caf::actor t = p.find(port);

  explicit stage(troupe::basp_options o = options()) : w(std::move(o)) {}
};

/// Ends with its test: CAF keeps an actor whose handle has gone to another system.
struct observing {
  caf::actor who;
  ~observing() { caf::anon_send_exit(who, caf::exit_reason::kill); }
};

/// A CAF actor of the other side that notes what it learns of the end of `whom`.
observing observer(plain_side& p, const caf::actor& whom, life::journal_ptr j, bool links) {
  const auto made = p.sys.spawn([=](caf::event_based_actor* self) -> caf::behavior {
    self->set_down_handler([=](caf::down_msg& m) { j->note("down " + caf::to_string(m.reason)); });
    self->set_exit_handler([=](caf::exit_msg& m) {
      j->note("exit " + caf::to_string(m.reason));
      self->quit();
    });
    if (links)
      self->link_to(whom);
    else
      self->monitor(whom);
    // Behind what it has sent so far: with the answer, the other side has heard of it.
    self->request(whom, std::chrono::seconds{20}, plain::deposit{"x", 0}).then([=](std::int64_t) {
      j->note("observes");
    });
    return {[=](const plain::news& m) { j->note(m.line); }};
  });
  REQUIRE(j->wait_for("observes"));
  return {made};
}

}  // namespace

TEST_CASE("BP1: a stock CAF program asks a troupe actor: numbers, structs, maps and optionals come back") {
  stage s;
  CHECK(s.p.ask<std::int64_t>(s.t, plain::deposit{"ada", 3}) == "3");
  CHECK(s.p.ask<std::int64_t>(s.t, plain::deposit{"ada", 4}) == "7");
  CHECK(s.p.ask<plain::statement>(s.t, plain::ask_statement{"ada"}) ==
        "statement(\"ada\", 7, [3, 4], {\"eur\" = 1.500000}, *place(7, \"town\"))");
}

TEST_CASE("M3: what one CAF actor sends a troupe actor arrives in order") {
  stage s;
  caf::scoped_actor self{s.p.sys};
  for (int i = 1; i <= 200; ++i) self->send(s.t, plain::deposit{"ada", i});
  REQUIRE(s.w.j->wait_for("deposit 200"));
  const auto all = s.w.j->all();
  REQUIRE(all.size() == 200);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i] == "deposit " + std::to_string(i + 1));
}

TEST_CASE("a ref in a message is a handle there and works where it arrives (R1)") {
  stage s;
  const auto j = std::make_shared<life::journal>();
  const auto reader = observer(s.p, s.t, j, false);
  caf::anon_send(s.t, plain::listen_to{"extra", reader.who});
  CHECK(j->wait_for("extra"));
}

TEST_CASE(
    "M5: a message that the actor does not understand, and a handler that throws, are answered with errors") {
  stage s;
  // Nobody here answers a statement: it is in CAF's list, and in nobody's protocol.
  CHECK(s.p.ask<std::int64_t>(s.t, plain::statement{}).find("unexpected_message") != std::string::npos);
  CHECK(s.p.ask<std::int64_t>(s.t, plain::leave{1}).find("asked to") != std::string::npos);
}

TEST_CASE(
    "CF2: a message that was never announced here is empty for CAF: its asker is told what that may mean") {
  stage s;
  const std::string why = s.p.ask<std::int64_t>(s.t, plain::stranger{1});
  CHECK(why.find("unexpected_message") != std::string::npos);
  CHECK(why.find("basp_options::types") != std::string::npos);
  CHECK(s.p.ask<std::int64_t>(s.t, plain::deposit{"ada", 3}) == "3");
}

TEST_CASE("BP2: an answer that was not announced is an error that names the type and what to do") {
  stage s{options_without_answer()};
  const std::string why = s.p.ask<std::int64_t>(s.t, plain::ask_unheard_of{1});
  CHECK(why.find("runtime_error") != std::string::npos);
  CHECK(why.find("a basp_test::unheard_of can't go to another CAF system: name it in basp_options::types") !=
        std::string::npos);
  CHECK(s.p.ask<std::int64_t>(s.t, plain::deposit{"ada", 3}) == "3");
}

TEST_CASE(
    "L3: a monitor of a CAF program hears of the end of a troupe actor with its reason, and of no restart") {
  stage s;
  const auto j = std::make_shared<life::journal>();
  const auto sees = observer(s.p, s.t, j, false);
  SUBCASE("it was stopped") {
    troupe::stop(s.w.t);
    CHECK(j->wait_for("down exit_reason(user_shutdown)"));
  }
  SUBCASE("it ended by itself") {
    caf::anon_send(s.t, plain::leave{0});
    CHECK(j->wait_for("down none"));
  }
  SUBCASE("it failed") {
    caf::anon_send(s.t, plain::leave{1});
    CHECK(j->wait_for("down exit_reason(unhandled_exception)"));
  }
}

TEST_CASE("CR1: a link of a CAF program with a troupe actor ends whichever side is left") {
  stage s;
  const auto j = std::make_shared<life::journal>();
  const auto linked = observer(s.p, s.t, j, true);
  SUBCASE("ours ends") {
    troupe::stop(s.w.t);
    CHECK(j->wait_for("exit exit_reason(user_shutdown)"));
  }
  SUBCASE("theirs ends") {
    const auto ends = std::make_shared<life::journal>();
    life::note_end(life::cell_of(s.w.t), ends);
    caf::anon_send_exit(linked.who, caf::exit_reason::kill);  // any other it would trap
    CHECK(ends->wait_for("gone /user/teller killed"));
  }
}

TEST_CASE("AT1: a CAF program that speaks in atoms, without any struct, asks a troupe actor") {
  world w;
  plain_side p;
  const auto ours = troupe::spawn<calculator>(w.sys, "calculator");
  const caf::actor c = p.find(troupe::basp_of(w.sys).publish(ours).get().value());
  std::int32_t got = 0;
  caf::scoped_actor self{p.sys};
  const auto fails = [](caf::error& e) { FAIL(caf::to_string(e)); };
  self->request(c, std::chrono::seconds{20}, plain::add_atom::value, 1, 2)
      .receive([&](std::int32_t n) { got = n; }, fails);
  CHECK(got == 3);
  self->request(c, std::chrono::seconds{20}, plain::sum_atom::value)
      .receive([&](std::int32_t n) { got += n; }, fails);
  CHECK(got == 6);
}

TEST_CASE("a typed handle finds what was published with its interface, and nothing else") {
  using typed = caf::typed_actor<caf::replies_to<plain::deposit>::with<std::int64_t>>;
  world w;
  plain_side p;
  auto& peers = troupe::basp_of(w.sys);
  const auto typed_port =
      peers.desk().ask(troupe::basp_publish{w.t, 0, p.sys.message_types<typed>()}, 20s).get().value();
  auto found = p.sys.middleman().remote_actor<typed>("127.0.0.1", typed_port);
  REQUIRE(static_cast<bool>(found));
  std::int64_t got = 0;
  caf::scoped_actor self{p.sys};
  self->request(*found, std::chrono::seconds{20}, plain::deposit{"ada", 5})
      .receive([&](std::int64_t n) { got = n; }, [&](caf::error& e) { FAIL(caf::to_string(e)); });
  CHECK(got == 5);
  const auto other = p.sys.middleman().remote_actor<typed>("127.0.0.1", w.publish());
  REQUIRE_FALSE(static_cast<bool>(other));
  CHECK((other.error() == caf::sec::unexpected_actor_messaging_interface));
}

TEST_CASE(
    "BD2: the port of an actor that has ended is closed; unpublish closes one while its actor goes on") {
  world w;
  plain_side p;
  auto& peers = troupe::basp_of(w.sys);
  const auto one = peers.publish(w.t).get().value(), two = peers.publish(w.t).get().value();
  CHECK(one != two);
  CHECK(peers.unpublish(one).get().has_value());
  CHECK(peers.unpublish(one).get().error().code == errc::not_found);
  CHECK_FALSE(static_cast<bool>(p.sys.middleman().remote_actor("127.0.0.1", one)));
  const auto t = p.find(two);
  CHECK(p.ask<std::int64_t>(t, plain::deposit{"ada", 3}) == "3");
  REQUIRE(life::stop_and_wait(w.t));
  // The news of the end, and the closing, come a moment later: each try is a question to CAF and its answer.
  const auto next = troupe::spawn<teller>(w.sys, "next", w.j);
  const auto end = std::chrono::steady_clock::now() + life::patience;
  auto again = peers.publish(next, two).get();
  while (!again && std::chrono::steady_clock::now() < end) again = peers.publish(next, two).get();
  CHECK(again);
}

TEST_CASE("what can't be published is refused with a line that says why") {
  world w;
  plain_side p;
  auto& peers = troupe::basp_of(w.sys);
  CHECK(peers.publish({}).get().error().text == "an empty ref can't be published");
  const auto nobody = troupe::ref_to<teller>(w.sys.env(), "/user/nobody");
  const auto why = peers.publish(nobody).get().error();
  CHECK(why.code == errc::not_found);
  CHECK(why.text.find("/user/nobody") != std::string::npos);
  const auto far = w.connect(p.serve());
  CHECK(peers.publish(far).get().error().text.find("lives in another CAF system") != std::string::npos);
}

TEST_CASE("BD3: a port that is taken is told with the port and the reason") {
  world w;
  plain_side p;
  const auto taken = p.serve();
  const auto why = troupe::basp_of(w.sys).publish(w.t, taken).get().error();
  CHECK(why.code == errc::already_exists);
  CHECK(why.text.find("127.0.0.1:" + std::to_string(taken)) != std::string::npos);
}

TEST_CASE("a plain CAF actor of the troupe system is published like one of ours") {
  world w;
  plain_side p;
  const auto plain_one = w.sys.caf().spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](const deposit& m) { return m.cents * 2; }};
  });
  const auto port = troupe::basp_of(w.sys).publish(troupe::from_caf<deposit>(plain_one)).get().value();
  CHECK(p.ask<std::int64_t>(p.find(port), plain::deposit{"ada", 21}) == "42");
  caf::anon_send_exit(plain_one, caf::exit_reason::user_shutdown);
}

}  // namespace basp_published_test
