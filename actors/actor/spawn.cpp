#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/stop_wanted.hpp>

namespace troupe {

engine::dispatcher& detail::dispatcher_named(environment& env, std::string_view name) {
  return env.dispatcher(name);
}

address_ptr detail::start_below(cell& parent, cell_props&& props) {
  auto made = cell::spawn(parent.env(), cell_ptr{&parent}, std::move(props));
  return address_ptr{std::move(made).value()};
}

void stop(const any_ref& who) {
  if (!who.address()) return;
  if (const cell_ptr c = who.address()->here())
    c->request_stop(exit_kind::shutdown);
  else if (who.address()->is_elsewhere())
    who.address()->post(stop_wish(*who.address()));
}

}  // namespace troupe
