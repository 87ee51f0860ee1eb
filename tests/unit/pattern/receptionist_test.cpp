// The receptionist (RC1-RC5), and groups that follow it (SG1, SG2).
#include <doctest/doctest.h>

#include <troupe/pattern/service_group.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

namespace pattern_receptionist_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct lookup {
  using reply = std::string;
};
struct other {};
struct how_many {
  using reply = std::uint64_t;
};

const service_key<lookup> directory{"directory"};

class provider : public actor<lookup, other> {
 public:
  std::string on(const lookup&) { return path(); }
  void on(const other&) {}
};

using lines = std::vector<std::string>;

/// Asks from inside an actor.
struct enlist_me {
  bool under_other = false;
  using reply = bool;
};
class seeker : public actor<how_many, enlist_me, lookup, other> {
 public:
  task<result<std::uint64_t>> on(how_many) {
    auto all = co_await receptionist_here().find(directory, 10s);
    if (!all) co_return all.error();
    co_return all->size();
  }
  task<result<bool>> on(enlist_me m) {
    const ref<seeker> me = self();
    if (m.under_other)
      co_return co_await receptionist_here().enlist_and_wait(service_key<other>{"directory"}, me, 10s);
    co_return co_await receptionist_here().enlist_and_wait(directory, me, 10s);
  }
  std::string on(const lookup&) { return path(); }
  void on(const other&) {}
};

struct stage {
  test_system sys{for_doctest({.time = time_kind::manual}), receptionist_extension{}};
  receptionist_ref desk = receptionist_of(sys);
  probe<listing<lookup>> hears{sys, "hears"};

  ref<provider> one(std::string name) { return sys.spawn<provider>(std::move(name)); }
  lines found() {
    lines out;
    for (const auto& r : desk.find_now(directory, 1h).value()) out.push_back(r.path());
    return out;
  }
  /// The listings that have come.
  lines heard() {
    sys.settle();
    lines out;
    for (auto n = hears.queued(); n > 0; --n) {
      const auto m = hears.expect<listing<lookup>>();
      std::string line = m.name;
      for (const auto& r : m.all) line += " " + r.path();
      out.push_back(line);
    }
    return out;
  }
  void gone(const any_ref& r) {
    stop(r);
    sys.settle();
  }
};

}  // namespace

TEST_CASE("RC3, RC5: who is enlisted is found, in order, once, until it is delisted or has stopped") {
  stage s;
  CHECK(s.found().empty());
  const auto a = s.one("a"), b = s.one("b");
  s.desk.enlist(directory, a);
  s.desk.enlist(directory, b);
  s.desk.enlist(directory, a);
  s.desk.enlist(directory, ref_to<provider>(s.sys.env(), "/user/a"));  // the same actor
  CHECK(s.found() == lines{"/user/a", "/user/b"});
  s.desk.delist(directory, a);
  CHECK(s.found() == lines{"/user/b"});
  s.desk.delist(directory, a);
  s.desk.delist(directory, any_ref{});
  s.desk.delist(service_key<lookup>{"nothing"}, a);
  CHECK(s.found() == lines{"/user/b"});
  s.gone(b);
  CHECK(s.found().empty());
}

TEST_CASE("RC4: who listens gets the listing as it is and each change, until it does not any more") {
  stage s;
  const auto a = s.one("a"), b = s.one("b");
  s.desk.listen(directory, ref<listing<lookup>>{s.hears.ref()});
  s.desk.listen(directory, ref<listing<lookup>>{s.hears.ref()});  // RC5: once
  s.desk.enlist(directory, a);
  s.desk.enlist(directory, a);  // no change
  s.desk.enlist(directory, b);
  s.desk.delist(directory, a);
  CHECK(s.heard() ==
        lines{"directory", "directory /user/a", "directory /user/a /user/b", "directory /user/b"});
  probe<listing<lookup>> also{s.sys, "also"};
  s.desk.listen(directory, ref<listing<lookup>>{also.ref()});
  s.desk.unlisten(directory, s.hears.ref());
  s.sys.settle();
  CHECK(also.queued() == 1);  // who offers it is what it was
  s.desk.delist(directory, b);
  CHECK(s.heard().empty());
  CHECK(also.queued() == 2);
}

