// A message is a value: what is moved in is the recipient's alone, what is kept was copied, and nobody else sees what becomes of it (M1).
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <troupe/pattern/pool.hpp>
#include <troupe/pattern/topic.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/supervise.hpp>
#include <vector>

namespace actor_own_value_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

using bytes = std::vector<char>;

/// Where its bytes are is who owns them: a copy has others.
struct parcel {
  bytes what;
  using reply = bytes;
};
struct letter {
  bytes what;
};
struct where_kept {
  using reply = std::vector<const void*>;
};
/// Can't be copied at all.
struct treasure {
  std::unique_ptr<int> what;
  using reply = std::unique_ptr<int>;
};
struct fail_on_it {
  bytes what;
};
struct what_came {
  using reply = std::vector<std::string>;
};

/// Keeps what it is sent, and scribbles over it.
class keeper : public actor<parcel, letter, where_kept, fail_on_it, what_came> {
 public:
  explicit keeper(std::shared_ptr<std::vector<std::string>> came) : came_(std::move(came)) {}
  bytes on(parcel m) { return std::move(m.what); }
  void on(letter m) {
    came_->emplace_back(m.what.begin(), m.what.end());
    m.what[0] = '!';
    kept_.push_back(std::move(m.what));
  }
  std::vector<const void*> on(const where_kept&) const {
    std::vector<const void*> out;
    for (const bytes& b : kept_) out.push_back(b.data());
    return out;
  }
  void on(fail_on_it m) {
    came_->emplace_back(m.what.begin(), m.what.end());
    m.what[0] = '!';
    if (came_->size() == 1) throw std::runtime_error{"the first time"};
  }
  std::vector<std::string> on(const what_came&) const { return *came_; }

 private:
  std::shared_ptr<std::vector<std::string>> came_;  // outlives a restart; looked at in turns only
  std::vector<bytes> kept_;
};

class vault : public actor<treasure> {
 public:
  std::unique_ptr<int> on(treasure m) {
    ++*m.what;
    return std::move(m.what);
  }
};

std::shared_ptr<std::vector<std::string>> nothing_yet() {
  return std::make_shared<std::vector<std::string>>();
}

bytes text(std::string_view s) { return {s.begin(), s.end()}; }

/// Sends a letter that it goes on writing.
struct write_twice {
  bytes first;
  using reply = std::string;
};
class writer : public actor<write_twice> {
 public:
  explicit writer(ref<letter> to) : to_(std::move(to)) {}
  std::string on(const write_twice& m) {
    letter mine{m.first};
    to_.tell(mine);
    mine.what[0] = '?';
    to_.tell(std::as_const(mine));
    to_.tell(std::move(mine));
    return mine.what.empty() ? "nothing is left" : "some is left";
  }

 private:
  ref<letter> to_;
};

}  // namespace

TEST_CASE(
    "M1: what is moved into a message is moved to its recipient and back: the same bytes, never copied") {
  test_system sys{for_doctest()};
  const auto to = sys.spawn<keeper>("to", nothing_yet());
  bytes mine = text("a parcel that no small buffer holds, whatever the library does");
  const void* const where = mine.data();
  const bytes back = sys.expect_reply(to.ask(parcel{std::move(mine)}, 5s));
  CHECK(static_cast<const void*>(back.data()) == where);
  CHECK(mine.empty());
}

TEST_CASE("M1: what can't be copied is sent and answered: it has one owner at any time") {
  test_system sys{for_doctest()};
  const auto to = sys.spawn<vault>("to");
  auto mine = std::make_unique<int>(41);
  int* const where = mine.get();
  const auto back = sys.expect_reply(to.ask(treasure{std::move(mine)}, 5s));
  CHECK_FALSE(mine);
  CHECK(back.get() == where);
  CHECK(*back == 42);
}

TEST_CASE("M1: what a sender keeps was copied: neither sees what the other does with it") {
  test_system sys{for_doctest()};
  const auto to = sys.spawn<keeper>("to", nothing_yet());
  const auto from = sys.spawn<writer>("from", ref<letter>{to});
  CHECK(sys.expect_reply(from.ask(write_twice{text("dear reader")}, 5s)) == "nothing is left");
  CHECK(sys.expect_reply(to.ask(what_came{}, 5s)) ==
        std::vector<std::string>{"dear reader", "?ear reader", "?ear reader"});
  const auto kept = sys.expect_reply(to.ask(where_kept{}, 5s));
  REQUIRE(kept.size() == 3);
  CHECK(kept[0] != kept[1]);
  CHECK(kept[1] != kept[2]);
}

TEST_CASE("M1: each of several recipients has its own: what one does with it no other sees") {
  test_system sys{for_doctest()};
  sys.keep("/user/all");
  sys.keep("/user/all/*");
  const auto came = nothing_yet();
  const auto all = spawn_pool<keeper>(sys, {.name = "all", .size = 1}, broadcast{}, came);
  const auto a = sys.spawn<keeper>("a", nothing_yet()), b = sys.spawn<keeper>("b", nothing_yet());
  sys.keep("/user/news");
  const auto news = spawn_topic<letter>(sys, {.name = "news", .retain = true});
  news.subscribe(a);
  news.subscribe(b);
  news.subscribe(ref<letter>{all});
  news.publish(letter{text("extra")});
  sys.settle();
  const auto late = sys.spawn<keeper>("late", nothing_yet());
  news.subscribe(late);  // gets what the topic has retained
  sys.settle();
  std::vector<const void*> where;
  for (const ref<keeper>& one : {a, b, late, ref<keeper>{all}}) {
    CHECK(sys.expect_reply(one.ask(what_came{}, 5s)) == std::vector<std::string>{"extra"});
    const auto kept = sys.expect_reply(one.ask(where_kept{}, 5s));
    REQUIRE(kept.size() == 1);
    where.push_back(kept.front());
  }
  std::sort(where.begin(), where.end());
  CHECK(std::adjacent_find(where.begin(), where.end()) == where.end());
}

TEST_CASE(
    "M1, S7: what a handler did to its message before it failed is not seen when the message is run again") {
  test_system sys{for_doctest()};
  sys.keep("/user/top");
  sys.keep("/user/top/to");
  const auto top = supervise(sys, "top", one_for_one{.intensity = 3},
                             child<keeper>("to", nothing_yet()).poison(poison_policy::retry(1)));
  const auto to = top.ref<keeper>("to");
  to.tell(fail_on_it{text("fragile")});
  CHECK(sys.expect_reply(to.ask(what_came{}, 5s)) == std::vector<std::string>{"fragile", "fragile"});
}

}  // namespace actor_own_value_test
