// Actors that are spawned, watched and stopped at random, each on any of some nodes that crash, are cut off and come back: of each watch
// comes exactly one `terminated` when its subject is gone, none while it lives and can be reached, and nothing of the subject behind it.
#include <chrono>
#include <map>
#include <set>
#include <troupe/troupe.hpp>

#include "sim/scenarios.hpp"

namespace simulations {

namespace watching {

using namespace troupe;

struct greeting {
  std::uint64_t number = 0;
};
TROUPE_CONTRACT(greeting, "sim.watch.greeting", 1, number)
struct leave {};
TROUPE_CONTRACT(leave, "sim.watch.leave", 1)
/// To an inn: a guest, please.
struct invite {
  ref<greeting> host;
  std::uint64_t number = 0;
  using reply = ref<leave>;
};
TROUPE_CONTRACT(invite, "sim.watch.invite", 1, host, number)
struct act {};

/// What there is, outside of the simulation.
struct register_of_guests {
  std::set<std::uint64_t> alive;
  std::uint64_t next = 0;
};

/// What one keeper has seen.
struct tally {
  struct watched {
    unsigned told = 0;
    bool unreachable = false;
    bool taken_back = false;
    unsigned late = 0;  ///< greetings behind the end, and ends behind an unwatch
  };
  std::map<std::uint64_t, watched> of;  // by the number of the guest
};

class guest : public actor<leave> {
 public:
  guest(ref<greeting> host, std::uint64_t number, std::shared_ptr<register_of_guests> book)
      : host_(std::move(host)), number_(number), book_(std::move(book)) {
    book_->alive.insert(number_);
  }
  ~guest() override { book_->alive.erase(number_); }
  void on(const leave&) { stop_self(); }
  void on_stop() override { host_.tell(greeting{number_}); }

 private:
  ref<greeting> host_;
  std::uint64_t number_;
  std::shared_ptr<register_of_guests> book_;
};

class inn : public actor<invite> {
 public:
  explicit inn(std::shared_ptr<register_of_guests> book) : book_(std::move(book)) {}
  ref<leave> on(const invite& m) { return spawn<guest>(m.host, m.number, book_); }

 private:
  std::shared_ptr<register_of_guests> book_;
};

class keeper : public actor<act, greeting> {
 public:
  keeper(std::vector<ref<invite>> inns, std::shared_ptr<register_of_guests> book, std::shared_ptr<tally> seen,
         mutant planted)
      : inns_(std::move(inns)),
        book_(std::move(book)),
        seen_(std::move(seen)),
        planted_(planted),
        random_(0) {}

  void on_start() { random_ = prng{ports().entropy().next()}; }

  task<void> on(act) {
    if (planted_ == mutant::real_time) static_cast<void>(std::chrono::steady_clock::now());
    if (guests_.empty() || random_.below(3) != 0) {
      const std::uint64_t number = ++book_->next;
      const ref<invite> where = inns_[random_.below(inns_.size())];
      const auto made = co_await ask<invite>(where, seconds{1}, ref<greeting>{self()}, number);
      if (!made) co_return;  // there may be a guest that nobody watches
      seen_->of[number];
      numbers_.emplace(*made, number);
      guests_.push_back({*made, number});
      watch(*made);
      co_return;
    }
    const std::size_t who = random_.below(guests_.size());
    const auto [chosen, number] = guests_[who];
    if (random_.below(6) == 0) {
      unwatch(chosen);
      seen_->of[number].taken_back = true;
      guests_.erase(guests_.begin() + static_cast<std::ptrdiff_t>(who));
      co_return;
    }
    chosen.tell(leave{});  // which may get lost: it is told again, some time
    if (random_.below(4) == 0) chosen.tell(leave{});
  }
  void on(const greeting& m) {
    // M9: nothing comes behind the end, unless that was only that nobody could know.
    const auto at = seen_->of.find(m.number);
    if (at != seen_->of.end() && !at->second.unreachable) at->second.late += at->second.told;
  }
  void on_terminated(const terminated& news) override {
    const std::uint64_t number = numbers_.at(any_ref{news.who()});
    tally::watched& w = seen_->of[number];
    ++w.told;
    w.unreachable |= news.kind() == exit_kind::unreachable;
    w.late += w.taken_back;
    std::erase_if(guests_, [&](const auto& one) { return one.number == number; });
  }

 private:
  struct known {
    ref<leave> who;
    std::uint64_t number;
  };

  const std::vector<ref<invite>> inns_;
  std::shared_ptr<register_of_guests> book_;
  std::shared_ptr<tally> seen_;
  const mutant planted_;
  prng random_;
  std::vector<known> guests_;
  std::map<any_ref, std::uint64_t> numbers_;
};

void run(cluster& c, mutant planted) {
  const auto failures = std::make_shared<std::uint64_t>(0);
  const auto book = std::make_shared<register_of_guests>();
  const std::vector<std::string> all{"n1", "n2", "n3"};
  // A crash ends all watches of its node: what its keeper had counted goes with it.
  const auto tallies = std::make_shared<std::map<std::string, std::shared_ptr<tally>>>();
  const auto impatient = [](system_options&, node_options& n) { n.down_after = milliseconds{2500}; };
  for (const std::string& name : all)
    c.add(
        name,
        [=](troupe::system& sys) -> std::shared_ptr<void> {
          sys.events().subscribe(
              [failures](const event& e) { *failures += e.kind == event_kind::actor_failed; });
          spawn<inn>(sys, "inn", book);
          std::vector<ref<invite>> inns;
          for (const std::string& other : all)
            inns.push_back(other == name ? ref_to<invite>(sys.env(), "/user/inn")
                                         : node(sys, other).ref<invite>("/user/inn"));
          spawn<keeper>(sys, "keeper", std::move(inns), book, (*tallies)[name] = std::make_shared<tally>(),
                        planted);
          return {};
        },
        impatient);
  c.always("no actor fails", [failures] { return *failures == 0; });
  c.start();
  for (int n = 0; n < 400; ++n) {
    const std::string& name = all[static_cast<std::size_t>(n) % all.size()];
    if (c.is_up(name)) c.find<keeper>(name, name, "/user/keeper").tell(act{});
    c.run_for(milliseconds{20});
  }
  c.run_past_faults();
  c.run_for(seconds{20});  // longer than it takes to declare somebody down and to come back
  for (const auto& [name, seen] : *tallies)
    for (const auto& [number, w] : seen->of) {
      const std::string which = "the watch of guest " + std::to_string(number) + " from " + name;
      const bool lives = book->alive.contains(number);
      c.expect(w.late == 0, which + " is over when its end is told or it is taken back");
      if (w.taken_back) continue;
      if (lives)
        c.expect(w.told == 0 || (w.told == 1 && w.unreachable),
                 which + " is told nothing while the guest lives and can be reached");
      else
        c.expect(w.told == 1, which + " is told once, was told " + std::to_string(w.told) + " times");
    }
}

}  // namespace watching

troupe::scenario watch(mutant planted) {
  return [planted](troupe::cluster& c) { watching::run(c, planted); };
}

}  // namespace simulations
