// Who watches and is watched: the list of watchers against a model, and what a watcher leaves behind (L4, WL1-WL3).
#include <doctest/doctest.h>

#include <map>
#include <troupe/base/prng.hpp>
#include <troupe/cell/watcher_list.hpp>
#include <troupe/testkit/test_system.hpp>

#include "unit/cell/world.hpp"

namespace cell_watching_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

address_ptr somebody() { return address_ptr{new life::watcher{std::make_shared<life::journal>()}}; }

/// Something that is watched from outside, and counts by whom.
class monument final : public address {
 public:
  void post(engine::envelope_ptr) noexcept override {}
  std::string path() const override { return "n9:/user/monument"; }
  cell_ptr here() noexcept override { return {}; }
  environment* home() const noexcept override { return nullptr; }
  std::uint64_t number() const noexcept override { return 7; }
  std::uint64_t run() const noexcept override { return 9; }
  std::uint64_t watch_from_outside(address& watcher, bool yes) override {
    const std::lock_guard hold{mutex_};
    auto& count = watchers_[&watcher];
    count += yes ? 1 : -1;
    if (count == 0) watchers_.erase(&watcher);
    return 1'000'007;
  }
  std::size_t watchers() const {
    const std::lock_guard hold{mutex_};
    return watchers_.size();
  }
  void add_reference() noexcept override { ++references_; }
  void release_reference() noexcept override {
    if (--references_ == 0) delete this;
  }

 private:
  ~monument() = default;
  mutable std::mutex mutex_;
  std::map<address*, int> watchers_;
  std::atomic<int> references_{0};
};

struct look_at {
  any_ref who;
};
struct look_away {
  any_ref who;
};
struct leave {};
class tourist : public actor<look_at, look_away, leave> {
 public:
  void on(const look_at& m) { watch(m.who); }
  void on(const look_away& m) { unwatch(m.who); }
  void on(const leave&) { stop_self(); }
  void on_terminated(const terminated&) override {}
};

}  // namespace

TEST_CASE("WL1, WL3: the list of watchers has those who were added and not removed, few or many") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    prng random{seed};
    watcher_list list;
    std::vector<address_ptr> people;
    for (int i = 0; i < 60; ++i) people.push_back(somebody());
    std::vector<address_ptr> in_it;
    for (int step = 0; step < 400; ++step) {
      const address_ptr& one = people[random.below(people.size())];
      const auto at = std::find(in_it.begin(), in_it.end(), one);
      if (random.below(5) < 3) {
        REQUIRE(list.add(one));
        if (at == in_it.end()) in_it.push_back(one);
      } else {
        list.remove(one);
        if (at != in_it.end()) in_it.erase(at);
      }
    }
    auto told = list.take();
    const auto by_address = [](const address_ptr& a, const address_ptr& b) { return a.get() < b.get(); };
    std::sort(told.begin(), told.end(), by_address);
    std::sort(in_it.begin(), in_it.end(), by_address);
    CHECK(std::vector<address_ptr>(told.begin(), told.end()) == in_it);
    CHECK(!list.add(people.front()));
    CHECK(list.take().empty());
  }
}

TEST_CASE(
    "L4: a watcher that ends takes its watches back: who lives long does not keep all who have ever watched "
    "it") {
  testkit::test_system sys;
  const boost::intrusive_ptr<monument> sight{new monument};
  std::vector<ref<tourist>> all;
  for (int i = 0; i < 50; ++i) {
    all.push_back(spawn<tourist>(sys, "t" + std::to_string(i)));
    all.back().tell(look_at{any_ref{sight}});
  }
  sys.settle();
  CHECK(sight->watchers() == 50);
  for (const auto& one : all) one.tell(leave{});
  sys.settle();
  CHECK(sight->watchers() == 0);
}

TEST_CASE("L4: one that is watched from outside is watched once, and no more after an unwatch") {
  testkit::test_system sys;
  const boost::intrusive_ptr<monument> sight{new monument};
  const auto one = spawn<tourist>(sys, "one");
  one.tell(look_at{any_ref{sight}});
  one.tell(look_away{any_ref{sight}});
  sys.settle();
  CHECK(sight->watchers() == 0);
  one.tell(leave{});
  sys.settle();
  CHECK(sight->watchers() == 0);
}

TEST_CASE(
    "L4: a watcher of actors here is let go when it ends, and a parent and its children do not keep each "
    "other") {
  // What is kept shows as a leak under AddressSanitizer: a cell that keeps another keeps itself.
  testkit::test_system sys;
  const auto sight = spawn<tourist>(sys, "sight");
  for (int i = 0; i < 100; ++i) {
    const auto one = spawn<tourist>(sys, "t" + std::to_string(i));
    one.tell(look_at{any_ref{sight.address()}});
    sight.tell(look_at{any_ref{one.address()}});
    one.tell(leave{});
  }
  sys.settle();
  sight.tell(leave{});
  sys.settle();
}

}  // namespace cell_watching_test
