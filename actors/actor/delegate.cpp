#include <troupe/actor/delegate.hpp>
#include <troupe/actor/in_hand.hpp>
#include <troupe/cell/caf_element.hpp>

namespace troupe::detail {

void delegate_to(const address_ptr& to, engine::envelope_ptr e, const message_type& reply) {
  delivery& d = message_in_hand::current(
      "delegate is for a handler that returns `delegated`, before its message is given away");
  auto slot = std::move(d->reply);
  if (slot && &slot->reply_type() != &reply && &slot->reply_type() != &caf_element_type) {
    d->reply = std::move(slot);
    throw failed{{errc::invalid, std::string{e->type->name} + " is answered with a " +
                                     std::string{reply.name} + ", but " + std::string{d->type->name} +
                                     " with a " + std::string{d->reply->reply_type().name}}};
  }
  if (!to) {
    if (slot) slot->fail({errc::stopped, "delegated to an empty ref"});
    return;
  }
  e->reply = std::move(slot);
  send(*to, std::move(e));
}

void forward_to(const address_ptr& to, const message_type& type) {
  delivery& d = message_in_hand::current(
      "forward is for a handler that returns `delegated`, before its message is given away");
  if (d->type != &type)
    throw failed{{errc::invalid, "forward of a " + std::string{type.name} + " in a handler of " +
                                     std::string{d->type->name}}};
  if (to) return send_on(*to, d.keep());
  if (auto slot = std::move(d->reply)) slot->fail({errc::stopped, "forwarded to an empty ref"});
}

}  // namespace troupe::detail
