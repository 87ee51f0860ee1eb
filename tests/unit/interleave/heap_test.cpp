// The heap of the checker, and the classic mistake of a lock-free stack.
#include "unit/interleave/verdict.hpp"

namespace interleave_heap_test {

using namespace interleave;

namespace {

struct node {
  model_atomic<node*> next{nullptr};
};

// R. K. Treiber's stack, with a pop that reads a node somebody else may have taken and freed.
struct stack {
  stack() {
    for (int i = 0; i < 3; ++i) push(make<node>());
  }
  ~stack() {
    while (node* const n = take()) destroy(n);
  }
  void push(node* n) {
    node* before = head.load(std::memory_order_relaxed);
    do n->next.store(before, std::memory_order_relaxed);
    while (!head.compare_exchange_weak(before, n, std::memory_order_release, std::memory_order_relaxed));
  }
  node* pop() {
    node* n = head.load(std::memory_order_acquire);
    while (n && !head.compare_exchange_weak(n, n->next.load(std::memory_order_relaxed))) {
    }
    return n;
  }
  // The one pop that is safe: everything at once, the rest put back by its only owner.
  node* take() {
    node* const n = head.exchange(nullptr);
    if (n) head.store(n->next.load());
    return n;
  }

  model_atomic<node*> head{nullptr};
};

}  // namespace

TEST_CASE("a Treiber pop that frees what it popped reads freed memory") {
  const auto pop_one = [](stack& s) {
    if (node* const n = s.pop()) destroy(n);
  };
  const program<stack> p{{pop_one, pop_one}};
  must_fail(p, explore(p), "use after free: load cell");
}

TEST_CASE("a Treiber pop that pushes its nodes again takes one twice (ABA)") {
  struct popped : stack {
    node* first = nullptr;
    node* second = nullptr;
  };
  const program<popped> p{{[](popped& s) { s.first = s.pop(); },
                           [](popped& s) {
                             node* const a = s.pop();
                             s.second = s.pop();
                             if (a) s.push(a);
                           }},
                          [](popped& s) {
                            for (node* n = s.head.load(); n; n = n->next.load())
                              require(n != s.first && n != s.second, "a node is taken and still there");
                            s.head.store(nullptr);
                          }};
  must_fail(p, explore(p), "a node is taken and still there");
}

TEST_CASE("pushes alone lose nothing") {
  struct state : stack {};
  const auto push_two = [](state& s) {
    s.push(make<node>());
    s.push(make<node>());
  };
  const program<state> p{{push_two, push_two}, [](state& s) {
                           int count = 0;
                           for (node* n = s.head.load(); n; n = n->next.load()) ++count;
                           require(count == 7, "a node was lost");
                         }};
  must_pass(explore(p));
}

TEST_CASE("a second free is found, in whatever order the two come") {
  struct state {
    node* shared = make<node>();
    model_atomic<int> turn{0};
  };
  const auto free_it = [](state& s) { destroy(s.shared); };
  const program<state> p{{free_it, free_it}};
  must_fail(p, explore(p), "freed twice");
}

TEST_CASE("a free that may overtake a use is found although the two touch different cells") {
  struct state {
    node* shared = make<node>();
    model_atomic<bool> gone{false};
  };
  const program<state> p{{[](state& s) {
                            if (!s.gone.load()) s.shared->next.load();
                          },
                          [](state& s) {
                            s.gone.store(true);
                            destroy(s.shared);
                          }}};
  must_fail(p, explore(p), "use after free");
}

TEST_CASE("what is not freed can be counted") {
  struct state {
    node* kept = nullptr;
  };
  const program<state> p{{[](state& s) {
                           s.kept = make<node>();
                           destroy(make<node>());
                         }},
                         [](state&) { require(blocks_alive() == 1, "not one block"); }};
  must_pass(explore(p));
}

}  // namespace interleave_heap_test
