// The receptionist (RC1-RC4).
#include <doctest/doctest.h>

#include <troupe/pattern/receptionist.hpp>

#include "unit/cell/world.hpp"

using namespace troupe;
using namespace life;

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

class seeker : public actor<listing<lookup>, how_many> {
 public:
  explicit seeker(journal_ptr to) : to_(std::move(to)) {}
  void on(const listing<lookup>& m) {
    std::string line = m.name;
    for (const auto& r : m.all) line += " " + r.path();
    to_->note(line);
  }
  task<result<std::uint64_t>> on(how_many) {
    auto all = co_await receptionist_here().find(directory, patience);
    if (!all) co_return all.error();
    co_return all->size();
  }

 private:
  journal_ptr to_;
};

struct stage {
  journal_ptr j = std::make_shared<journal>();
  troupe::system sys{quiet(), receptionist_extension{}};
  receptionist_ref desk = receptionist_of(sys);

  lines found() {
    lines out;
    for (const auto& r : desk.find_now(directory, patience).value()) out.push_back(r.path());
    return out;
  }
};

}  // namespace

TEST_CASE("RC3: who is enlisted is found, in order, once, until it is delisted or has stopped") {
  stage s;
  CHECK(s.found().empty());
  const auto a = spawn<provider>(s.sys, "a"), b = spawn<provider>(s.sys, "b");
  s.desk.enlist(directory, a);
  s.desk.enlist(directory, b);
  s.desk.enlist(directory, a);
  CHECK(s.found() == lines{"/user/a", "/user/b"});
  s.desk.delist(directory, a);
  CHECK(s.found() == lines{"/user/b"});
  const auto seek = spawn<seeker>(s.sys, "seeker", s.j);
  s.desk.listen(directory, ref<listing<lookup>>{seek});
  REQUIRE(s.j->wait_for("directory /user/b"));
  REQUIRE(stop_and_wait(b));
  REQUIRE(s.j->wait_for("directory"));
  CHECK(s.found().empty());
}

TEST_CASE("RC4: who listens gets the listing as it is and each change, until it does not any more") {
  stage s;
  const auto a = spawn<provider>(s.sys, "a"), b = spawn<provider>(s.sys, "b");
  const auto seek = spawn<seeker>(s.sys, "seeker", s.j);
  s.desk.listen(directory, ref<listing<lookup>>{seek});
  s.desk.enlist(directory, a);
  s.desk.enlist(directory, b);
  s.desk.delist(directory, a);
  s.desk.unlisten(directory, seek);
  s.desk.delist(directory, b);
  CHECK(s.found().empty());
  CHECK(seek.ask(how_many{}, patience).get().value() == 0);
  CHECK(s.j->all() ==
        lines{"directory", "directory /user/a", "directory /user/a /user/b", "directory /user/b"});
}

TEST_CASE("RC2: a name under another protocol is an error that names both") {
  stage s;
  const auto a = spawn<provider>(s.sys, "a");
  s.desk.enlist(directory, a);
  const auto answer = s.desk.find_now(service_key<other>{"directory"}, patience);
  REQUIRE(answer.has_error());
  CHECK(answer.error().code == errc::invalid);
  CHECK(answer.error().text.find("service 'directory' is there for the messages (") == 0);
}

TEST_CASE("RC1: a system without the extension says how it gets a receptionist") {
  troupe::system sys{quiet()};
  CHECK_THROWS_WITH(receptionist_of(sys),
                    "not_found: this system has no receptionist: construct it with "
                    "troupe::receptionist_extension{}");
}
