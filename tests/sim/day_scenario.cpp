// A day with a failure each second: the memory is flat. Trees of every strategy, children that wait, that are cut off and that keep their
// poison; a peer that asks them, watches those that come and go, and hears of all that ends. What the process holds is looked at each hour.
#include <malloc.h>

#include <array>
#include <cstdio>
#include <set>
#include <troupe/engine/block_pool.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/troupe.hpp>

#include "sim/scenarios.hpp"

namespace simulations {

namespace days {

/// Somebody serves, and wants to be watched.
struct here_i_am {
  troupe::ref<> who;
};
TROUPE_CONTRACT(here_i_am, "day.here_i_am", 1, who)

/// How many messages an object has had.
struct count {
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(count, "day.count", 1)

}  // namespace days

namespace {

using namespace troupe;
using days::count;
using days::here_i_am;

constexpr int hours_simulated = 24;
constexpr int failures_an_hour = 3'600;
/// When all that is kept on purpose (the last decisions, a recorder's ring, tables that have grown) is as full as it gets.
constexpr int full_after = 2;
/// What 22 hours may add: less than a byte a failure, and far less than any object.
constexpr std::int64_t growth_max = 64 * 1024;
constexpr std::size_t sessions = 8;

struct fail {};
struct quit {};

/// What is seen of all; the test's.
struct book {
  std::uint64_t failures = 0, restarts = 0, give_ups = 0, starts = 0;
  std::uint64_t told = 0, answered = 0, unanswered = 0;
  std::set<std::string> sessions_up;
  std::vector<std::string> kept;  // what the planted leak keeps
};

/// Has a state to lose, and asks those beside it.
class worker : public actor<fail, count> {
 public:
  explicit worker(std::string beside) : beside_(std::move(beside)) {}

  void on_start() {
    state_.assign(1'000, 'x');
    launch(work());
    at_fixed_rate(seconds{7}, [this] { ++handled_; });
  }
  void on(const fail&) { throw std::runtime_error("told to fail, with " + std::to_string(handled_)); }
  std::uint64_t on(const count&) { return ++handled_; }

 private:
  task<void> work() {
    const auto other = find<count>(beside_);
    for (;;) {
      co_await sleep(seconds{5});
      if (const auto got = co_await ask<count>(other, seconds{1})) handled_ += *got != 0;
    }
  }

  std::string beside_;
  std::string state_;
  std::uint64_t handled_ = 0;
};

/// Comes and goes; both nodes watch it.
class session : public actor<fail, quit, count> {
 public:
  session(std::shared_ptr<book> to, ref<here_i_am> watched_by)
      : book_(std::move(to)), watched_by_(std::move(watched_by)) {}
  void on_start() {
    ++book_->starts;
    book_->sessions_up.insert(std::string{path()});
    watched_by_.tell(here_i_am{self()});
  }
  void on_stop() { book_->sessions_up.erase(std::string{path()}); }
  void on(const fail&) { throw std::out_of_range("told to fail"); }
  void on(const quit&) { stop_self(); }
  std::uint64_t on(const count&) const { return 1; }

 private:
  std::shared_ptr<book> book_;
  ref<here_i_am> watched_by_;
};

/// Lives on the other node: watches the sessions, and asks the workers.
class client : public actor<here_i_am> {
 public:
  client(std::shared_ptr<book> to, std::vector<ref<count>> workers)
      : book_(std::move(to)), workers_(std::move(workers)) {}
  void on_start() {
    at_fixed_rate(seconds{1}, [this] { launch(ask_one()); });
  }
  void on(const here_i_am& m) { watch(m.who); }
  void on_terminated(const terminated&) { ++book_->told; }

 private:
  task<void> ask_one() {
    const auto got = co_await ask<count>(workers_[next_++ % workers_.size()], milliseconds{500});
    ++(got ? book_->answered : book_->unanswered);
  }

