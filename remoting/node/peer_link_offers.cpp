// How offers wait at a link for room on the way to the peer (PL14).
#include <memory>
#include <troupe/engine/reply_slot.hpp>
#include <troupe/node/peer_link.hpp>
#include <utility>

namespace troupe::detail {

// Under the lock. Nothing where there is none, or too much of what is left waits.
void peer_link::let_offers_out(later& after) {
  for (const wire::lane in : {wire::lane::ordinary, wire::lane::bulk}) let_offers_out(in, after);
}

void peer_link::let_offers_out(wire::lane in, later& after) {
  if (!offers_in(in).may_leave() || state_.phase() != link_phase::up) return;
  const std::size_t most = options_.unsent_max / 2;
  const std::size_t unsent = pipe_.queue().unsent(in);
  if (unsent > most) return;
  auto now = std::make_shared<std::vector<waiting_offer>>(offers_in(in).next(most - unsent));
  after.push_back([self = peer_link_ptr{this}, in, now = std::move(now)] {
    for (waiting_offer& one : *now)
      if (!one.what->reply->is_settled())  // else its sender has given up
        self->send_offer(one);
    {
      const std::lock_guard hold{self->mutex_};
      self->offers_in(in).left();
      if (!self->offers_in(in).any()) return;
    }
    self->schedule();
  });
}

// Under the lock. Those whose senders have given up go when it has been released (PL1).
void peer_link::let_go_of_offers(later& after) {
  for (waiting_offers& lane : offers_) {
    auto gone = std::make_shared<std::vector<waiting_offer>>(lane.take_given_up());
    if (!gone->empty()) after.push_back([gone = std::move(gone)] {});
  }
}

// Under the lock. They will not leave any more.
void peer_link::give_offers_up(const std::string& reason, later& after) {
  for (waiting_offers& lane : offers_) {
    auto all = std::make_shared<std::vector<waiting_offer>>(lane.take_all());
    after.push_back([self = peer_link_ptr{this}, all = std::move(all), reason] {
      for (waiting_offer& one : *all)
        self->refuse(std::move(one.what), one.to->path, {errc::unreachable, reason});
    });
  }
}

}  // namespace troupe::detail
