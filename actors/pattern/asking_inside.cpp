#include <memory>
#include <troupe/actor/actor_extras.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/pattern/asking_inside.hpp>

namespace troupe::detail {

cell& turn_of(const char* what) {
  cell* const here = cell::current();
  if (!here) throw failed{{errc::invalid, what}};
  return *here;
}

time_point moment_at(const cell& here) noexcept { return here.env().from_now(duration::zero()); }

std::uint64_t seed_of(cell& here) { return here.env().platform().entropy().next(); }

boost::intrusive_ptr<cell_slot> ask_inside(cell& here, const address_ptr& to, engine::envelope_ptr e,
                                           const message_type& reply, duration timeout) {
  // An actor's extras are made when it first needs them, as in actor_base.
  if (!here.of_body()) here.of_body(std::make_unique<actor_extras>());
  return start_ask(here, static_cast<actor_extras*>(here.of_body())->asks, to, std::move(e), reply, timeout);
}

}  // namespace troupe::detail
