// Callers on three nodes tell and ask clerks on the others all the time, whole loads among it, while nodes crash and ways are cut: what a clerk handles of
// one caller comes once and in order, over all of its lives (M3), each ask ends once (L6), and once all faults are over nothing gets lost.
#include <deque>
#include <map>
#include <set>
#include <troupe/troupe.hpp>

#include "sim/scenarios.hpp"

namespace simulations {

namespace traffic {

using namespace troupe;

/// The next of a caller's numbers; `load` is the number again, some times.
struct entry {
  std::uint64_t caller = 0, number = 0;
  std::vector<std::uint64_t> load;
};
TROUPE_CONTRACT(entry, "traffic.entry", 1, caller, number, load)
/// The same, answered with the number.
struct question {
  std::uint64_t caller = 0, number = 0;
  std::vector<std::uint64_t> load;
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(question, "traffic.question", 1, caller, number, load)
/// Never answered.
struct never {
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(never, "traffic.never", 1)
/// Who is there, exactly.
struct known_clerk {
  ref<never> who;
  std::uint64_t life = 0;
};
TROUPE_CONTRACT(known_clerk, "traffic.known_clerk", 1, who, life)
struct introduce {
  using reply = known_clerk;
};
TROUPE_CONTRACT(introduce, "traffic.introduce", 1)

/// What one caller has done and seen. A caller ends with its node, and what it waited for with it.
struct record {
  std::uint64_t last = 0;  // its numbers so far
  std::uint64_t asked = 0, answered = 0, failed = 0, refused = 0;
  std::uint64_t resumed = 0;          // its last number before the faults were over
  std::set<std::uint64_t> waits_for;  // lives of clerks that have not answered
  std::string wrong;
};

/// What there is, outside of the simulation.
struct book {
  bool paused = false;
  bool is_whole = false;  // all faults are over
  std::uint64_t callers = 0, clerks = 0;
  std::set<std::uint64_t> lives;                         // of clerks that are there
  std::map<std::uint64_t, std::uint64_t> handled;        // the last number that was, of each caller
  std::map<std::uint64_t, std::uint64_t> since_resumed;  // how many were, of each
  std::string twice, spoiled;
  std::map<std::string, std::shared_ptr<record>> now;  // of the callers that are there, by name
};

class clerk : public actor<entry, question, never, introduce> {
 public:
  explicit clerk(std::shared_ptr<book> to) : book_(std::move(to)), life_(++book_->clerks) {
    book_->lives.insert(life_);
  }
  ~clerk() override { book_->lives.erase(life_); }
  void on(const entry& m) { take(m.caller, m.number, m.load); }
  std::uint64_t on(const question& m) {
    take(m.caller, m.number, m.load);
    return m.number;
  }
  promise<std::uint64_t> on(const never&) { return kept_.emplace_back(answer_later<std::uint64_t>()); }
  known_clerk on(const introduce&) { return {ref<never>{self()}, life_}; }

 private:
  void take(std::uint64_t caller, std::uint64_t number, const std::vector<std::uint64_t>& load) {
    std::uint64_t& last = book_->handled[caller];
    if (number <= last)
      book_->twice =
          std::to_string(number) + " of caller " + std::to_string(caller) + " behind " + std::to_string(last);
    last = number;
    ++book_->since_resumed[caller];
    for (const auto n : load)
      if (n != number) book_->spoiled = std::to_string(number) + " of caller " + std::to_string(caller);
  }

  std::shared_ptr<book> book_;
  std::uint64_t life_;
  std::deque<promise<std::uint64_t>> kept_;
};

using clerk_ref = ref<entry, question, introduce>;

class caller : public actor<> {
 public:
  caller(std::shared_ptr<book> to, const std::string& name, clerk_ref peer, mutant planted)
      : book_(std::move(to)), number_(++book_->callers), peer_(std::move(peer)), planted_(planted) {
    book_->now[name] = mine_;
  }
  void on_start() {
    random_ = prng{ports().entropy().next()};
    launch(work());
    launch(wait_for_the_end());
  }

