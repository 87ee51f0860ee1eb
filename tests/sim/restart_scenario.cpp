// Workers under supervisors that ask clerks, here and on the other node, while handlers throw, allocations fail and nodes crash. Each failure is
// one restart (S6); an answer reaches the object that asked and none that came after it (L6); and once all is over everybody works again,
// so no wake-up was lost.
#include <map>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/troupe.hpp>

#include "sim/lossy_ports.hpp"
#include "sim/scenarios.hpp"

namespace simulations {

namespace restarts {

struct answer {
  std::uint64_t asker = 0;  // the object, not the actor
};
TROUPE_CONTRACT(answer, "restarts.answer", 1, asker)

/// A question by hand, to be answered with a message: whoever asks so must look for himself whether an answer is still his.
struct question {
  troupe::ref<answer> to;
  std::uint64_t asker = 0;
};
TROUPE_CONTRACT(question, "restarts.question", 1, to, asker)

/// The same as an ask.
struct lookup {
  std::uint64_t asker = 0;
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(lookup, "restarts.lookup", 1, asker)

}  // namespace restarts

namespace {

using namespace troupe;
using restarts::answer;
using restarts::lookup;
using restarts::question;

constexpr unsigned workers = 4;
constexpr duration answer_timeout = seconds{1};

/// What one worker has got since its tally was last cleared.
struct tally {
  std::uint64_t answered = 0;  // questions by hand
  std::uint64_t asks = 0;
  std::uint64_t made = 0;
  std::uint64_t failed = 0;
};

/// What is known of all. It belongs to the test: no crash takes it.
struct book {
  std::map<std::string, tally> of;  // by node and path
  std::uint64_t last_object = 0;
  std::string wrong;  // what should not have happened
};

struct tick {};

class clerk : public actor<question, lookup> {
 public:
  void on_start() { random_ = prng{ports().entropy().next()}; }
  void on(const question& m) { launch(later(m)); }
  std::uint64_t on(const lookup& m) const { return m.asker; }

 private:
  task<void> later(question m) {
    co_await sleep(microseconds{random_.below(20'000)});
    m.to.tell(answer{m.asker});
  }

  prng random_{0};
};

class worker : public actor<tick, answer> {
 public:
  worker(std::shared_ptr<book> to, std::string name, ref<question, lookup> clerk, mutant planted)
      : book_(std::move(to)), name_(std::move(name)), clerk_(std::move(clerk)), planted_(planted) {
    object_ = ++book_->last_object;
    ++book_->of[name_].made;
  }

  void on_start() {
    random_ = prng{ports().entropy().next()};
    launch(work());
  }

  void on(const tick&) {
    // Something for a failing allocation to fail.
    const auto own = std::make_unique<std::string>(64, 'x');
    const std::vector<std::string> more(1 + random_.below(3), *own);
    clerk_.tell(question{self(), object_});
  }

  void on(const answer& m) {
    const auto own = std::make_unique<std::string>(64, 'x');
    // Of the object that was here before; the runtime does this for asks.
    if (m.asker != object_ && planted_ != mutant::old_reply) return;
    take(m.asker);
    ++book_->of[name_].answered;
  }

 private:
  task<void> work() {
    for (;;) {
      co_await sleep(microseconds{1'000 + random_.below(40'000)});
      ref<tick>{self()}.tell(tick{});
      const auto got = co_await ask<lookup>(clerk_, answer_timeout, object_);
      if (!got) continue;
      take(*got);
      ++book_->of[name_].asks;
    }
  }

  void take(std::uint64_t asker) {
    if (asker != object_)
      book_->wrong = "an answer to object " + std::to_string(asker) + " is taken by object " +
                     std::to_string(object_) + " of " + name_;
  }

  std::shared_ptr<book> book_;
  std::string name_;
  ref<question, lookup> clerk_;
  mutant planted_;
  std::uint64_t object_ = 0;
  prng random_{0};
};

/// Counts failures, each of which is to be one restart.
void count_failures(troupe::system& sys, const std::shared_ptr<book>& to, const std::string& node,
                    mutant planted) {
  sys.events().subscribe([&sys, to, node, planted](const event& e) {
    if (e.kind != event_kind::actor_failed || e.path.find("/w") == std::string::npos) return;
    tally& of = to->of[node + e.path];
    ++of.failed;
    // Somebody else who restarts what has failed, now and then: the supervisor does so too.
    if (planted == mutant::double_restart && of.failed % 8 == 0)
      if (const auto failed = sys.env().resolve(e.path)) failed->request_restart();
  });
}

void run(cluster& c, mutant planted) {
  const auto seen = std::make_shared<book>();
  if (planted == mutant::lost_wakeup)
    c.wrap_ports([&c](std::unique_ptr<port::platform> ports, const std::string& host) {
      if (host != "n1") return ports;
      constexpr std::uint64_t turns_max = 2'000;
      return lossy_ports(std::move(ports), 1 + c.world().below(turns_max));
    });
  for (const std::string node_name : {"n1", "n2"}) {
    const std::string peer = node_name == "n1" ? "n2" : "n1";
    c.add(node_name, [seen, node_name, peer, planted](troupe::system& sys) -> std::shared_ptr<void> {
      std::erase_if(seen->of, [&](const auto& one) { return one.first.starts_with(node_name + "/"); });
      count_failures(sys, seen, node_name, planted);
      std::vector<child_spec> specs;
      const std::string clerk_path = "/user/tree/clerk";
      const ref<question, lookup> here = ref_to<question, lookup>(sys.env(), clerk_path);
      const ref<question, lookup> there = node(sys, peer).ref<question, lookup>(clerk_path);
      constexpr std::uint32_t often = 1'000'000;
      const auto tree = supervise(sys, "tree", one_for_one{.intensity = often}, child<clerk>("clerk"),
                                  child<worker>("w0", seen, node_name + "/user/tree/w0", here, planted),
                                  child<worker>("w1", seen, node_name + "/user/tree/w1", there, planted),
                                  child<worker>("w2", seen, node_name + "/user/tree/w2", here, planted)
                                      .poison(poison_policy::retry(2)),
                                  child<worker>("w3", seen, node_name + "/user/tree/w3", there, planted)
                                      .poison(poison_policy::put_back()));
      static_assert(workers == 4);
      return std::make_shared<supervision>(tree);
    });
  }
  c.always("an answer reaches the object that asked", [seen] { return seen->wrong.empty(); });
  c.always("a failure is one restart", [seen] {
    for (const auto& [name, t] : seen->of)
      if (t.made > t.failed + 1) return false;
    return true;
  });
  c.start();
  c.run_past_faults();
  c.run_for(seconds{5});  // all is up and reached again
  c.expect(seen->of.size() == 2 * workers, "all workers are there");
  for (const auto& [name, t] : seen->of)
    c.expect(t.made == t.failed + 1, name + " has been made once, and once for each of its " +
                                         std::to_string(t.failed) + " failures; made " +
                                         std::to_string(t.made));
  for (auto& [name, t] : seen->of) t.answered = t.asks = 0;
  c.run_for(seconds{3});
  for (const auto& [name, t] : seen->of) {
    c.expect(t.answered > 0, "questions of " + name + " are answered once all faults are over");
    c.expect(t.asks > 0, "asks of " + name + " are answered once all faults are over");
  }
}

}  // namespace

scenario restart(mutant planted) {
  return [planted](cluster& c) { run(c, planted); };
}

}  // namespace simulations
