// Asks that wait behind a suspended handler (M7): noticed, and noted for whoever looks for a cycle (cycle_probe.hpp).
//
// A cell looks at what waits before it sleeps deafly, at each message once as a rule; a sender who finds that it sleeps deafly
// already wakes it for an ask, and for nothing else. Where nothing is suspended none of this happens.
#include <troupe/cell/cell.hpp>
#include <troupe/cell/cycle_probe.hpp>
#include <troupe/cell/extras.hpp>

namespace troupe {

bool cell::keeps_waiting(engine::reply_slot& request, const message_type& type) noexcept {
  add_reference();  // the word's
  const bool left = request.leave_word(*this, engine::word_kind::waits, &type);
  if (!left) release_reference();
  return left;
}

bool cell::look_at(engine::envelope& e) noexcept {
  return e.reply && !e.reply->has_word() && keeps_waiting(*e.reply, *e.type);
}

void cell::wake_for_ask() noexcept {
  if (inbox_.wake() == decltype(inbox_)::woken::must_schedule) schedule();
}

// Returns the newest message of the inbox, for a deaf sleep that is to fail if another has come since.
const engine::envelope* cell::look_at_asks() noexcept {
  extras* const x = extras_.get();
  if (!x || !x->blocker) return inbox_.newest();
  look_up(work::looks);
  engine::envelope* const newest = inbox_.newest();
  bool found = false;
  // Nothing is taken out while the cell is deaf, and no handler suspends that was not taken out: what was the newest is still there,
  // unless `looked_` says otherwise.
  const engine::envelope* const known = looked_ ? x->looked_to : nullptr;
  if (!looked_)
    for (engine::envelope* e = backlog_.first(); e; e = e->next) found |= look_at(*e);
  if (!looked_ && is_prioritized()) lanes().look([&](engine::envelope& e) { found |= look_at(e); });
  for (engine::envelope* e = newest; e != known; e = e->next) found |= look_at(*e);
  looked_ = true;
  x->looked_to = newest;
  if (is_bounded()) {
    if (!bounded().box.drops_oldest()) bounded().box.look([&](engine::envelope& e) { found |= look_at(e); });
    found |= bounded().has_asked.exchange(false, std::memory_order_relaxed);
  }
  at_work_.store(work::none, std::memory_order_release);
  if (found) cycle_probe::start(*this, *x->blocker);
  return newest;
}

bool cell::hear_if_given_up(engine::reply_slot& request, const handler_wait& by) noexcept {
  add_reference();  // the word's
  const bool left = request.leave_word(*this, engine::word_kind::works, &by);
  if (left) return true;
  if (request.is_settled())
    asker_gave_up(request);  // since the message was looked at (`prepare`): nobody would say so again
  else
    release_reference();
  return false;
}

void cell::hear_no_more(engine::reply_slot& request) noexcept {
  if (request.take_word_back()) release_reference();
}

void cell::asker_gave_up(engine::reply_slot& request) noexcept {
  const cell_ptr word{this, false};
  run_inside([slot = engine::reply_slot_ptr{&request}](cell& c) {
    if (troupe::body* const b = c.body()) b->asker_gave_up(*slot);
  });
}

std::uint64_t handler_wait::number(cell& at) const noexcept {
  if (number_ == 0) number_ = at.next_wait();
  return number_;
}

}  // namespace troupe
