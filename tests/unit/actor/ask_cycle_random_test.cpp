// Random asks among a few actors, whose cycles are held against a model: each that is reported is one, one ask of each fails, and none
// is left (M7, CY3-CY5). No time passes, so nothing can end by its deadline.
#include <doctest/doctest.h>

#include <memory>
#include <troupe/base/prng.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/actor/ask_cycle_model.hpp"
#include "unit/cell/world.hpp"

namespace actor_ask_cycle_random_test {

using namespace troupe;
using cycles::wait_model;

namespace {

constexpr auto very_long = std::chrono::hours{1000};
constexpr unsigned depth_max = 5;

/// Asks others in turn.
struct job {
  std::size_t request = 0;
  unsigned depth = 0;
  using reply = int;
};
/// The same, with others let in.
struct open_job {
  std::size_t request = 0;
  unsigned depth = 0;
  using reply = int;
};
/// Is handed on to somebody.
struct passed_job {
  std::size_t request = 0;
  unsigned depth = 0;
  using reply = int;
};
/// Fills a mailbox.
struct noise {};

using worker_ref = ref<job, open_job, passed_job, noise>;

/// What the actors of a round share.
struct round_state {
  round_state(std::uint64_t s, std::size_t actors) : seed(s), model(actors), all(actors) {}

  /// A generator for one request.
  prng random_for(std::size_t request) const { return prng{seed * 1'000'003 + request}; }

  const std::uint64_t seed;
  wait_model model;
  std::vector<worker_ref> all;
  bool strict = true;  // nobody is restarted: a cycle lasts until somebody hears of it
};
using round_ptr = std::shared_ptr<round_state>;

class worker : public actor<job, open_job, passed_job, noise> {
 public:
  using interleaved = messages<open_job>;
  worker(round_ptr round, std::size_t number) : round_(std::move(round)), number_(number) {}

  task<int> on(job m) { co_return co_await work(m.request, m.depth, true); }
  task<int> on(open_job m) { co_return co_await work(m.request, m.depth, false); }
  delegated<int> on(const passed_job& m) {
    prng random = round_->random_for(m.request);
    const std::size_t to = random.below(round_->all.size());
    round_->model.goes_to(m.request, to);
    return delegate<job>(round_->all[to], m.request, m.depth);
  }
  void on(const noise&) {}

 private:
  /// A handler in the model for as long as its frame lives.
  struct begun {
    begun(round_state& r, std::size_t request, std::size_t actor, bool alone)
        : model(r.model), id(model.begins(request, actor, alone)) {}
    ~begun() { model.ends(id); }
    begun(const begun&) = delete;
    begun& operator=(const begun&) = delete;
    wait_model& model;
    const wait_model::handler_id id;
  };

  task<int> work(std::size_t request, unsigned depth, bool alone) {
    const begun me{*round_, request, number_, alone};
    prng random = round_->random_for(request);
    random.next();
    const std::uint64_t several = depth < depth_max ? random.below(4) : 0;
    int errors = 0;
    for (std::uint64_t i = 0; i < several; ++i) {
      if (random.below(4) == 0) {
        // Both leave now; the second is waited for long after it has left.
        const std::size_t r1 = round_->model.asks(0), r2 = round_->model.asks(0);
        auto first = start(random, r1, depth);
        auto second = start(random, r2, depth);
        round_->model.waits(me.id, r1);
        errors += heard(me.id, co_await first);
        round_->model.waits(me.id, r2);
        errors += heard(me.id, co_await second);
      } else if (random.below(4) == 0) {
        const std::size_t to = random.below(round_->all.size());
        const std::size_t r = round_->model.asks(to);
        round_->model.waits(me.id, r);
        errors += heard(me.id, co_await offer<noise>(round_->all[to]));
      } else {
        const std::size_t r = round_->model.asks(0);
        auto one = start(random, r, depth);
        round_->model.waits(me.id, r);
        errors += heard(me.id, co_await one);
      }
    }
    co_return errors;
  }

