// Actors that are spawned, watched and stopped at random, on each of some nodes that crash and come back: of each watch comes exactly one
// `terminated`, and it comes after all that the watched one had sent.
#include <chrono>
#include <map>
#include <troupe/troupe.hpp>

#include "sim/scenarios.hpp"

namespace simulations {

namespace {

using namespace troupe;

/// What one keeper has seen. Watches across nodes are not there yet: each node watches its own.
struct tally {
  struct watched {
    unsigned told = 0;
    unsigned greetings = 0;
    bool asked_to_stop = false;
  };
  std::map<std::uint64_t, watched> of;  // by the number of the watch
  std::uint64_t next = 0;
};

struct greeting {
  std::uint64_t number = 0;
};
struct leave {};
struct act {};

class guest : public actor<leave> {
 public:
  guest(ref<greeting> host, std::uint64_t number) : host_(std::move(host)), number_(number) {}
  void on(const leave&) { stop_self(); }
  void on_stop() override { host_.tell(greeting{number_}); }

 private:
  ref<greeting> host_;
  std::uint64_t number_;
};

class keeper : public actor<act, greeting> {
 public:
  keeper(std::shared_ptr<tally> book, mutant planted)
      : book_(std::move(book)), planted_(planted), random_(0) {}

  void on_start() { random_ = prng{ports().entropy().next()}; }

  void on(const act&) {
    if (planted_ == mutant::real_time) static_cast<void>(std::chrono::steady_clock::now());
    if (guests_.empty() || random_.below(3) != 0) {
      const std::uint64_t number = ++book_->next;
      book_->of[number];
      const ref<guest> made = spawn<guest>(ref<greeting>{self()}, number);
      watch(made);
      numbers_[made.path()] = number;
      guests_.push_back(made);
      return;
    }
    const std::size_t who = random_.below(guests_.size());
    const ref<guest> chosen = guests_[who];
    guests_.erase(guests_.begin() + static_cast<std::ptrdiff_t>(who));
    book_->of[numbers_.at(chosen.path())].asked_to_stop = true;
    chosen.tell(leave{});
    if (random_.below(4) == 0) chosen.tell(leave{});  // too late, perhaps
  }
  void on(const greeting& m) { ++book_->of[m.number].greetings; }
  void on_terminated(const terminated& news) override {
    const std::uint64_t number = numbers_.at(news.path());
    ++book_->of[number].told;
    // M9: `terminated` comes behind what its subject sent.
    if (book_->of[number].greetings != 1)
      throw std::logic_error("terminated before the last message of " + news.path());
  }

 private:
  std::shared_ptr<tally> book_;
  const mutant planted_;
  prng random_;
  std::vector<ref<guest>> guests_;
  std::map<std::string, std::uint64_t> numbers_;
};

void run(cluster& c, mutant planted) {
  const auto failures = std::make_shared<std::uint64_t>(0);
  std::map<std::string, std::shared_ptr<tally>> tallies;
  for (unsigned i = 1; i <= 3; ++i) {
    const std::string name = "n" + std::to_string(i);
    c.add(name, [&tallies, failures, name, planted](troupe::system& sys) -> std::shared_ptr<void> {
      sys.events().subscribe([failures](const event& e) { *failures += e.kind == event_kind::actor_failed; });
      const auto fresh = tallies[name] = std::make_shared<tally>();  // a crash ends all watches of its node
      spawn<keeper>(sys, "keeper", fresh, planted);
      return {};
    });
  }
  c.always("no actor fails", [failures] { return *failures == 0; });
  c.start();
  for (int n = 0; n < 300; ++n) {
    const auto names = c.names();
    const std::string& name = names[static_cast<std::size_t>(n) % names.size()];
    if (c.is_up(name)) c.find<keeper>(name, name, "/user/keeper").tell(act{});
    c.run_for(milliseconds{20});
  }
  c.run_past_faults();
  c.run_for(seconds{1});
  for (const auto& [name, book] : tallies)
    for (const auto& [number, w] : book->of) {
      const std::string who = "watch " + std::to_string(number) + " on " + name;
      c.expect(w.told == (w.asked_to_stop ? 1u : 0u),
               who + " is told exactly once if its subject was asked to stop, told " +
                   std::to_string(w.told) + " times");
    }
}

}  // namespace

scenario watch(mutant planted) {
  return [planted](cluster& c) { run(c, planted); };
}

}  // namespace simulations
