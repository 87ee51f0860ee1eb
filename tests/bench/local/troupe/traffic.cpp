// Tokens that go from an actor to another, chosen at random, SIZE hops in all.
// hot: among 100 actors, alone in their system. hot_among: the same, and SIZE / 5 actors are there. uniform: among all of those.
#include <memory>
#include <vector>

#include "measure/random.hpp"
#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct hello {
  std::uint64_t number;
};
struct token {
  std::uint64_t to;
  std::uint64_t left;
  std::uint64_t random;
};
class station;
using stations = std::vector<troupe::ref<station>>;

class station : public troupe::actor<hello, token> {
 public:
  station(std::shared_ptr<const stations> all, finish_line* started, finish_line* finish)
      : all_(std::move(all)), started_(started), finish_(finish) {}

  void on(const hello& m) {
    number_ = m.number;
    started_->arrive();
  }

  void on(const token& t) {
    expect(t.to == number_, "traffic: a token for somebody else");
    if (t.left == 0) return finish_->arrive();
    std::uint64_t random = t.random;
    const std::uint64_t to = random_below(random, all_->size());
    (*all_)[to].tell(token{to, t.left - 1, random});
  }

 private:
  std::shared_ptr<const stations> all_;
  finish_line* started_;
  finish_line* finish_;
  std::uint64_t number_ = 0;
};

// Tokens visit every `stride`th of `population` actors.
void traffic(const settings& s, const char* name, std::uint64_t population, std::uint64_t stride) {
  auto& sys = immortal<troupe::system>(options_of(s));
  auto& started = immortal<finish_line>(population);
  auto& finish = immortal<finish_line>(work::traffic_tokens);
  const auto visited = std::make_shared<stations>();
  stations all;
  for (std::uint64_t i = 0; i < population; ++i) {
    all.push_back(troupe::spawn<station>(sys, troupe::spawn_options{},
                                         std::shared_ptr<const stations>(visited), &started, &finish));
    const bool visit = i % stride == 0;
    if (visit) visited->push_back(all.back());
    all.back().tell(hello{visit ? visited->size() - 1 : population});
  }
  started.wait();
  const std::uint64_t hops = s.size / work::traffic_tokens;
  const stopwatch time;
  for (std::uint64_t i = 0; i < work::traffic_tokens; ++i) {
    const std::uint64_t to = i % visited->size();
    (*visited)[to].tell(token{to, hops - 1, i});
  }
  finish.wait();
  report_each(name, time.elapsed(), hops * work::traffic_tokens, "ns/message");
}

}  // namespace

void hot(const settings& s) { traffic(s, "hot", work::hot_actors, 1); }

void hot_among(const settings& s) {
  const std::uint64_t population = s.size / work::traffic_hops_an_actor;
  traffic(s, "hot_among", population, population / work::hot_actors);
}

void uniform(const settings& s) { traffic(s, "uniform", s.size / work::traffic_hops_an_actor, 1); }

}  // namespace bench
