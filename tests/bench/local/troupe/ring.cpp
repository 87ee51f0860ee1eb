// A hundred actors in a ring, one token, SIZE hops (Savina thread ring).
#include <vector>

#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct token {
  std::uint64_t left;  // hops still to come
};
struct connect {
  troupe::ref<token> next;
};

class link : public troupe::actor<connect, token> {
 public:
  link(std::uint64_t first, finish_line* finish) : expected_(first), finish_(finish) {}

  void on(const connect& m) { next_ = m.next; }

  void on(const token& t) {
    expect(t.left == expected_, "ring: the token came out of turn");
    expected_ -= work::ring_actors;
    if (t.left == 0) return finish_->arrive();
    next_.tell(token{t.left - 1});
  }

 private:
  std::uint64_t expected_;
  finish_line* finish_;
  troupe::ref<token> next_;
};

}  // namespace

void ring(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  finish_line finish;
  std::vector<troupe::ref<link>> links;
  for (std::uint64_t i = 0; i < work::ring_actors; ++i)
    links.push_back(troupe::spawn<link>(sys, "link" + std::to_string(i), s.size - 1 - i, &finish));
  for (std::uint64_t i = 0; i < links.size(); ++i) links[i].tell(connect{links[(i + 1) % links.size()]});
  const stopwatch time;
  links.front().tell(token{s.size - 1});
  finish.wait();
  report_each("ring", time.elapsed(), s.size, "ns/message");
}

}  // namespace bench
