#include <troupe/cell/cell.hpp>
#include <troupe/cell/family.hpp>

namespace troupe {

family::~family() = default;

family::members& family::made() {
  if (!members_) members_ = std::make_unique<members>();
  return *members_;
}

bool family::add(cell_ptr child, bool& closed) {
  const std::lock_guard hold{mutex_};
  closed = closed_;
  if (closed_) return false;
  auto& m = made();
  const std::uint64_t number = child->number();
  if (!m.by_name.emplace(child->given_name(), number).second) return false;
  m.by_number.emplace(number, std::move(child));
  return true;
}

void family::release_name(const cell& child) {
  const auto named = members_->by_name.find(child.given_name());
  if (named != members_->by_name.end() && named->second == child.number()) members_->by_name.erase(named);
}

void family::free_name(std::uint64_t number) {
  const std::lock_guard hold{mutex_};
  if (!members_) return;
  if (const auto found = members_->by_number.find(number); found != members_->by_number.end())
    release_name(*found->second);
}

cell_ptr family::remove(std::uint64_t number) {
  const std::lock_guard hold{mutex_};
  if (!members_) return {};
  const auto found = members_->by_number.find(number);
  if (found == members_->by_number.end()) return {};
  cell_ptr child = std::move(found->second);
  members_->by_number.erase(found);
  release_name(*child);
  return child;
}

cell_ptr family::find(std::string_view name) const {
  const std::lock_guard hold{mutex_};
  if (!members_) return {};
  const auto found = members_->by_name.find(name);
  return found == members_->by_name.end() ? cell_ptr{} : members_->by_number.at(found->second);
}

std::vector<cell_ptr> family::all() const {
  const std::lock_guard hold{mutex_};
  std::vector<cell_ptr> out;
  if (!members_) return out;
  out.reserve(members_->by_number.size());
  for (const auto& [number, child] : members_->by_number) out.push_back(child);
  return out;
}

cell_ptr family::last() const {
  const std::lock_guard hold{mutex_};
  return members_ && !members_->by_number.empty() ? members_->by_number.rbegin()->second : cell_ptr{};
}

bool family::empty() const noexcept {
  const std::lock_guard hold{mutex_};
  return !members_ || members_->by_number.empty();
}

void family::close(bool yes) {
  const std::lock_guard hold{mutex_};
  closed_ = yes;
}

// The owner alone touches what these give out, but a spawning thread may be making the block.
std::vector<address_ptr>& family::watchers() {
  const std::lock_guard hold{mutex_};
  return made().watchers;
}

bool family::has_watchers() const noexcept {
  const std::lock_guard hold{mutex_};
  return members_ && !members_->watchers.empty();
}

std::unordered_set<std::uint64_t>& family::watched() {
  const std::lock_guard hold{mutex_};
  return made().watched;
}

}  // namespace troupe
