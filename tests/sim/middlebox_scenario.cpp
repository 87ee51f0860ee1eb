// Nodes whose connections pass a broken box: it forgets one side of a connection, doubles bytes and cuts them off. Whatever arrives, no node
// may crash (R8), and once the box is whole again everybody is reached again.
#include <map>
#include <set>
#include <troupe/troupe.hpp>

#include "sim/scenarios.hpp"

namespace simulations {

namespace middlebox {

struct note {
  std::string from;
  std::uint64_t number = 0;
  std::vector<std::uint64_t> load;  // the number, some times
};
TROUPE_CONTRACT(note, "middlebox.note", 1, from, number, load)

struct echo {
  std::uint64_t number = 0;
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(echo, "middlebox.echo", 1, number)

}  // namespace middlebox

namespace {

using namespace troupe;
using middlebox::echo;
using middlebox::note;

/// What has arrived. It belongs to the test.
struct book {
  std::set<std::pair<std::string, std::uint64_t>> notes;
  std::string twice, spoiled;                     // what should not have arrived
  std::map<std::string, std::uint64_t> answered;  // asks, by way
};

struct nothing {};

class receiver : public actor<note, echo> {
 public:
  receiver(std::shared_ptr<book> to, std::string name) : book_(std::move(to)), name_(std::move(name)) {}
  void on(const note& m) {
    const bool is_new = book_->notes.insert({m.from + ">" + name_, m.number}).second;
    if (!is_new) book_->twice = "note " + std::to_string(m.number) + " of " + m.from;
    for (const auto n : m.load)
      if (n != m.number) book_->spoiled = "note " + std::to_string(m.number) + " of " + m.from;
  }
  std::uint64_t on(const echo& m) const { return m.number; }

 private:
  std::shared_ptr<book> book_;
  std::string name_;
};

class sender : public actor<nothing> {
 public:
  sender(std::shared_ptr<book> to, std::string name, std::string way, ref<note, echo> peer)
      : book_(std::move(to)), name_(std::move(name)), way_(std::move(way)), peer_(std::move(peer)) {}
  void on_start() {
    random_ = prng{ports().entropy().next()};
    launch(work());
  }
  void on(const nothing&) {}

 private:
  task<void> work() {
    for (std::uint64_t number = 1;; ++number) {
      co_await sleep(microseconds{1'000 + random_.below(50'000)});
      peer_.tell(note{name_, number, std::vector<std::uint64_t>(random_.below(50), number)});
      const auto got = co_await ask<echo>(peer_, seconds{1}, number);
      if (!got) continue;
      if (*got != number) book_->spoiled = "the answer to " + std::to_string(number) + " of " + name_;
      ++book_->answered[way_];
    }
  }

  std::shared_ptr<book> book_;
  std::string name_, way_;
  ref<note, echo> peer_;
  prng random_{0};
};

void run(cluster& c, mutant planted) {
  const auto seen = std::make_shared<book>();
  const std::vector<std::string> names{"n1", "n2", "n3"};
  for (const auto& name : names)
    c.add(name, [seen, name, names](troupe::system& sys) -> std::shared_ptr<void> {
      spawn<receiver>(sys, "receiver", seen, name);
      for (const auto& peer : names)
        if (peer != name)
          spawn<sender>(sys, "to_" + peer, seen, name, name + ">" + peer,
                        node(sys, peer).ref<note, echo>("/user/receiver"));
      return {};
    });
  // What the wire does not promise over a way that is worse than TCP (docs/wire.md).
  if (planted == mutant::no_checksum) {
    c.always("no message arrives twice", [seen] { return seen->twice.empty(); });
    c.always("what is handled is what was sent", [seen] { return seen->spoiled.empty(); });
  }
  c.start();
  c.run_past_faults();
  // What is spoilt last may be a hello, which is waited for, and then comes a pause before the next one.
  c.run_for(seconds{30});
  seen->answered.clear();
  c.run_for(seconds{3});
  for (const auto& from : names)
    for (const auto& to : names)
      if (from != to)
        c.expect(seen->answered[from + ">" + to] > 0, from + " reaches " + to + " once all faults are over");
}

}  // namespace

scenario broken_box(mutant planted) {
  return [planted](cluster& c) { run(c, planted); };
}

}  // namespace simulations