 private:
  std::vector<std::uint64_t> load() {
    // Now and then some parts' worth.
    return std::vector<std::uint64_t>(random_.below(50) == 0 ? random_.below(30'000) : random_.below(20),
                                      mine_->last);
  }
  void tell_some() {
    for (auto left = 1 + random_.below(20); left > 0; --left) {
      ++mine_->last;
      peer_.tell(entry{number_, mine_->last, load()});
    }
  }
  task<void> ask_one() {
    // Who gives up soon has his question thrown away, so that counts nothing when nothing is to get lost.
    constexpr duration times[] = {milliseconds{20}, seconds{1}, seconds{20}};
    const duration patience = times[book_->is_whole ? 2 : random_.below(3)];
    const std::uint64_t number = ++mine_->last;
    ++mine_->asked;
    const auto got = co_await ask<question>(peer_, patience, number_, number, load());
    ++(got ? mine_->answered : mine_->failed);
    if (got && *got != number) mine_->wrong = "the answer to " + std::to_string(number);
    if (got || planted_ != mutant::told_again) co_return;
    co_await sleep(seconds{1});
    peer_.tell(entry{number_, number, {}});
  }
  task<void> work() {
    for (;;) {
      co_await sleep(milliseconds{1 + random_.below(100)});
      if (book_->paused) continue;
      switch (random_.below(4)) {
        case 0:
          co_await ask_one();
          break;
        case 1:
          launch(ask_one());
          break;
        case 2: {
          ++mine_->last;
          const auto queued = co_await offer<entry>(peer_, number_, mine_->last, load());
          mine_->refused += !queued;
          break;
        }
        default:
          tell_some();
      }
    }
  }
  // Asks what is never answered of one clerk after the other: it is over when he is gone, or said to be.
  task<void> wait_for_the_end() {
    for (;;) {
      co_await sleep(milliseconds{100});
      const auto there = co_await ask<introduce>(peer_, seconds{1});
      if (!there) continue;
      mine_->waits_for.insert(there->life);
      const auto end = co_await ask<never>(there->who, hours{10});
      mine_->waits_for.erase(there->life);
      if (end) mine_->wrong = "an answer to what is never answered";
    }
  }

  std::shared_ptr<book> book_;
  const std::uint64_t number_;
  const clerk_ref peer_;
  const mutant planted_;
  const std::shared_ptr<record> mine_ = std::make_shared<record>();
  prng random_{0};
};

void run(cluster& c, mutant planted) {
  const auto seen = std::make_shared<book>();
  const std::vector<std::string> names{"n1", "n2", "n3"};
  for (const auto& name : names)
    c.add(
        name,
        [seen, name, names, planted](troupe::system& sys) -> std::shared_ptr<void> {
          for (const std::string desk : {"clerk", "freight"}) {
            spawn<clerk>(sys, desk, seen);
            for (const auto& peer : names)
              if (peer != name)
                spawn<caller>(sys, desk + "_of_" + peer, seen, name + " to " + desk + " of " + peer,
                              node(sys, peer).ref<entry, question, introduce>("/user/" + desk), planted);
          }
          return {};
        },
        [](system_options&, node_options& n) {
          n.down_after = milliseconds{2500};
          n.bulk = {"/user/freight"};
        });
  c.always("nothing comes twice or out of order", [seen] { return seen->twice.empty(); });
  c.always("what is handled is what was sent", [seen] { return seen->spoiled.empty(); });
  c.start();
  c.run_past_faults();
  seen->paused = true;
  c.run_for(seconds{30});  // longer than anybody waits, and than it takes to find each other again
  for (const auto& [name, one] : seen->now) {
    c.expect(one->wrong.empty(), "there is no " + one->wrong + ", " + name);
    c.expect(one->asked == one->answered + one->failed, "each ask has ended, " + name);
    for (const std::uint64_t life : one->waits_for)
      c.expect(seen->lives.contains(life), "nobody waits for a clerk that is gone, " + name);
    one->resumed = one->last;
    one->failed = one->refused = 0;
  }
  seen->since_resumed.clear();
  seen->is_whole = true;
  seen->paused = false;
  c.run_for(seconds{2});
  seen->paused = true;
  c.run_for(seconds{22});
  for (const auto& [name, one] : seen->now) {
    c.expect(one->last > one->resumed, name + " has gone on");
    c.expect(one->failed == 0 && one->refused == 0, "nothing fails when the faults are over, " + name);
  }
  std::uint64_t sent = 0, came = 0;
  for (const auto& [name, one] : seen->now) sent += one->last - one->resumed;
  for (const auto& [caller, count] : seen->since_resumed) came += count;
  c.expect(came == sent, "all that is sent when the faults are over arrives");
}

}  // namespace traffic

troupe::scenario callers_and_clerks(mutant planted) {
  return [planted](troupe::cluster& c) { traffic::run(c, planted); };
}

}  // namespace simulations
