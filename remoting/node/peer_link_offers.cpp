// How offers wait at a link for room on the way to the peer (PL14).
#include <memory>
#include <troupe/engine/reply_slot.hpp>
#include <troupe/node/peer_link.hpp>
#include <utility>

namespace troupe::detail {

// Under the lock. Nothing where there is none, or too much of what is left waits.
void peer_link::let_offers_out(later& after) {
  if (!offers_.may_leave() || state_.phase() != link_phase::up) return;
  const std::size_t most = options_.unsent_max / 2;
  if (pipe_.unsent() > most) return;
  auto now = std::make_shared<std::vector<waiting_offer>>(offers_.next(most - pipe_.unsent()));
  after.push_back([self = peer_link_ptr{this}, now = std::move(now)] {
    for (waiting_offer& one : *now)
      if (!one.what->reply->is_settled())  // else its sender has given up
        self->send_on(std::move(one.what), *one.by, *one.to, *one.routes, true);
    {
      const std::lock_guard hold{self->mutex_};
      self->offers_.left();
      if (!self->offers_.any()) return;
    }
    self->schedule();
  });
}

// Under the lock. Those whose senders have given up go when it has been released (PL1).
void peer_link::let_go_of_offers(later& after) {
  auto gone = std::make_shared<std::vector<waiting_offer>>(offers_.take_given_up());
  if (!gone->empty()) after.push_back([gone = std::move(gone)] {});
}

// Under the lock. They will not leave any more.
void peer_link::give_offers_up(const std::string& reason, later& after) {
  auto all = std::make_shared<std::vector<waiting_offer>>(offers_.take_all());
  after.push_back([self = peer_link_ptr{this}, all = std::move(all), reason] {
    for (waiting_offer& one : *all)
      self->refuse(std::move(one.what), one.to->path, {errc::unreachable, reason});
  });
}

}  // namespace troupe::detail
