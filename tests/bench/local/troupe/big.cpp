// 120 actors, each sends SIZE pings, one at a time, each to one of the others, and waits for the pong (Savina big).
#include <memory>
#include <vector>

#include "measure/random.hpp"
#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct ping {
  std::uint64_t from;
};
struct pong {
  std::uint64_t from;
};
class player;
using peer = troupe::ref<player>;  // a ref asks nothing of its class before it is used
struct begin {};
struct meet {
  std::shared_ptr<const std::vector<peer>> all;
};

class player : public troupe::actor<meet, begin, ping, pong> {
 public:
  player(std::uint64_t index, std::uint64_t pings, finish_line* finish)
      : index_(index), random_(index), left_(pings), finish_(finish) {}

  void on(const meet& m) { peers_ = m.all; }
  void on(const begin&) { next(); }

  void on(const ping& m) { (*peers_)[m.from].tell(pong{index_}); }

  void on(const pong& m) {
    expect(m.from == asked_, "big: a pong from somebody else");
    next();
  }

 private:
  void next() {
    if (left_ == 0) return finish_->arrive();
    --left_;
    asked_ = (index_ + 1 + random_below(random_, work::big_actors - 1)) % work::big_actors;
    (*peers_)[asked_].tell(ping{index_});
  }

  std::uint64_t index_;
  std::uint64_t random_;
  std::uint64_t left_;
  std::uint64_t asked_ = 0;
  finish_line* finish_;
  std::shared_ptr<const std::vector<peer>> peers_;
};

}  // namespace

void big(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  auto& finish = immortal<finish_line>(work::big_actors);
  std::vector<peer> players;
  for (std::uint64_t i = 0; i < work::big_actors; ++i)
    players.push_back(troupe::spawn<player>(sys, "player" + std::to_string(i), i, s.size, &finish));
  const auto all = std::make_shared<const std::vector<peer>>(std::move(players));
  for (const auto& p : *all) p.tell(meet{all});
  const stopwatch time;
  for (const auto& p : *all) p.tell(begin{});
  finish.wait();
  report_each("big", time.elapsed(), 2 * s.size * work::big_actors, "ns/message");
}

}  // namespace bench
