// The search leaves out only schedules that behave like one it has tried: on random programs it finds the same
// results as trying all of them.
#include <array>
#include <set>
#include <sstream>
#include <troupe/base/prng.hpp>

#include "unit/interleave/verdict.hpp"

namespace interleave_search_test {

using namespace interleave;

namespace {

constexpr unsigned cells = 2;

struct operation {
  action what;
  unsigned cell;
};
using thread_code = std::vector<operation>;

struct state {
  std::array<model_atomic<unsigned>, cells> memory;
  std::array<model_mutex, cells> mutexes;
  std::array<model_parker, cells> parkers;
  std::array<std::vector<unsigned>, 3> read;
};

struct results {
  std::set<std::string> seen;
  std::uint64_t runs = 0;
  bool complete = false;
};

void run(state& s, unsigned thread, const thread_code& code) {
  unsigned value = 10 * (thread + 1);
  for (const operation& o : code) {
    auto& cell = s.memory[o.cell];
    switch (o.what) {
      case action::load:
        s.read[thread].push_back(cell.load());
        break;
      case action::put:
        cell.store(++value, std::memory_order_relaxed);
        break;
      case action::store:
        cell.store(++value);
        break;
      case action::rmw: {
        unsigned expected = 0;
        if (!cell.compare_exchange_strong(expected, ++value)) s.read[thread].push_back(expected);
        break;
      }
      case action::fence:
        model_atomics::full_fence();
        break;
      case action::expel:
        model_atomics::heavy_fence();
        break;
      case action::lock:  // a whole section, or the other threads could never end
        s.mutexes[o.cell].lock();
        cell.store(cell.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        s.mutexes[o.cell].unlock();
        break;
      case action::unpark:
        s.parkers[o.cell].unpark();
        s.parkers[o.cell].park();  // may be left without: then it is a deadlock that both must find
        break;
      default:
        break;
    }
  }
}

std::vector<thread_code> random_program(troupe::prng& random) {
  constexpr std::array<action, 10> kinds = {action::load,  action::load,  action::put,   action::put,
                                            action::store, action::rmw,   action::fence, action::expel,
                                            action::lock,  action::unpark};
  std::vector<thread_code> out(2 + random.below(2));
  for (auto& code : out) {
    code.resize(1 + random.below(out.size() == 2 ? 3 : 2));
    for (auto& o : code) o = {kinds[random.below(kinds.size())], static_cast<unsigned>(random.below(cells))};
  }
  return out;
}

// All results that the search finds. A deadlock is one of them and ends the search, so parkers are counted apart.
results all_results(const std::vector<thread_code>& code, bool reduce, std::uint64_t runs_max) {
  results out;
  program<state> p;
  for (unsigned t = 0; t < code.size(); ++t)
    p.threads.push_back([t, &code](state& s) { run(s, t, code[t]); });
  p.check = [&out](state& s) {
    std::ostringstream line;
    for (auto& m : s.memory) line << m.load() << ' ';
    for (auto& r : s.read) {
      line << "| ";
      for (const unsigned v : r) line << v << ' ';
    }
    out.seen.insert(line.str());
  };
  explore_options options;
  options.runs_max = runs_max;
  options.search.reduce = reduce;
  const report r = explore(p, options);
  if (r.failure.find("no thread can run") != std::string::npos) out.seen = {"deadlock"};
  out.complete = r.passed() || out.seen.contains("deadlock");
  out.runs = r.runs;
  return out;
}

}  // namespace

TEST_CASE("IS1: the reduced search finds every result of random programs that trying all orders finds") {
  constexpr std::uint64_t affordable = 3'000;
  std::uint64_t reduced_runs = 0, all_runs = 0;
  unsigned compared = 0;
  troupe::prng random(1);
  for (int i = 0; i < 250; ++i) {
    CAPTURE(i);
    const auto code = random_program(random);
    const results reduced = all_results(code, true, affordable);
    const results all = all_results(code, false, affordable);
    CHECK(reduced.complete);
    if (!all.complete) continue;  // too many orders to try them all
    ++compared;
    CHECK(reduced.seen == all.seen);
    reduced_runs += reduced.runs;
    all_runs += all.runs;
  }
  MESSAGE(compared << " programs, runs: " << reduced_runs << " reduced, " << all_runs << " in all");
  CHECK(compared > 180);
  CHECK(reduced_runs * 10 < all_runs);
}

TEST_CASE("IS2: with a bound on preemptions the search is smaller, and misses what needs more of them") {
  struct counter {
    model_atomic<int> n{0};
  };
  const auto once = [](counter& c) { c.n.store(c.n.load() + 1); };
  const program<counter> p{{once, once},
                           [](counter& c) { require(c.n.load() == 2, "an increment was lost"); }};
  must_pass(explore(p, {.search = {.preemptions_max = 0}}));
  must_fail(p, explore(p, {.search = {.preemptions_max = 1}}), "an increment was lost");
}

TEST_CASE("IS1: threads that never meet need few runs") {
  struct apart {
    std::array<model_atomic<int>, 3> n;
  };
  program<apart> p;
  for (unsigned t = 0; t < 3; ++t)
    p.threads.push_back([t](apart& s) {
      for (int i = 0; i < 5; ++i) s.n[t].fetch_add(1);
    });
  const report r = explore(p);
  must_pass(r);
  CHECK(r.runs == 1);
}

}  // namespace interleave_search_test
