// Children that are started below a supervisor of another node, over real sockets (CN1-CN5).
#include <doctest/doctest.h>

#include <thread>
#include <troupe/children/far_supervisor.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_far_admin_test {

using namespace troupe;
using namespace node_test;

namespace {

struct add {
  std::int64_t n = 0;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(add, "far_admin_test.add", 1, n)
struct hang {
  using reply = bool;
};
TROUPE_CONTRACT(hang, "far_admin_test.hang", 1)
struct fail_now {};
TROUPE_CONTRACT(fail_now, "far_admin_test.fail_now", 1)

class sum : public actor<add, fail_now, hang> {
 public:
  static inline life::gate_ptr gate;
  static inline life::journal_ptr notes;

  sum(std::string name, std::int64_t from) : name_(std::move(name)), sum_(from) {}
  std::int64_t on(const add& m) { return sum_ += m.n; }
  void on(const fail_now&) { throw std::runtime_error{name_ + " was told to"}; }
  bool on(const hang&) {
    notes->note("hangs");
    gate->pass();
    return true;
  }

 private:
  const std::string name_;
  std::int64_t sum_;
};
TROUPE_SPAWNABLE(sum, "far_admin_test.sum", 1, std::string, std::int64_t)

/// n1 asks; n2 has /user/top.
struct two_nodes {
  two_nodes()
      : there(node_test::quiet(), remoting{making()}), here(node_test::quiet(), remoting{w.options("n1")}) {
    REQUIRE(wait_for_peer(here, true));
  }
  node_options making() const {
    node_options o = w.options("n2");
    o.types.add<sum>();
    o.spawnable = {"far_admin_test.sum"};
    return o;
  }

  const world w;
  troupe::system there, here;
};

}  // namespace

TEST_CASE("CN1, CN3: threads start children below a supervisor of another node, and fail them, all at once") {
  two_nodes t;
  const auto top = supervise(t.there, "top", one_for_one{.intensity = 1000});
  const far_supervisor far{node(t.here, "n2"), "/user/top"};
  constexpr int threads = 4, each = 15;
  std::vector<std::thread> all;
  std::atomic<int> right{0};
  for (int i = 0; i < threads; ++i)
    all.emplace_back([&, i] {
      for (int n = 0; n < each; ++n) {
        const std::string id = "c" + std::to_string(i) + "_" + std::to_string(n);
        const auto made = far.start<sum>(20s, id, id, n).get();
        if (!made || made->path != "/user/top/" + id) continue;
        const auto one = node(t.here, "n2").ref<sum>(made->path);
        one.tell(fail_now{});
        if (one.ask(add{1}, 20s).get() == result<std::int64_t>{n + 1}) ++right;
      }
    });
  for (auto& one : all) one.join();
  CHECK(right == threads * each);
  const auto children = far.admin().ask(which_children{}, 20s).get().value();
  CHECK(children.size() == threads * each);
  for (const child_info& one : children) CHECK(one.restarts == 1);
  const auto no = far.start<sum>(20s, "c0_0", "x", 1).get();
  CHECK(no.error().code == errc::already_exists);
}

TEST_CASE("CN1, S5: a child is given the time to stop in that who has started it from another node said") {
  sum::gate = std::make_shared<life::gate>();
  sum::notes = std::make_shared<life::journal>();
  const auto slow = std::make_shared<life::journal>();
  two_nodes t;
  const std::shared_ptr<void> at_the_end{nullptr, [](void*) { sum::gate->open(); }};
  t.there.events().subscribe([slow](const event& e) {
    if (e.kind == event_kind::shutdown_slow) slow->note(e.path + " " + e.reason);
  });
  const auto top = supervise(t.there, "top", one_for_one{});
  const far_supervisor far{node(t.here, "n2"), "/user/top"};
  REQUIRE(far.start<sum>(20s, child_there{"hung"}.shutdown(20ms), "hung", 1).get().has_value());
  const auto hung = node(t.here, "n2").ref<sum>("/user/top/hung").ask(hang{}, 20s);
  REQUIRE(sum::notes->wait_for("hangs"));
  CHECK(far.admin().ask(terminate_child{"hung"}, 20s).get().has_value());
  CHECK(slow->all() == life::lines{"/user/top/hung did not stop within 20 ms"});
}

}  // namespace node_far_admin_test
