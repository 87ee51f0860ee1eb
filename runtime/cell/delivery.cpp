#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/delivery.hpp>
#include <utility>

namespace troupe {

engine::reply_slot_ptr delivery::take_reply() {
  if (!envelope_) return {};
  if (envelope_->reply) return std::move(envelope_->reply);
  cell* const self = cell::current();
  if (self && envelope_->type == &caf_element_type) return envelope_->as<caf_element>().take_request(*self);
  return {};
}

void delivery::refuse(error why) {
  if (const auto asker = take_reply()) asker->fail(std::move(why));
}

}  // namespace troupe
