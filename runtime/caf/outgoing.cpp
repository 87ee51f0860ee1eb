#include <caf/actor_system.hpp>
#include <troupe/caf/caf_asker.hpp>
#include <troupe/caf/far_asker.hpp>
#include <troupe/caf/outgoing.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/caf_far.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe {

namespace {

void refuse(environment& env, engine::envelope_ptr e, const address& to, std::string text) noexcept {
  const auto slot = std::move(e->reply);
  env.dead_letter(std::move(e), to.path(), errc::invalid);
  if (slot) slot->fail({errc::invalid, std::move(text), {}, to.path()});
}

}  // namespace

caf::mailbox_element_ptr outgoing_element(environment& env, engine::envelope_ptr e, const cell_ptr& from,
                                          const address& to, const caf::strong_actor_ptr& actor) noexcept {
  caf::actor_system* const system = env.caf();
  if (!system) {
    env.dead_letter(std::move(e), to.path(), errc::stopped);
    return nullptr;
  }
  const message_type& type = *e->type;
  const bool far = is_far(*actor);
  if (&type == &caf_element_type) {  // somebody who did not understand it sends it on
    auto& came = e->as<caf_element>();
    if (far)
      if (auto why = why_not_across(*system, (*came).copy_content_to_message())) {
        refuse(env, std::move(e), to, std::move(why->text));
        return nullptr;
      }
    return came.take();
  }
  if (!type.to_caf) {
    refuse(env, std::move(e), to,
           "the message " + std::string{type.name} +
               " can't be copied, so it can't go to a plain CAF actor (troupe::caf_copyable)");
    return nullptr;
  }
  caf::message content;
  try {
    type.to_caf(e->payload(), content);
    if (far)
      if (auto why = why_not_across(*system, content)) {
        refuse(env, std::move(e), to, std::move(why->text));
        return nullptr;
      }
  } catch (...) {
    const error why = current_exception_error(errc::invalid);
    refuse(env, std::move(e), to,
           "copying the message " + std::string{type.name} + " into CAF threw: " + why.text);
    return nullptr;
  }
  caf::strong_actor_ptr sender;
  caf::message_id id;
  if (e->reply) {
    sender = far ? make_far_asker(env, actor, std::move(e->reply), from)
                 : make_caf_asker(*system, std::move(e->reply), from);
    id = caf_asker_request;
  } else if (from) {
    sender = caf::strong_actor_ptr{from->ctrl()};
  }
  return caf::make_mailbox_element(std::move(sender), id, {}, std::move(content));
}

}  // namespace troupe
