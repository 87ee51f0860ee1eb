// What a pool, a group and a topic answer that nobody has started, as members are before they are set (RF4).
#include <doctest/doctest.h>

#include <troupe/pattern/receptionist.hpp>
#include <troupe/pattern/topic.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

#include "unit/pattern/workers.hpp"

namespace pattern_empty_ref_test {

using namespace routed;

namespace {

struct price {
  int cents = 0;
};
struct lookup {
  using reply = std::string;
};
const service_key<lookup> directory{"directory"};

struct use_them {
  using reply = std::string;
};

/// Uses its routers and its topic before anybody has set them.
class forgetful : public actor<use_them> {
 public:
  task<std::string> on(use_them) {
    std::string how;
    const auto asked = co_await ask<who>(pool_, patience, 1);
    how += said(asked);
    const auto gathered = co_await ask<who>(group_, patience, 1);
    how += said(gathered);
    const auto counted = co_await ask<count_subscribers>(topic_, patience);
    how += said(counted);
    const auto offered = co_await offer<work>(pool_, 1);
    how += said(offered);
    pool_.tell(work{2});
    pool_.broadcast(work{3});
    group_.broadcast(work{4});
    topic_.publish(price{5});
    co_return how;
  }

 private:
  template <class T>
  static std::string said(const result<T>& how) {
    return how ? "answered " : std::string{to_string(how.error().code)} + " ";
  }
  router_pool<worker> pool_;
  router_group<worker> group_;
  topic<price> topic_;
};

/// What `f` throws, in one line.
template <class F>
std::string thrown_by(F f) {
  try {
    f();
  } catch (const failed& e) {
    return to_string(e.why());
  }
  return "nothing";
}

}  // namespace

TEST_CASE("RF4, PO8: an empty pool drops what it is told, answers stopped, and can't be resized") {
  for (const router_pool<worker>& pool : {router_pool<worker>{}, router_pool<worker>{ref<worker>{}}}) {
    CHECK_FALSE(pool);
    CHECK(pool.size() == 0);
    pool.tell(work{1});
    pool.broadcast(work{1});
    CHECK(pool.ask(who{}, patience).get().error().code == errc::stopped);
    CHECK(thrown_by([&] { pool.resize(3); }) ==
          "not_found: an empty router_pool has no size: resize the one that spawn_pool gave");
    stop(pool);
  }
}

TEST_CASE("RF4, GR4: an empty group drops what it is told, answers stopped, and takes no members") {
  stage s;
  s.g->open();
  const auto one = spawn<worker>(s.sys, "one", s.j, s.g);
  const router_group<worker> group;
  CHECK(group.size() == 0);
  group.tell(work{1});
  group.broadcast(work{1});
  CHECK(group.ask(who{}, patience).get().error().code == errc::stopped);
  const std::string why =
      "not_found: an empty router_group has no members: change those of one that spawn_group gave";
  CHECK(thrown_by([&] { group.add(one); }) == why);
  CHECK(thrown_by([&] { group.remove(one); }) == why);
  CHECK(thrown_by([&] { group.add(ref<worker>{}); }) == why);
  CHECK(one.ask(who{}, patience).get().value() == "/user/one");
  CHECK(s.j->all().empty());
}

TEST_CASE("RF4, TP7: an empty topic drops what is published and who subscribes, and answers stopped") {
  testkit::test_system sys{testkit::for_doctest()};
  testkit::probe<price> hears{sys};
  const topic<price> none;
  none.publish(price{1});
  none.subscribe(hears.ref());
  none.unsubscribe(hears.ref());
  none.unsubscribe(ref<price>{});
  CHECK(none.ask(count_subscribers{}, patience).get().error().code == errc::stopped);
  CHECK(thrown_by([&] { none.subscribe(ref<price>{}); }) ==
        "invalid: topic (no ref): an empty ref can't subscribe");
  hears.expect_no_message();
  CHECK(sys.events().count(event_kind::dead_letter) == 0);
}

TEST_CASE("RF4: inside of an actor empty routers and topics answer as outside, and the actor goes on") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto f = sys.spawn<forgetful>("forgetful");
  for (int i = 0; i < 2; ++i)
    CHECK(sys.expect_reply(f.ask(use_them{}, patience)) == "stopped stopped stopped stopped ");
  CHECK(sys.events().count(event_kind::actor_failed) == 0);
  CHECK(sys.events().count(event_kind::dead_letter) == 0);
}

TEST_CASE("RF4, RC2: an empty ref is not enlisted, does not listen, and leaves the service's name free") {
  testkit::test_system sys{testkit::for_doctest(), receptionist_extension{}};
  const auto desk = receptionist_of(sys);
  const auto no = desk.enlist_now(directory, ref<lookup>{}, patience);
  CHECK(no.error().code == errc::not_found);
  desk.enlist(directory, ref<lookup>{});
  desk.delist(directory, any_ref{});
  desk.listen(directory, ref<listing<lookup>>{});
  desk.unlisten(directory, any_ref{});
  CHECK(desk.find_now(directory, patience).value().empty());
  CHECK(desk.services_now(patience).value().empty());
}

}  // namespace pattern_empty_ref_test
