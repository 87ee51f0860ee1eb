// Actors that are spawned on another node, over real sockets and from several threads at once.
#include <doctest/doctest.h>

#include <coroutine>
#include <exception>
#include <thread>
#include <troupe/children/remote_child.hpp>
#include <troupe/node/far_spawn.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/tree/messages.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_far_spawn_test {

using namespace troupe;
using namespace node_test;

namespace {

struct add {
  std::int64_t n = 0;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(add, "far_spawn_test.add", 1, n)
struct fail_now {};
TROUPE_CONTRACT(fail_now, "far_spawn_test.fail_now", 1)

class sum : public actor<add, fail_now> {
 public:
  explicit sum(std::int64_t from) : sum_(from) {}
  std::int64_t on(const add& m) { return sum_ += m.n; }
  void on(const fail_now&) { throw std::runtime_error{"told to"}; }

 private:
  std::int64_t sum_;
};
TROUPE_SPAWNABLE(sum, "far_spawn_test.sum", 1, std::int64_t)

/// n1 asks, n2 makes.
struct two_nodes {
  two_nodes()
      : there(node_test::quiet(), remoting{making()}), here(node_test::quiet(), remoting{w.options("n1")}) {}
  node_options making() const {
    node_options o = w.options("n2");
    o.types.add<sum>();
    o.spawnable = {"far_spawn_test.sum"};
    return o;
  }
  std::size_t living() { return inspect(there.env(), "/user/spawned/n1").children.size(); }

  const world w;
  troupe::system there, here;
};

/// A coroutine of nobody.
struct stray {
  struct promise_type {
    stray get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};
stray await_on_a_thread(spawning<sum>& one, std::string& how) {
  try {
    static_cast<void>(co_await std::move(one));
    how = "nothing was thrown";
  } catch (const failed& no) {
    how = to_string(no.why());
  }
}

}  // namespace

TEST_CASE("NS2, SO1: threads have actors made on another node before the nodes have met") {
  two_nodes t;
  constexpr int threads = 4, each = 25;
  std::vector<std::thread> all;
  std::atomic<int> right{0};
  for (int i = 0; i < threads; ++i)
    all.emplace_back([&] {
      for (int n = 0; n < each; ++n) {
        const auto one = node(t.here, "n2").spawn<sum>(20s, "", n).get();
        if (one && one->ask(add{1}, 20s).get() == result<std::int64_t>{n + 1}) ++right;
      }
    });
  for (auto& one : all) one.join();
  CHECK(right == threads * each);
  CHECK(t.living() == threads * each);
}

TEST_CASE(
    "SO4: on a plain thread an actor of another node can't be awaited, which is said, and can be got still") {
  two_nodes t;
  auto asked = node(t.here, "n2").spawn<sum>(20s, "one", 1);
  std::string how = "it waits";
  await_on_a_thread(asked, how);
  CHECK(how == "invalid: an actor on another node is awaited in an actor; a thread uses get()");
  CHECK(asked.get().value().ask(add{1}, 20s).get() == result<std::int64_t>{2});
  CHECK(t.living() == 1);
}

TEST_CASE("R3, NS2: the end of an actor that was spawned on another node is told like any other") {
  two_nodes t;
  const auto one = node(t.here, "n2").spawn<sum>(20s, "one", 1).get().value();
  CHECK(one.path() == "n2:/user/spawned/n1/one");
  const auto ended = std::make_shared<life::journal>();
  one.address()->watch_from_outside(*address_ptr{new life::watcher{ended}}, true);
  one.tell(fail_now{});
  CHECK(ended->wait_for("gone n2:/user/spawned/n1/one failed"));
}

TEST_CASE("FC1-FC5: a remote child is put back again and again, and what waits for it is answered") {
  two_nodes t;
  const auto seen = life::listen(t.here);
  auto tree = supervise(t.here, "top", one_for_one{.intensity = 1000},
                        remote_child<sum>("sum", on_node("n2").patience(20s), 100));
  const auto s = tree.ref<sum>("sum");
  for (int i = 1; i <= 20; ++i) {
    s.tell(fail_now{});
    REQUIRE(seen->wait_for("actor_restarted /user/top/sum", i));
    CHECK(s.ask(add{i}, 20s).get() == result<std::int64_t>{100 + i});
  }
  CHECK(t.living() == 1);
  const auto ended = std::make_shared<life::journal>();
  tree.when_ended([&](const exit_reason& why) { ended->note(std::string{to_string(why.kind)}); });
  tree.stop();
  CHECK(ended->wait_for("shutdown"));
  CHECK(t.living() == 0);
}

TEST_CASE(
    "FC3, S12: a node that goes down in peace takes its remote child along, which waits for it to come "
    "back") {
  std::optional<two_nodes> t;
  t.emplace();
  const auto seen = life::listen(t->here);
  const auto tree = supervise(t->here, "top", one_for_one{.intensity = 1000},
                              remote_child<sum>("sum", on_node("n2").patience(20s), 100));
  CHECK(tree.ref<sum>("sum").ask(add{1}, 20s).get() == result<std::int64_t>{101});
  t->there.shutdown();
  auto later = tree.ref<sum>("sum").ask(add{2}, 20s);
  troupe::system again{node_test::quiet(), remoting{t->making()}};
  REQUIRE(seen->wait_for("actor_restarted /user/top/sum"));
  // Asked before this was known here it may have failed; asked now it is answered.
  static_cast<void>(later.get());
  CHECK(tree.ref<sum>("sum").ask(add{2}, 20s).get().has_value());
}

}  // namespace node_far_spawn_test
