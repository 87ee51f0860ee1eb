#include <caf/actor_system.hpp>
#include <troupe/caf/caf_address.hpp>
#include <troupe/caf/interop.hpp>
#include <troupe/caf/scheduler_module.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe {

caf::actor caf_handle(address& of) {
  if (const auto* const plain = dynamic_cast<caf_address*>(&of))
    return caf::actor_cast<caf::actor>(plain->handle());
  if (const cell_ptr c = of.here()) return caf::actor_cast<caf::actor>(caf::strong_actor_ptr{c->ctrl()});
  throw failed{
      {errc::not_found, "no actor of this process lives at " + of.path() + ", so it has no CAF handle"}};
}

address_ptr caf_address_of(const caf::strong_actor_ptr& who) {
  if (!who) return {};
  if (auto* const ours = dynamic_cast<cell*>(who->get())) return address_ptr{ours};
  environment* const env = environment_of(*who->home_system);
  if (!env)
    throw failed{{errc::invalid,
                  "this CAF actor belongs to a CAF actor system that troupe does not host; spawn it in "
                  "sys.caf()"}};
  return address_ptr{new caf_address{*env, who}};
}

}  // namespace troupe
