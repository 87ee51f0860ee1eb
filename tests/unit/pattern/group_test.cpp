// Groups: who is a member, and until when (GR1-GR3).
#include <doctest/doctest.h>

#include <troupe/ref/find.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/pattern/elsewhere.hpp"
#include "unit/pattern/workers.hpp"

namespace pattern_group_test {

using namespace routed;

namespace {

/// A group in a system that can be settled.
struct crowd {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  testkit::test_system sys{testkit::for_doctest()};
  ref<worker> a = one("a"), b = one("b");

  ref<worker> one(std::string name) { return sys.spawn<worker>(std::move(name), j, g); }
  router_group<worker> group(std::vector<ref<worker>> all) {
    sys.keep("/user/group");
    return spawn_group(sys, {.name = "group"}, round_robin{}, all);
  }
  ref<worker> named(std::string name) { return find<worker>(sys, "/user/" + name); }
  std::size_t size(const router_group<worker>& of) {
    sys.settle();
    return of.size();
  }
};

}  // namespace

TEST_CASE("GR2: who is named twice is one member, from the start and later") {
  crowd c;
  const auto group = c.group({c.a, c.a, c.b, c.named("x"), c.named("x")});
  CHECK(c.size(group) == 3);
  group.add(c.b);
  group.add(c.named("x"));
  CHECK(c.size(group) == 3);
  group.broadcast(work{7});
  c.sys.settle();
  CHECK(c.j->count("work 7") == 2);
  c.sys.expect_dead_letter<work>("/user/x");
  // A name is a member of its own, though it leads to another: tomorrow somebody else may be there (L5).
  group.add(c.named("a"));
  CHECK(c.size(group) == 4);
}

TEST_CASE("GR2: a name is removed by that name, whoever writes it") {
  crowd c;
  const auto group = c.group({c.named("x"), c.a});
  group.add(c.named("b"));
  CHECK(c.size(group) == 3);
  group.remove(c.named("x"));
  group.remove(c.named("b"));
  group.remove(c.named("y"));  // no member
  CHECK(c.size(group) == 1);
  CHECK(c.sys.expect_reply(group.ask(who{}, 5s)) == "/user/a");
}

TEST_CASE("GR1: who stops leaves, under each ref to it that is a member still") {
  crowd c;
  const auto group = c.group({c.a, c.named("a"), c.b});
  group.remove(c.a);
  CHECK(c.size(group) == 2);
  stop(c.a);
  CHECK(c.size(group) == 1);
  for (int i = 0; i < 3; ++i) CHECK(c.sys.expect_reply(group.ask(who{}, 5s)) == "/user/b");
}

TEST_CASE("GR1: a member elsewhere is watched until it leaves, and let go then") {
  elsewhere far;
  crowd c;
  const auto group = c.group({c.a});
  group.add(ref<worker>{address_ptr{&far}});
  CHECK(c.size(group) == 2);
  CHECK(far.watched);
  group.remove(ref<worker>{address_ptr{&far}});
  CHECK(c.size(group) == 1);
  CHECK_FALSE(far.watched);
  CHECK(far.references == 0);
}

TEST_CASE("GR3: a group ends with its cell and its members go on; what comes later is refused") {
  crowd c;
  const auto group = c.group({c.a, c.b});
  const ref<worker> kept = group;
  stop(find_now<worker>(c.sys, "/user/group").value());
  CHECK(c.size(group) == 0);
  c.sys.expect_error(kept.ask(who{}, 5s), errc::stopped);
  c.sys.expect_dead_letter<who>("/user/group");
  group.add(c.a);
  group.remove(c.b);
  CHECK(c.size(group) == 0);
  CHECK(c.sys.expect_reply(c.a.ask(who{}, 5s)) == "/user/a");
  CHECK(c.sys.expect_reply(c.b.ask(who{}, 5s)) == "/user/b");
}

TEST_CASE("a message to a group's own path goes to a member too") {
  crowd c;
  const auto group = c.group({c.a});
  CHECK(c.sys.expect_reply(c.named("group").ask(who{}, 5s)) == "/user/a");
}

TEST_CASE("a group refuses an empty ref, and says which group") {
  crowd c;
  CHECK_THROWS_WITH(c.group({c.a, ref<worker>{}}), "invalid: a group's member is an empty ref");
  const auto group = c.group({c.a});
  CHECK_THROWS_WITH(group.add(ref<worker>{}), "invalid: group /user/group: an empty ref can't be a member");
  CHECK_THROWS_WITH(group.remove(ref<worker>{}),
                    "invalid: group /user/group: an empty ref can't be a member");
}

}  // namespace pattern_group_test