  asking<int> start(prng& random, std::size_t r, unsigned depth) {
    const std::size_t to = random.below(round_->all.size());
    const std::uint64_t how = random.below(6);
    round_->model.goes_to(r, to);
    if (how == 0) return ask<open_job>(round_->all[to], very_long, r, depth + 1);
    if (how == 1) return ask<passed_job>(round_->all[to], very_long, r, depth + 1);
    return ask<job>(round_->all[to], very_long, r, depth + 1);
  }

  template <class R>
  int heard(wait_model::handler_id me, const R& what) {
    if (!what && what.error().code == errc::cycle && round_->strict) round_->model.fails_in_cycle(me);
    round_->model.waits(me, wait_model::none);
    return what ? 0 : 1;
  }

  const round_ptr round_;
  const std::size_t number_;
};

/// One round: some actors, some asks from outside; all must come to an end by themselves. Returns how many cycles there were.
std::size_t play(std::uint64_t seed, bool restarts) {
  CAPTURE(seed);
  prng random{seed};
  const std::size_t actors = 2 + random.below(6);
  const auto round = std::make_shared<round_state>(seed, actors);
  round->strict = !restarts;
  testkit::test_options options{.time = testkit::time_kind::manual};
  options.system.workers = 1 + static_cast<unsigned>(random.below(3));
  testkit::test_system sys{testkit::for_doctest(std::move(options))};
  std::vector<supervision> tops;
  for (std::size_t i = 0; i < actors; ++i) {
    const std::string name = "w" + std::to_string(i);
    if (restarts) {
      tops.push_back(supervise(sys, "top" + std::to_string(i), one_for_one{.intensity = 1000},
                               child<worker>(name, round, i)));
      sys.keep("/user/top" + std::to_string(i));
      sys.keep("/user/top" + std::to_string(i) + "/*");
      round->all[i] = tops.back().ref<worker>(name);
      continue;
    }
    // A third of the mailboxes have a bound, which offers wait at.
    spawn_options how{.name = name};
    if (random.below(3) == 0) how.mailbox = bounded(2, overflow::push_back);
    round->all[i] = sys.spawn<worker>(std::move(how), round, i);
  }
  std::vector<future<int>> answers;
  const std::uint64_t roots = 1 + random.below(12);
  for (std::uint64_t i = 0; i < roots; ++i) {
    const std::size_t to = random.below(actors);
    const std::size_t r = round->model.asks(to);
    answers.push_back(round->all[to].ask(job{r, 0}, very_long));
    if (restarts && random.below(2) == 0)
      life::cell_of(round->all[random.below(actors)])->run_inside([](cell& at) {
        if (at.status() == cell_status::running) at.fail({errc::handler_failed, "on purpose"}, nullptr);
      });
  }
  sys.settle();
  CHECK(round->model.open() == 0);  // else a cycle was not found
  CHECK(round->model.wrong() == "");
  if (!restarts) CHECK(sys.events().count(event_kind::ask_cycle) == round->model.cycles());
  for (auto& one : answers) {
    bool there = false;
    one.then([&](const result<int>& r) {
      there = true;
      CHECK((r || r.error().code == errc::restarted || r.error().code == errc::overloaded));
    });
    CHECK(there);
  }
  return sys.events().count(event_kind::ask_cycle);
}

}  // namespace

TEST_CASE(
    "CY3-CY5: of random asks each cycle that is reported is one, one ask of it fails, and none is left") {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) found += play(seed, false);
  CHECK(found > 150);
}

TEST_CASE("CY3, CY4: with actors that are restarted in the middle of it every ask still comes to an end") {
  std::size_t found = 0;
  for (std::uint64_t seed = 1001; seed <= 1060; ++seed) found += play(seed, true);
  CHECK(found > 20);
}

}  // namespace actor_ask_cycle_random_test
