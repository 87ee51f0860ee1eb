#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/io/budget_share.hpp>

namespace troupe::io {

budget_share::budget_share(cell& self, user& who, budget_terms terms)
    : self_(self), user_(who), terms_(std::move(terms)) {}

budget_share::~budget_share() {
  if (alive_) *alive_ = false;
  if (patience_) patience_->cancel();
  if (!terms_.from) return;
  if (joined_ || waiting_) terms_.from->leave(self_.number());
  if (covered_ > 0) terms_.from->give_back(covered_);
  if (borrowed_) terms_.from->repaid();
}

/// A function for other threads that goes on in the cell's turn, unless the share has gone. What it was called with
/// is then destroyed, and a lease goes back.
template <class F>
auto budget_share::in_turn(F then) {
  if (!alive_) alive_ = std::make_shared<bool>(true);
  return [owner = cell_ptr{&self_}, alive = alive_, then = std::move(then)](auto... what) {
    owner->run_inside([alive, then, what...](cell&) {
      if (*alive) then(what...);  // alive_ is read and written in the owner's turns only
    });
  };
}

std::size_t budget_share::room() {
  if (!terms_.from) return no_limit;
  if (waiting_) return 0;
  if (held_ >= terms_.free + covered_) {
    if (!terms_.from->take(step)) {
      wait();
      return 0;
    }
    cover(step);
  }
  return terms_.free + covered_ - held_;
}

void budget_share::cover(std::size_t bytes) {
  covered_ += bytes;
  if (std::exchange(joined_, true)) return;
  terms_.from->join(self_.number(), in_turn([this] { user_.memory_short(waiting_); }));
}

void budget_share::wait() {
  waiting_ = true;
  if (place_ == 0) place_ = terms_.from->next_place();
  watch_patience();
  terms_.from->wait(self_.number(), place_, step, in_turn([this](const std::shared_ptr<budget_lease>& lease) {
                      waiting_ = pressed_ = false;
                      borrowed_ = borrowed_ || lease->lent();
                      if (patience_) std::exchange(patience_, nullptr)->cancel();
                      cover(lease->keep());
                      user_.room_again();
                    }));
}

void budget_share::watch_patience() {
  patience_ = cell_timer::start(self_, self_.env().from_now(terms_.patience), [this](cell&) {
    watch_patience();
    terms_.from->press(self_.env().now(), terms_.patience);
    if (std::exchange(pressed_, true)) terms_.from->lend(terms_.loan);
  });
}

void budget_share::done(std::size_t bytes) {
  check(bytes <= held_, "a connection is done with more than it holds");
  held_ -= bytes;
  settle();
}

void budget_share::settle() {
  if (covered_ == 0) return;
  const std::size_t needed = held_ > terms_.free ? held_ - terms_.free : 0;
  if (covered_ <= needed || (borrowed_ && needed > 0)) return;
  if (needed == 0) place_ = 0;
  const std::size_t more = covered_ - needed;
  covered_ = needed;
  terms_.from->give_back(more);
  if (std::exchange(borrowed_, false)) terms_.from->repaid();
}

}  // namespace troupe::io
