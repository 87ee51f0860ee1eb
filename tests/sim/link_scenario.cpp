// Actors that are spawned, linked, parted and made to fail at random, each on any of some nodes that crash, are cut off and come back: of each
// link that is trapped comes exactly one end when the other one is gone, and none while he lives; of those that do not trap none outlives one
// that it is linked to, nor his node's being declared down; and nothing of who has ended comes behind his end.
#include <map>
#include <set>
#include <troupe/troupe.hpp>

#include "sim/scenarios.hpp"

namespace simulations {

namespace linking {

using namespace troupe;

struct greeting {
  std::uint64_t number = 0;
};
TROUPE_CONTRACT(greeting, "sim.link.greeting", 1, number)
struct fall {};
TROUPE_CONTRACT(fall, "sim.link.fall", 1)
/// To a guest: be linked to that one.
struct befriend {
  ref<fall> whom;
  std::uint64_t number = 0;
};
TROUPE_CONTRACT(befriend, "sim.link.befriend", 1, whom, number)
/// To an inn: a guest, please, who links himself to his host, or does not.
struct invite {
  ref<greeting> host;
  std::uint64_t number = 0;
  bool clings = false;
  using reply = ref<fall, befriend>;
};
TROUPE_CONTRACT(invite, "sim.link.invite", 1, host, number, clings)
struct act {};

/// What there is, outside of the simulation.
struct register_of_guests {
  std::set<std::uint64_t> alive;
  std::set<std::uint64_t> clinging;                           ///< linked by themselves to their hosts
  std::set<std::pair<std::uint64_t, std::uint64_t>> friends;  ///< linked by the first of the two
  unsigned downs = 0;                                         ///< how often a node was declared down
  std::uint64_t next = 0;
};

/// What one host has seen: a host that a crash ends takes it along.
struct tally {
  struct linked {
    bool clings = false;
    bool asked = false;  ///< by the host as well
    unsigned told = 0;
    bool unreachable = false;
    bool taken_back = false;
    unsigned late = 0;  ///< greetings behind the end, and ends behind an unlink
  };
  std::map<std::uint64_t, linked> of;  // by the number of the guest
};

class guest : public actor<fall, befriend> {
 public:
  guest(const invite& m, std::shared_ptr<register_of_guests> book) : how_(m), book_(std::move(book)) {
    book_->alive.insert(how_.number);
  }
  ~guest() override { book_->alive.erase(how_.number); }
  void on_start() {
    if (!how_.clings) return;
    book_->clinging.insert(how_.number);
    link(how_.host);
  }
  void on(const fall&) {
    how_.host.tell(greeting{how_.number});
    throw std::runtime_error{"fell"};
  }
  void on(const befriend& m) {
    book_->friends.emplace(how_.number, m.number);
    link(m.whom);
  }

 private:
  const invite how_;
  std::shared_ptr<register_of_guests> book_;
};

class inn : public actor<invite> {
 public:
  explicit inn(std::shared_ptr<register_of_guests> book) : book_(std::move(book)) {}
  ref<fall, befriend> on(const invite& m) { return spawn<guest>(m, book_); }

 private:
  std::shared_ptr<register_of_guests> book_;
};

class host : public actor<act, greeting> {
 public:
  host(std::vector<ref<invite>> inns, std::shared_ptr<register_of_guests> book, std::shared_ptr<tally> seen)
      : inns_(std::move(inns)), book_(std::move(book)), seen_(std::move(seen)), random_(0) {}

  void on_start() { random_ = prng{ports().entropy().next()}; }

