// Many actors under one supervisor, four threads that send, ask, stop and crash at random from a fixed seed.
#include <doctest/doctest.h>

#include <troupe/base/prng.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace tree_stress_test {

using namespace troupe;
using namespace life;

namespace {

struct numbered {
  int sender;
  int n;
};
struct get_order {
  using reply = bool;
};
struct crash {};
struct quit {};

/// Checks the order of what each sender sends, over restarts too.
class checked : public actor<numbered, get_order, crash, quit> {
 public:
  explicit checked(std::shared_ptr<std::atomic<int>> wrong) : wrong_(std::move(wrong)) {}
  void on(const numbered& m) {
    int& last = last_[static_cast<std::size_t>(m.sender)];
    if (m.n <= last) wrong_->fetch_add(1);
    last = m.n;
  }
  bool on(const get_order&) { return true; }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  void on(const quit&) { stop_self(); }

 private:
  std::array<int, 4> last_{};
  std::shared_ptr<std::atomic<int>> wrong_;
};

}  // namespace

TEST_CASE(
    "M3, M5, L2, S6: under random tells, asks, stops and crashes every ask completes and order is kept") {
  constexpr int actors = 200, steps = 4000;
  auto wrong = std::make_shared<std::atomic<int>>(0);
  auto completed = std::make_shared<std::atomic<int>>(0);
  int asked_in_all = 0;
  {
    troupe::system sys{quiet()};
    std::vector<child_spec> specs;
    for (int i = 0; i < actors; ++i) specs.push_back(child<checked>("a" + std::to_string(i), wrong));
    auto top = supervise(sys, "top", one_for_one{.intensity = 1'000'000},
                         child_supervisor("many", one_for_one{.intensity = 1'000'000}, std::move(specs)));
    std::vector<ref<checked>> all;
    for (int i = 0; i < actors; ++i) all.push_back(top.ref<checked>("many/a" + std::to_string(i)));
    std::array<int, 4> asked{};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        prng random{static_cast<std::uint64_t>(t) + 7};
        for (int step = 1; step <= steps; ++step) {
          const auto& to = all[random.next() % actors];
          switch (random.next() % 16) {
            case 0:
              to.tell(crash{});
              break;
            case 1:
              to.tell(quit{});
              break;
            case 2:
            case 3:
            case 4:
              ++asked[static_cast<std::size_t>(t)];
              to.ask(get_order{}, patience).then([completed](const result<bool>&) {
                completed->fetch_add(1);
              });
              break;
            default:
              to.tell(numbered{t, step});
          }
        }
      });
    for (auto& t : threads) t.join();
    for (const int n : asked) asked_in_all += n;
    CHECK(stop_and_wait(top.ref<checked>("many")));
    for (const auto& r : all) {
      const auto c = sys.env().resolve(r.path());
      if (c) r.ask(get_order{}, patience).get().has_error();
    }
  }
  CHECK(completed->load() == asked_in_all);
  CHECK(wrong->load() == 0);
}

}  // namespace tree_stress_test
