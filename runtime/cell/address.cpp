#include <troupe/cell/address.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe {

std::uint64_t address::watch_from_outside(address&, bool) { return 0; }

std::uint64_t address::run() const noexcept {
  environment* const system = home();
  return system ? system->names().incarnation() : 0;
}

std::uint64_t address::link_number(cell&, bool) { return number(); }
bool address::link_from_outside(cell&, std::uint64_t, std::uint32_t, bool) { return false; }

const actor_class* address::understands() noexcept {
  const cell_ptr c = here();
  return c ? c->settings().type : nullptr;
}

address_ptr address::offered(engine::envelope_ptr&) noexcept {
  return is_elsewhere() ? address_ptr{this} : address_ptr{here()};
}

std::uint64_t address::waiting() noexcept {
  const cell_ptr c = here();
  return c ? c->mailbox_depth() : 0;
}

std::string address::token() { return {}; }

}  // namespace troupe
