#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/sec.hpp>
#include <troupe/basp/caf_fields.hpp>
#include <troupe/caf/interop.hpp>

namespace troupe::detail {

caf::error caf_refusal(std::string why) {
  return caf::make_error(caf::sec::invalid_argument, std::move(why));
}

caf::error save_ref(caf::serializer& to, const any_ref& r) {
  caf::strong_actor_ptr who;
  try {
    if (r) who = caf::actor_cast<caf::strong_actor_ptr>(caf_handle(*r.address()));
  } catch (const failed& e) {
    return caf_refusal(e.why().text);
  }
  return to(who);
}

caf::error load_ref(caf::deserializer& from, address_ptr& out) {
  caf::strong_actor_ptr who;
  if (caf::error why = from(who)) return why;
  try {
    out = caf_address_of(who);
  } catch (const failed& e) {
    return caf_refusal(e.why().text);
  }
  return caf::none;
}

}  // namespace troupe::detail
