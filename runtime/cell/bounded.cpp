// A cell's bounded mailbox (M8): what becomes of a message that finds it full, and of one that waits with its sender.
#include <troupe/cell/bounded_part.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/extras.hpp>
#include <utility>

namespace troupe {

bounded_part& cell::bounded() const noexcept { return *extras_.get()->bounded; }

void cell::give_up(engine::envelope* chain, errc why) noexcept {
  while (chain) {
    engine::envelope_ptr e{std::exchange(chain, chain->next)};
    env().dead_letter(std::move(e), path(), why);
  }
}

// What post does, for those who want to know how it went.
cell::handed cell::hand_over(engine::envelope_ptr e) noexcept {
  // An offer must not overtake what was told before (M3).
  settle_kept();
  if (!is_bounded()) {  // what is offered is no ask
    switch (inbox_.push(e.get())) {
      case engine::pushed::must_schedule:
        static_cast<void>(e.release());
        schedule();
        return handed::queued;
      case engine::pushed::refused:
        env().dead_letter(std::move(e), path(), errc::stopped);
        return handed::stopped;
      default:
        static_cast<void>(e.release());
        return handed::queued;
    }
  }
  bounded_part& b = bounded();
  if (b.pushes_back && e->counted && b.waiting.any()) {  // OF1
    env().dead_letter(std::move(e), path(), errc::mailbox_full);
    return handed::full;
  }
  const bool asks = e->reply != nullptr;
  // The receiver can't look into a ring from which senders take the oldest, so word is left for it.
  if (asks && b.box.drops_oldest() && keeps_waiting(*e->reply, *e->type))
    b.has_asked.store(true, std::memory_order_relaxed);
  const auto out = b.box.post(inbox_, e.release());
  if (out.how == engine::posted::must_schedule) schedule();
  if (asks && out.how == engine::posted::queued && inbox_.is_deaf()) wake_for_ask();
  const bool refused = out.how == engine::posted::refused;
  give_up(out.undelivered, refused ? errc::stopped : errc::mailbox_full);
  if (refused) return handed::stopped;
  return out.how == engine::posted::full ? handed::full : handed::queued;
}

void cell::offer(const offer_ptr& one) noexcept {
  settle_kept();
  engine::envelope_ptr e = one->take_message();
  sample(e);
  handed how = handed::full;
  if (!is_bounded() || !bounded().pushes_back) {
    how = hand_over(std::move(e));
  } else if (!bounded().waiting.any()) {
    const auto out = bounded().box.post(inbox_, e.get());
    if (out.how != engine::posted::full) {
      static_cast<void>(e.release());
      if (out.how == engine::posted::must_schedule) schedule();
      give_up(out.undelivered, errc::stopped);
      how = out.how == engine::posted::refused ? handed::stopped : handed::queued;
    }
  }
  if (e) {  // there is no room: it waits
    one->put_back(std::move(e));
    keeps_waiting(one->sent(), *one->type());  // found there by its sender when he waits for it (M7, CY2)
    if (bounded().waiting.add(one)) {
      if (inbox_.nudge() == decltype(inbox_)::woken::must_schedule) schedule();  // OF3
      return;
    }
    env().dead_letter(one->take_message(), path(), errc::stopped);
    how = handed::stopped;
  }
  if (how == handed::queued)
    one->settle();
  else if (how == handed::full)
    one->settle({errc::overloaded, "the mailbox is full", {}, path()});
  else
    one->settle({errc::stopped, "the message was not delivered", {}, path()});
}

void cell::withdraw(offer_under_way& one) noexcept {
  if (is_bounded()) bounded().waiting.withdraw(one);
}

engine::envelope_ptr cell::next_bounded() noexcept {
  bounded_part& b = bounded();
  looked_ = false;
  engine::envelope* e = b.box.next(inbox_);
  if (b.waiting.any()) {
    b.waiting.admit([&b](engine::envelope& waiting) { return b.box.admit(&waiting); });
    if (!e) e = b.box.next(inbox_);
  }
  return engine::envelope_ptr{e};
}

void cell::close_bounded() noexcept {
  bounded_part& b = bounded();
  give_up(b.box.close(inbox_.close()), errc::stopped);
  for (const offer_ptr& one : b.waiting.close()) {
    env().dead_letter(one->take_message(), path(), errc::stopped);
    one->settle({errc::stopped, "the message was not delivered", {}, path()});
  }
}

}  // namespace troupe
