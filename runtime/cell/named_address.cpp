#include <troupe/cell/named_address.hpp>

namespace troupe {

address_ptr named_address::now() noexcept {
  std::shared_ptr<resolver> by;
  {
    const std::lock_guard hold{mutex_};
    if (const std::size_t there = env_->names().resolvers(); there != resolvers_looked_at_) [[unlikely]] {
      by_ = env_->names().resolver_for(path_);
      resolvers_looked_at_ = there;
    }
    if (!by_) {
      if (!found_ || found_->has_ended()) found_ = env_->resolve(path_);
      return found_;
    }
    by = by_;
  }
  return by->resolve(path_);
}

cell_ptr named_address::here() noexcept {
  const address_ptr to = now();
  return to ? to->here() : cell_ptr{};
}

const actor_class* named_address::understands() noexcept {
  const address_ptr to = now();
  return to ? to->understands() : nullptr;
}

address_ptr named_address::offered(engine::envelope_ptr& e) noexcept {
  const address_ptr to = now();
  return to ? to->offered(e) : address_ptr{};
}

bool named_address::is_elsewhere() noexcept {
  const address_ptr to = now();
  return to && to->is_elsewhere();
}

std::uint64_t named_address::watch_from_outside(address& watcher, bool yes) {
  const address_ptr to = now();
  return to ? to->watch_from_outside(watcher, yes) : 0;
}

std::uint64_t named_address::link_number(cell& linker, bool make) {
  const address_ptr to = now();
  return to ? to->link_number(linker, make) : 0;
}

bool named_address::link_from_outside(cell& linker, std::uint64_t number, std::uint32_t id, bool yes) {
  const address_ptr to = now();
  return to && to->link_from_outside(linker, number, id, yes);
}

void named_address::post(engine::envelope_ptr e) noexcept {
  if (const address_ptr to = now())
    to->post(std::move(e));
  else
    env_->dead_letter(std::move(e), path_, errc::stopped);
}

}  // namespace troupe
