#include <troupe/cell/cell.hpp>
#include <troupe/cell/lost_address.hpp>

namespace troupe {

cell_ptr lost_address::here() noexcept { return {}; }

error lost_address::why() const {
  switch (why_) {
    case lost_why::actor_gone:
      return {errc::stopped, "the actor has stopped", {}, path()};
    case lost_why::earlier_run:
      return {errc::stopped, "the actor lived in an earlier run of this node", {}, path()};
    case lost_why::unknown_node: {
      const auto token = ref_token::parse(token_);
      return {errc::unreachable, env_->names().why_unknown(token ? token->node : token_), {}, path()};
    }
    case lost_why::not_named:
      return {errc::unreachable,
              "the ref was sent as one that works inside of its system only: it has no path",
              {},
              path()};
    case lost_why::not_permitted:
      return {errc::not_permitted,
              "the ref came from a node that was not given it and may not send there (node.public, "
              "node.rights)",
              {},
              path()};
    case lost_why::not_a_users:
      break;
  }
  return {errc::not_found, "only what lies below /user can be reached by a ref from outside", {}, path()};
}

void lost_address::post(engine::envelope_ptr e) noexcept {
  engine::worker::send_kept();
  error no = why();
  const auto slot = std::move(e->reply);
  env_->dead_letter(std::move(e), path(), no.code);  // counted before the asker is told
  if (slot) slot->fail(std::move(no));
}

}  // namespace troupe