TEST_CASE("RC4: the end of an actor is one change for each service that it offered, and none for others") {
  stage s;
  const service_key<lookup> second{"second"};
  const service_key<lookup> third{"third"};
  const auto a = s.one("a"), b = s.one("b");
  s.desk.enlist(directory, a);
  s.desk.enlist(second, a);
  s.desk.enlist(third, b);
  for (const auto& key : {directory, second, third}) s.desk.listen(key, ref<listing<lookup>>{s.hears.ref()});
  CHECK(s.heard() == lines{"directory /user/a", "second /user/a", "third /user/b"});
  s.gone(a);
  CHECK(s.heard() == lines{"directory", "second"});
  {
    probe<listing<lookup>> leaves{s.sys, "leaves"};
    s.desk.listen(directory, ref<listing<lookup>>{leaves.ref()});
    s.sys.settle();
  }
  CHECK(s.heard().empty());  // the end of one who only listens changes no listing
}

TEST_CASE("RC3: who is delisted from one service and stops leaves the other as well") {
  stage s;
  const service_key<lookup> second{"second"};
  const auto a = s.one("a");
  s.desk.enlist(directory, a);
  s.desk.enlist(second, a);
  s.desk.delist(second, a);
  CHECK(s.found() == lines{"/user/a"});
  s.gone(a);
  CHECK(s.found().empty());
}

TEST_CASE("RC4: who listens and stops is forgotten, and is sent nothing") {
  stage s;
  {
    probe<listing<lookup>> early{s.sys, "early"};
    s.desk.listen(directory, ref<listing<lookup>>{early.ref()});
    s.sys.settle();
    CHECK(s.desk.services_now(1h).value().at(0).heard_by == 1);
  }
  s.sys.settle();
  CHECK(s.desk.services_now(1h).value().empty());
  s.desk.enlist(directory, s.one("a"));
  s.sys.settle();
  s.sys.said().expect_nothing_else({.dead_letters = true});
}

TEST_CASE(
    "RC4: an actor that offers and hears goes on being heard of when it is delisted, and the other way "
    "round") {
  stage s;
  class both : public actor<lookup, listing<lookup>> {
   public:
    std::string on(const lookup&) { return path(); }
    void on(const listing<lookup>&) {}
  };
  const auto x = s.sys.spawn<both>("x");
  s.desk.enlist(directory, x);
  s.desk.listen(directory, ref<listing<lookup>>{x});
  s.desk.delist(directory, x);
  s.sys.settle();
  CHECK(s.desk.services_now(1h).value().at(0).heard_by == 1);
  s.desk.enlist(directory, x);
  s.desk.unlisten(directory, x);
  CHECK(s.found() == lines{"/user/x"});
  s.gone(x);  // it is watched still
  CHECK(s.desk.services_now(1h).value().empty());
}

TEST_CASE(
    "RC5: services are listed by name with how many offer and hear them, and a name is free again with the "
    "last") {
  stage s;
  const auto a = s.one("a");
  s.desk.enlist(service_key<other>{"b-service"}, a);
  s.desk.enlist(directory, a);
  s.desk.enlist(service_key<other>{"a-service"}, a);
  s.desk.listen(directory, ref<listing<lookup>>{s.hears.ref()});
  const auto all = s.desk.services_now(1h).value();
  REQUIRE(all.size() == 3);
  CHECK(all[0].name == "a-service");
  CHECK(all[1].name == "b-service");
  CHECK(all[2] == service_info{"directory", all[2].protocol, 1, 1});
  CHECK(all[2].protocol.find("lookup") != std::string::npos);
  s.desk.delist(service_key<other>{"a-service"}, a);
  s.desk.enlist(service_key<lookup>{"a-service"}, a);
  CHECK(s.desk.find_now(service_key<lookup>{"a-service"}, 1h).value().size() == 1);
  CHECK(s.heard().size() == 1);
}