  task<void> on(act) {
    if (guests_.size() < 3 || random_.below(3) == 0) {
      const std::uint64_t number = ++book_->next;
      const bool clings = random_.below(2) == 0;
      const ref<invite> where = inns_[random_.below(inns_.size())];
      seen_->of[number].clings = clings;  // one that clings may be heard of before the answer
      const auto made = co_await ask<invite>(where, seconds{1}, ref<greeting>{self()}, number, clings);
      if (!made) co_return;  // there may be a guest that only clings
      numbers_.emplace(*made, number);
      guests_.push_back({*made, number});
      seen_->of[number].asked = true;
      link(*made);
      co_return;
    }
    const std::size_t at = random_.below(guests_.size());
    const known chosen = guests_[at];
    const known other = guests_[random_.below(guests_.size())];
    switch (random_.below(6)) {
      case 0:
        if (seen_->of[chosen.number].clings) break;  // his own asking may be on its way
        unlink(chosen.who);
        seen_->of[chosen.number].taken_back = true;
        guests_.erase(guests_.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 1:
      case 2:
        if (other.number == chosen.number) break;
        chosen.who.tell(befriend{other.who, other.number});
        if (random_.below(2) == 0) other.who.tell(befriend{chosen.who, chosen.number});
        break;
      default:
        chosen.who.tell(fall{});  // which may get lost: it is told again, some time
    }
  }
  void on(const greeting& m) {
    // M9: nothing comes behind the end, unless that was only that nobody could know.
    const tally::linked& l = seen_->of[m.number];
    if (!l.unreachable) seen_->of[m.number].late += l.told;
  }
  void on_link_ended(const link_ended& news) override {
    const auto at = numbers_.find(any_ref{news.who()});
    if (at == numbers_.end()) return;  // one that clings, of whom the answer got lost
    tally::linked& l = seen_->of[at->second];
    ++l.told;
    l.unreachable |= news.kind() == exit_kind::unreachable;
    l.late += l.taken_back;
    std::erase_if(guests_, [&](const auto& one) { return one.number == at->second; });
  }

 private:
  struct known {
    ref<fall, befriend> who;
    std::uint64_t number;
  };

  const std::vector<ref<invite>> inns_;
  std::shared_ptr<register_of_guests> book_;
  std::shared_ptr<tally> seen_;
  prng random_;
  std::vector<known> guests_;
  std::map<any_ref, std::uint64_t> numbers_;
};

void run(cluster& c) {
  const auto book = std::make_shared<register_of_guests>();
  const std::vector<std::string> all{"n1", "n2", "n3"};
  const auto tallies = std::make_shared<std::map<std::string, std::shared_ptr<tally>>>();
  const auto impatient = [](system_options&, node_options& n) { n.down_after = milliseconds{2500}; };
  for (const std::string& name : all)
    c.add(
        name,
        [=](troupe::system& sys) -> std::shared_ptr<void> {
          sys.events().subscribe([book](const event& e) { book->downs += e.kind == event_kind::peer_down; });
          spawn<inn>(sys, "inn", book);
          std::vector<ref<invite>> inns;
          for (const std::string& other : all)
            inns.push_back(other == name ? ref_to<invite>(sys.env(), "/user/inn")
                                         : node(sys, other).ref<invite>("/user/inn"));
          spawn<host>(sys, "host", std::move(inns), book, (*tallies)[name] = std::make_shared<tally>());
          return {};
        },
        impatient);
  c.start();
  for (int n = 0; n < 400; ++n) {
    const std::string& name = all[static_cast<std::size_t>(n) % all.size()];
    if (c.is_up(name)) c.find<host>(name, name, "/user/host").tell(act{});
    c.run_for(milliseconds{20});
  }
  c.run_past_faults();
  c.run_for(seconds{20});  // longer than it takes to declare somebody down and to come back
  std::set<std::uint64_t> of_hosts_that_live;
  for (const auto& [name, seen] : *tallies)
    for (const auto& [number, l] : seen->of) {
      of_hosts_that_live.insert(number);
      const std::string which = "the link of " + name + " with guest " + std::to_string(number);
      const bool lives = book->alive.contains(number);
      c.expect(l.late == 0, which + " is over when its end is told or it is taken back");
      if (l.taken_back) continue;
      c.expect(l.told != 0 || lives || !l.asked, which + " ends with the guest");
      if (l.told == 0) continue;
      c.expect(!lives || (!l.clings && l.unreachable), which + " does not end while the guest lives");
      // Asked for by both it may be lost with the node, and then asked for once more.
      c.expect(l.told == 1 || (l.told == 2 && l.clings && l.unreachable),
               which + " ends once, was told " + std::to_string(l.told) + " times");
    }
  for (const std::uint64_t number : book->clinging)
    c.expect(!book->alive.contains(number) || of_hosts_that_live.contains(number),
             "guest " + std::to_string(number) + " does not outlive the host that he is linked to");
  // Whom a link has not reached before the node of who asked was declared down knows nothing of it: the asker alone ends with it.
  for (const auto& [one, other] : book->friends)
    c.expect(book->alive.contains(one) ? book->alive.contains(other)
                                       : !book->alive.contains(other) || book->downs != 0,
             "guests " + std::to_string(one) + " and " + std::to_string(other) + " live and die together");
}

}  // namespace linking

troupe::scenario linked() {
  return [](troupe::cluster& c) { linking::run(c); };
}

}  // namespace simulations
