#include <troupe/actor/in_hand.hpp>
#include <troupe/actor/promise.hpp>
#include <troupe/cell/caf_element.hpp>

namespace troupe::detail {

promised::~promised() {
  if (slot_) slot_->fail({errc::broken_promise, "the promise of a reply was dropped"});
}

std::shared_ptr<promised> promise_reply(const message_type& reply) {
  delivery& d = message_in_hand::current(
      "answer_later is for a handler that returns a promise, and for on_unknown, before the message is given "
      "away");
  // A CAF request is answered with whatever there is.
  if (d->reply && &d->reply->reply_type() != &reply && &d->reply->reply_type() != &caf_element_type)
    throw failed{{errc::invalid, "answer_later promises a " + std::string{reply.name} + ", but " +
                                     std::string{d->type->name} + " is answered with a " +
                                     std::string{d->reply->reply_type().name}}};
  return std::make_shared<promised>(d.take_reply());
}

}  // namespace troupe::detail
