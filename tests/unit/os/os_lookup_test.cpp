// Names that are looked up while others are not answered (OL1-OL3).
#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <troupe/os/os_lookup.hpp>
#include <vector>

namespace os_lookup_test {

using namespace troupe;
using namespace troupe::os;

namespace {

/// A resolver that answers when it is told to. Shared with threads that may outlive the test.
struct resolver {
  std::vector<address> look_up(const port::endpoint& of, std::string& why) {
    std::unique_lock hold{mutex};
    ++asked[of.host];
    ++busy;
    changed.notify_all();
    changed.wait(hold, [&] { return all || open.contains(of.host); });
    --busy;
    changed.notify_all();
    why = "no " + of.host;
    return {};
  }
  void answer(const std::string& host) {
    const std::lock_guard hold{mutex};
    open.insert(host);
    changed.notify_all();
  }
  void answer_all() {
    const std::lock_guard hold{mutex};
    all = true;
    changed.notify_all();
  }
  int times(const std::string& host) {
    const std::lock_guard hold{mutex};
    return asked[host];
  }
  void wait_for_busy(int count) {
    std::unique_lock hold{mutex};
    CHECK(changed.wait_for(hold, std::chrono::seconds{20}, [&] { return busy == count; }));
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::string> open;
  std::map<std::string, int> asked;
  int busy = 0;
  bool all = false;
};

struct bench {
  ~bench() { slow->answer_all(); }
  name_lookups::answer note(const std::string& host) {
    return [this, host](const std::vector<address>& found, const std::string& why) {
      CHECK(found.empty());
      CHECK(why == "no " + host);
      told.push_back(host);
    };
  }
  void run_until(std::size_t count) {
    while (told.size() < count) REQUIRE(io.run_one_for(std::chrono::seconds{20}) == 1);
  }

  std::shared_ptr<resolver> slow = std::make_shared<resolver>();
  std::vector<std::string> told;
  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work = make_work_guard(io);
  std::optional<name_lookups> names{
      std::in_place, io,
      [to = slow](const port::endpoint& of, std::string& why) { return to->look_up(of, why); }};
};

}  // namespace

TEST_CASE("OL2: a name whose server is silent holds up no other") {
  bench b;
  b.names->start({"silent", 1}, b.note("silent"));
  b.names->start({"quick", 1}, b.note("quick"));
  b.slow->answer("quick");
  b.run_until(1);
  CHECK(b.told == std::vector<std::string>{"quick"});
  b.slow->answer("silent");
  b.run_until(2);
}

TEST_CASE("OL1: a name that is asked for again meanwhile is looked up once, and all are told") {
  bench b;
  for (int i = 0; i < 20; ++i) b.names->start({"silent", 1}, b.note("silent"));
  b.names->start({"silent", 2}, b.note("silent"));
  b.slow->wait_for_busy(2);
  b.slow->answer("silent");
  b.run_until(21);
  CHECK(b.slow->times("silent") == 2);
  b.names->start({"silent", 1}, b.note("silent"));  // it is asked anew
  b.run_until(22);
  CHECK(b.slow->times("silent") == 3);
}

TEST_CASE("OL2: so many names at a time have threads, and the next begins when one is answered") {
  bench b;
  const auto many = static_cast<int>(name_lookups::threads_max);
  for (int i = 0; i < many + 3; ++i) {
    const std::string host = "h" + std::to_string(i);
    b.names->start({host, 1}, b.note(host));
  }
  b.slow->wait_for_busy(many);
  b.slow->answer("h3");
  b.run_until(1);
  b.slow->wait_for_busy(many);
  CHECK(b.slow->times("h" + std::to_string(many)) == 1);
  b.slow->answer_all();
  b.run_until(static_cast<std::size_t>(many) + 3);
}

TEST_CASE(
    "OL3: lookups that are over with their driver destroy what they were to tell, and wait for nobody") {
  bench b;
  const auto kept = std::make_shared<int>(0);
  b.names->start({"silent", 1}, [kept](const auto&, const auto&) { ++*kept; });
  b.slow->wait_for_busy(1);
  b.names.reset();
  CHECK(kept.use_count() == 1);
  b.slow->answer_all();
  b.slow->wait_for_busy(0);
  b.io.poll();
  CHECK(*kept == 0);
}

}  // namespace os_lookup_test
