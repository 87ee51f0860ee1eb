#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe {

engine::dispatcher& detail::dispatcher_named(environment& env, std::string_view name) {
  return env.dispatcher(name);
}

address_ptr detail::start_below(cell& parent, cell_props&& props) {
  auto made = cell::spawn(parent.env(), cell_ptr{&parent}, std::move(props));
  return address_ptr{std::move(made).value()};
}

void stop(const any_ref& who) {
  if (const cell_ptr c = who.address() ? who.address()->here() : cell_ptr{})
    c->request_stop(exit_kind::shutdown);
}

}  // namespace troupe
