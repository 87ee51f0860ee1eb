#include <troupe/actor/delegate.hpp>
#include <troupe/actor/in_hand.hpp>
#include <troupe/cell/caf_element.hpp>

namespace troupe::detail {

namespace {
constexpr const char* forward_misuse =
    "forward is for a handler that returns `delegated`, and for on_unknown, before the message is given away";
}  // namespace

void delegate_to(const address_ptr& to, engine::envelope_ptr e, const message_type& reply) {
  delivery& d = message_in_hand::current(
      "delegate is for a handler that returns `delegated`, and for on_unknown, before the message is given "
      "away");
  if (d->reply && &d->reply->reply_type() != &reply && &d->reply->reply_type() != &caf_element_type)
    throw failed{{errc::invalid, std::string{e->type->name} + " is answered with a " +
                                     std::string{reply.name} + ", but " + std::string{d->type->name} +
                                     " with a " + std::string{d->reply->reply_type().name}}};
  engine::reply_slot_ptr slot = d.take_reply();
  if (!to) {
    if (slot) slot->fail({errc::stopped, "delegated to an empty ref"});
    return;
  }
  e->reply = std::move(slot);
  send(*to, std::move(e));
}

void forward_to(const address_ptr& to, const message_type& type) {
  delivery& d = message_in_hand::current(forward_misuse);
  if (d->type != &type)
    throw failed{{errc::invalid, "forward of a " + std::string{type.name} + " in a handler of " +
                                     std::string{d->type->name}}};
  forward_whatever(to);
}

void forward_whatever(const address_ptr& to) {
  delivery& d = message_in_hand::current(forward_misuse);
  if (to)
    send_on(*to, d.keep());
  else
    d.refuse({errc::stopped, "forwarded to an empty ref"});
}

}  // namespace troupe::detail
