// What parking must hold under every order of steps: a worker that announces that it will sleep, looks once more, and
// then sleeps, never sleeps while there is work that somebody has announced.
//
// `Parking` is an eventcount, or a thin adapter to it, on model_atomics and model_parker:
//
//   struct Parking {
//     explicit Parking(unsigned workers);
//     void prepare(unsigned worker);    // I am about to sleep
//     void cancel(unsigned worker);     // I found something after all
//     void commit(unsigned worker);     // I sleep until I am notified; at once if that has happened since prepare
//     void notify_one();                // any thread, after it has made work visible with a release store
//     void notify_all();
//   };
#pragma once

#include <array>

#include "unit/interleave/explore.hpp"

namespace interleave {

/// Work is a number that one producer raises and that workers take their share of.
template <class Parking, unsigned Workers, unsigned Items>
struct workplace {
  /// Takes one piece of work, false if there is none.
  bool take() {
    unsigned n = taken.load();
    while (n < published.load(std::memory_order_acquire))
      if (taken.compare_exchange_strong(n, n + 1)) return true;
    return false;
  }
  bool anything() { return taken.load() < published.load() || done.load(); }

  /// Works until all is done; the one that does the last piece tells the others.
  void work(unsigned worker) {
    for (;;) {
      while (take()) {
        if (finished.fetch_add(1) + 1 < Items) continue;
        done.store(true, std::memory_order_release);
        parking.notify_all();
      }
      if (done.load()) return;
      parking.prepare(worker);
      if (anything())
        parking.cancel(worker);
      else
        parking.commit(worker);
    }
  }

  Parking parking{Workers};
  model_atomic<unsigned> published{0}, taken{0}, finished{0};
  model_atomic<bool> done{false};
};

/// No worker sleeps for ever while there is work, or when all is done.
template <class Parking, unsigned Workers = 2, unsigned Items = 1>
program<workplace<Parking, Workers, Items>> no_notification_is_lost() {
  using state = workplace<Parking, Workers, Items>;
  program<state> p;
  p.threads.push_back([](state& s) {
    for (unsigned i = 1; i <= Items; ++i) {
      s.published.store(i, std::memory_order_release);
      s.parking.notify_one();
    }
  });
  for (unsigned w = 0; w < Workers; ++w) p.threads.push_back([w](state& s) { s.work(w); });
  p.check = [](state& s) { require(s.finished.load() == Items, "work was left undone"); };
  return p;
}

}  // namespace interleave