TEST_CASE(
    "RC2: a name under another protocol is an error that names both, for who enlists, listens and finds") {
  stage s;
  const auto a = s.one("a");
  const service_key<other> wrong{"directory"};
  s.desk.enlist(directory, a);
  const auto answer = s.desk.find_now(wrong, 1h);
  REQUIRE(answer.has_error());
  CHECK(answer.error().code == errc::invalid);
  CHECK(answer.error().text.find("service 'directory' is there for the messages (") == 0);
  CHECK(answer.error().text.find("other)") != std::string::npos);
  CHECK(s.desk.enlist_now(wrong, a, 1h).error().code == errc::invalid);
  s.desk.enlist(wrong, a);
  s.sys.settle();
  s.sys.expect_log(log_level::error, "service 'directory' is there for the messages (");
  CHECK(s.found() == lines{"/user/a"});
}

TEST_CASE(
    "RC3: who can't be watched is not enlisted, which is an error, and leaves no empty service behind") {
  stage s;
  const auto nobody = s.desk.enlist_now(directory, ref_to<provider>(s.sys.env(), "/user/nobody"), 1h);
  REQUIRE(nobody.has_error());
  CHECK(nobody.error().code == errc::not_found);
  CHECK(nobody.error().text ==
        "service 'directory': nobody is at '/user/nobody', or it can't be watched from here");
  CHECK(s.desk.enlist_now(directory, ref<provider>{}, 1h).error().code == errc::not_found);
  CHECK(s.desk.services_now(1h).value().empty());
}

TEST_CASE("an actor enlists itself and waits for it, finds, and hears what is wrong") {
  stage s;
  const auto x = s.sys.spawn<seeker>("x");
  CHECK(s.sys.expect_reply(x.ask(enlist_me{}, 1h)));
  CHECK_FALSE(s.sys.expect_reply(x.ask(enlist_me{}, 1h)));
  CHECK(s.sys.expect_reply(x.ask(how_many{}, 1h)) == 1);
  s.sys.expect_error(x.ask(enlist_me{true}, 1h), errc::invalid);
  CHECK(s.desk.enlist_now(directory, s.one("y"), 1h).value());
  CHECK(s.sys.expect_reply(x.ask(how_many{}, 1h)) == 2);
}

TEST_CASE(
    "SG1, SG2: a group of a service has those as members that offer it, and answers stopped while there is "
    "none") {
  stage s;
  s.sys.keep("/user/group");
  s.sys.keep("/user/group/follower");
  const auto group = spawn_group(s.sys, {.name = "group"}, round_robin{}, directory);
  s.sys.expect_error(group.ask(lookup{}, 1h), errc::stopped);
  const auto a = s.one("a"), b = s.one("b"), c = s.one("c");
  s.desk.enlist(directory, a);
  s.desk.enlist(directory, b);
  s.sys.settle();
  CHECK(group.size() == 2);
  CHECK(s.sys.expect_reply(group.ask(lookup{}, 1h)) != s.sys.expect_reply(group.ask(lookup{}, 1h)));
  group.add(c);
  s.desk.delist(directory, a);
  s.sys.settle();
  CHECK(group.size() == 2);
  s.gone(b);
  for (int i = 0; i < 3; ++i) CHECK(s.sys.expect_reply(group.ask(lookup{}, 1h)) == "/user/c");
  s.desk.enlist(directory, a);
  s.sys.settle();
  CHECK(group.size() == 2);
  group.remove(a);  // by hand: it stays out, though others come
  s.desk.enlist(directory, s.one("d"));
  s.sys.settle();
  CHECK(group.size() == 2);
  s.gone(group);
  CHECK(s.desk.services_now(1h).value().at(0).heard_by == 0);  // the group listens no more
}

TEST_CASE(
    "SG1: a group of a service in a system without a receptionist is an error that says how to get one") {
  test_system sys{for_doctest()};
  CHECK_THROWS_WITH(spawn_group(sys, {.name = "group"}, round_robin{}, directory),
                    "not_found: this system has no receptionist: construct it with "
                    "troupe::receptionist_extension{}");
}

TEST_CASE("RC1: a system without the extension says how it gets a receptionist") {
  test_system sys{for_doctest()};
  CHECK_THROWS_WITH(receptionist_of(sys),
                    "not_found: this system has no receptionist: construct it with "
                    "troupe::receptionist_extension{}");
}

}  // namespace pattern_receptionist_test