  std::shared_ptr<book> book_;
  std::vector<ref<count>> workers_;
  std::size_t next_ = 0;
};

/// The leaves that fail, and whom each asks.
constexpr std::array<std::array<const char*, 2>, 13> leaves{{
    {"one/w0", "one/w1"},
    {"one/w1", "all/w0"},
    {"all/w0", "all/w1"},
    {"all/w1", "rest/w2"},
    {"all/w2", "one/w0"},
    {"rest/w0", "rest/w1"},
    {"rest/w1", "all/w2"},
    {"rest/w2", "waits"},
    {"waits", "cut_off"},
    {"cut_off", "keeps"},
    {"keeps", "tries_again"},
    {"tries_again", "one/w0"},
    {"frail/w", "one/w0"},
}};
const std::string top = "/user/top/";

child_builder worker_at(std::string_view path) {
  for (const auto& [who, beside] : leaves)
    if (path == who) return child<worker>(std::string{path.substr(path.find('/') + 1)}, top + beside);
  throw std::invalid_argument{"there is no leaf " + std::string{path}};
}

std::shared_ptr<void> tree_on(troupe::system& sys, const std::shared_ptr<book>& to, mutant planted) {
  sys.events().subscribe([to, planted](const event& e) {
    to->failures += e.kind == event_kind::actor_failed;
    to->restarts += e.kind == event_kind::actor_restarted;
    to->give_ups += e.kind == event_kind::escalated;
    if (e.kind == event_kind::actor_failed && planted == mutant::kept_failure) to->kept.push_back(e.path);
  });
  const auto client_there = node(sys, "n2").ref<here_i_am>("/user/client");
  // One failure a second, each of which may take a group along: more than this in ten seconds is a loop.
  constexpr std::uint32_t often = 15;
  constexpr duration in = seconds{10};
  return std::make_shared<supervision>(supervise(
      sys, "top", one_for_one{.intensity = often, .period = in},
      child_supervisor("one", one_for_one{often, in}, worker_at("one/w0"), worker_at("one/w1")),
      child_supervisor("all", one_for_all{often, in}, worker_at("all/w0"), worker_at("all/w1"),
                       worker_at("all/w2")),
      child_supervisor("rest", rest_for_one{often, in}, worker_at("rest/w0"), worker_at("rest/w1"),
                       worker_at("rest/w2")),
      child_supervisor("sessions", dynamic{often, in}, child_template<session>(to, client_there).transient()),
      child_supervisor("frail", one_for_one{.intensity = 1, .period = seconds{5}}, worker_at("frail/w")),
      worker_at("waits").backoff({.min = milliseconds{100}, .max = seconds{2}}),
      worker_at("cut_off").circuit({.failures_max = 3, .within = seconds{30}, .open_for = seconds{10}}),
      worker_at("keeps").poison(poison_policy::retry(1)).mailbox(bounded(100)),
      worker_at("tries_again").poison(poison_policy::retry(2))));
}

/// What the process holds, in bytes: the heap's blocks and the slabs of the pools. What is resident is more, by what is kept warm.
std::int64_t held() {
  const auto heap = mallinfo2();
  const auto blocks = engine::block_usage();
  return static_cast<std::int64_t>(heap.uordblks + heap.hblkhd + blocks.slabs_in_use * blocks.slab_bytes);
}

/// Somebody fails; now and then a session ends, and another comes for it.
void one_second(cluster& c, const book& seen) {
  c.run_for(milliseconds{200 + c.world().below(600)});
  const std::uint64_t which = c.world().below(leaves.size() + 3);
  if (which < leaves.size()) {
    c.find<fail>("n1", "n1", top + leaves[which][0]).tell(fail{});
  } else if (const auto& up = seen.sessions_up; !up.empty()) {
    const std::string whose = *std::next(up.begin(), static_cast<std::ptrdiff_t>(c.world().below(up.size())));
    if (which == leaves.size()) c.find<quit>("n1", "n1", whose).tell(quit{});
    c.find<fail>("n1", "n1", whose).tell(fail{});
  }
  if (seen.sessions_up.size() < sessions)
    c.find<start_from_pattern>("n1", "n1", top + "sessions").tell(start_from_pattern{});
}

void run(cluster& c, mutant planted) {
  const auto seen = std::make_shared<book>();
  c.add("n1", [seen, planted](troupe::system& sys) { return tree_on(sys, seen, planted); });
  c.add("n2", [seen](troupe::system& sys) -> std::shared_ptr<void> {
    std::vector<ref<count>> workers;
    for (const auto& leaf : leaves) workers.push_back(node(sys, "n1").ref<count>(top + leaf[0]));
    spawn<client>(sys, "client", seen, workers);
    return {};
  });
  c.start();
  const time_point begun = c.world().now();
  std::array<std::int64_t, hours_simulated + 1> at{};
  for (int hour = 1; hour <= hours_simulated; ++hour) {
    for (int i = 0; i < failures_an_hour; ++i) {
      one_second(c, *seen);
      const auto next = begun + seconds{(hour - 1) * failures_an_hour + i + 1};
      if (c.world().now() < next) c.run_for(next - c.world().now());
    }
    c.run_for(milliseconds{1});
    at[static_cast<std::size_t>(hour)] = held();
    if (hour <= full_after) continue;
    const std::int64_t grown = at[static_cast<std::size_t>(hour)] - at[full_after];
    if (grown > growth_max)
      std::printf("day: hour %d holds %lld bytes more than hour %d\n", hour, static_cast<long long>(grown),
                  full_after);
    c.expect(grown <= growth_max, "what is held stays as it was after hour " + std::to_string(full_after));
  }
  std::printf(
      "day: %llu failures, %llu restarts, %llu supervisors gave up; %llu sessions began and %llu ends were "
      "told; "
      "asks: %llu answered, %llu not; held after hour 1, 2, 12, 24: %lld %lld %lld %lld bytes\n",
      static_cast<unsigned long long>(seen->failures), static_cast<unsigned long long>(seen->restarts),
      static_cast<unsigned long long>(seen->give_ups), static_cast<unsigned long long>(seen->starts),
      static_cast<unsigned long long>(seen->told), static_cast<unsigned long long>(seen->answered),
      static_cast<unsigned long long>(seen->unanswered), static_cast<long long>(at[1]),
      static_cast<long long>(at[2]), static_cast<long long>(at[12]), static_cast<long long>(at[24]));
  c.expect(seen->failures >= std::uint64_t{failures_an_hour} * hours_simulated * 9 / 10,
           "about a failure each second");
  c.expect(seen->give_ups > 100, "frail supervisors give up");
  c.expect(seen->answered > seen->unanswered, "most asks are answered");
}

}  // namespace

scenario day(mutant planted) {
  return [planted](cluster& c) { run(c, planted); };
}

}  // namespace simulations
