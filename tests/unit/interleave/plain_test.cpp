// Plain data under watch: an order that is too weak is found although x86 would forgive it (IM6).
#include "unit/interleave/verdict.hpp"

namespace interleave_plain_test {

using namespace interleave;

namespace {

using order = std::memory_order;

struct parcel {
  model_plain<int> content{0};
  model_atomic<int> ready{0};
  model_mutex mutex;
  model_parker spot;
};

program<parcel> handed_over(order publish, order look) {
  return {{[publish](parcel& p) {
             p.content = 7;
             p.ready.store(1, publish);
           },
           [look](parcel& p) {
             if (p.ready.load(look) == 1) require(p.content == 7, "not there yet");
           }}};
}

struct node {
  model_plain<int> content{1};
};

}  // namespace

TEST_CASE("IM6: what is published with release and looked for with acquire is no race") {
  must_pass(explore(handed_over(order::release, order::acquire)));
  must_pass(explore(handed_over(order::seq_cst, order::seq_cst)));
}

TEST_CASE("IM6: a relaxed store publishes nothing") {
  const auto p = handed_over(order::relaxed, order::acquire);
  must_fail(p, explore(p), "a race: plain data is read that thread 0 has written");
}

TEST_CASE("IM6: a relaxed load learns nothing") {
  const auto p = handed_over(order::release, order::relaxed);
  must_fail(p, explore(p), "a race: plain data is read that thread 0 has written");
}

TEST_CASE("IM6: a relaxed read-modify-write passes on what the store before it published") {
  const program<parcel> p{{[](parcel& s) {
                             s.content = 7;
                             s.ready.store(1, order::release);
                           },
                           [](parcel& s) { s.ready.fetch_add(1, order::relaxed); },
                           [](parcel& s) {
                             if (s.ready.load(order::acquire) == 2) require(s.content == 7, "not there yet");
                           }}};
  must_pass(explore(p));
}

TEST_CASE("IM6: a compare-exchange that fails has the order for failure") {
  const auto with = [](order otherwise) {
    return program<parcel>{{[](parcel& s) {
                              s.content = 7;
                              s.ready.store(1, order::release);
                            },
                            [otherwise](parcel& s) {
                              int expected = 0;
                              if (!s.ready.compare_exchange_strong(expected, 5, order::acq_rel, otherwise))
                                require(s.content == 7, "not there yet");
                            }}};
  };
  must_pass(explore(with(order::acquire)));
  const auto broken = with(order::relaxed);
  must_fail(broken, explore(broken), "a race");
}

TEST_CASE("IM6: a mutex and a parker pass on what came before") {
  const auto inside = [](parcel& s) {
    s.mutex.lock();
    s.content = s.content + 1;
    s.mutex.unlock();
  };
  must_pass(explore(program<parcel>{{inside, inside, inside}}));
  must_pass(explore(program<parcel>{{[](parcel& s) {
                                       s.content = 7;
                                       s.spot.unpark();
                                     },
                                     [](parcel& s) {
                                       s.spot.park();
                                       require(s.content == 7, "not there yet");
                                     }}}));
}

TEST_CASE("IM6: a write that a reader has not been waited for is a race, whichever comes first") {
  const program<parcel> p{{[](parcel& s) { s.content = 7; }, [](parcel& s) { require(s.content >= 0, ""); }}};
  must_fail(p, explore(p), "a race");
}

TEST_CASE("IM5, IM6: plain data in a block that is freed is not used any more") {
  struct state {
    node* shared = make<node>();
    model_atomic<bool> gone{false};
  };
  const program<state> p{{[](state& s) {
                            if (!s.gone.load()) require(s.shared->content == 1, "somebody else's");
                          },
                          [](state& s) {
                            s.gone.store(true);
                            destroy(s.shared);
                          }}};
  const report r = explore(p);
  CAPTURE(r.text());
  CHECK_FALSE(r.passed());
}

}  // namespace interleave_plain_test
