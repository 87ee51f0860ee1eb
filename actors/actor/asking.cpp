#include <algorithm>
#include <troupe/actor/asking.hpp>
#include <troupe/actor/open_asks.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/sending.hpp>

namespace troupe::detail {

void cell_slot::settled() noexcept {
  intrusive_ptr_add_ref(static_cast<reply_slot*>(this));  // the lane's; dispose gives it back
  owner_->send(this);
}

void cell_slot::deliver(cell& at) {
  arrived = true;
  unlist();
  if (!at.runs_tasks()) return;  // a failed actor's handlers only wait for their end (L6)
  waiting.resume();
}

boost::intrusive_ptr<cell_slot> start_ask(cell& owner, open_asks& open, const address_ptr& to,
                                          engine::envelope_ptr&& e, const message_type& reply,
                                          duration timeout) {
  boost::intrusive_ptr<cell_slot> slot{new cell_slot{reply, owner}};
  if (!to) {
    slot->fail({errc::stopped, "an empty ref was asked"});
    return slot;
  }
  e->reply = slot;
  slot->deadline = std::min(owner.env().deadline_after(timeout), turn_context::current().deadline);  // M6
  open.add(owner, *slot);
  send(*to, std::move(e));
  return slot;
}

}  // namespace troupe::detail
