#include <boost/intrusive/set.hpp>
#include <charconv>
#include <mutex>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/family.hpp>
#include <unordered_map>

namespace troupe {

namespace {

struct name_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};

struct by_number {
  using type = std::uint64_t;
  type operator()(const cell& c) const noexcept { return c.number(); }
};

/// The number in a name that the system gave (`$17`), 0 if it is another.
std::uint64_t number_in(std::string_view name) noexcept {
  std::uint64_t n = 0;
  if (name.empty() || name.front() != '$') return 0;
  const auto [end, ec] = std::from_chars(name.data() + 1, name.data() + name.size(), n);
  return ec == std::errc{} && end == name.data() + name.size() ? n : 0;
}

}  // namespace

struct family::members {
  boost::intrusive::set<cell, boost::intrusive::base_hook<sibling>, boost::intrusive::key_of_value<by_number>,
                        boost::intrusive::constant_time_size<false>>
      children;  // each holds a reference, given back when it is taken out
  std::unordered_map<std::string, cell*, name_hash, std::equal_to<>>
      by_name;               // those with a name of their own
  mutable std::mutex mutex;  // guards children, by_name, closed
  bool closed = false;
  std::vector<address_ptr> watchers;          // the owner's
  std::unordered_set<std::uint64_t> watched;  // the owner's

  ~members() {
    children.clear_and_dispose([](cell* c) { c->release_reference(); });
  }
};

family::~family() { delete made_or_null(); }

family::members* family::made_or_null() const noexcept {
  members* const m = members_.load(std::memory_order_acquire);
  return m == closed_childless() ? nullptr : m;
}

family::members* family::made_unless_closed() {
  members* m = members_.load(std::memory_order_acquire);
  if (m) return m == closed_childless() ? nullptr : m;
  auto fresh = std::make_unique<members>();
  if (members_.compare_exchange_strong(m, fresh.get(), std::memory_order_acq_rel, std::memory_order_acquire))
    return fresh.release();
  return m == closed_childless() ? nullptr : m;
}

family::members& family::made() {
  if (members* const m = made_unless_closed()) return *m;
  // Closed without members: make them, closed as well. The owner only, so nobody else replaces the sentinel.
  auto* const fresh = new members;
  fresh->closed = true;
  members_.store(fresh, std::memory_order_release);
  return *fresh;
}

family::added family::add(cell_ptr child) {
  members* const m = made_unless_closed();
  if (!m) return added::closed;
  const std::lock_guard hold{m->mutex};
  if (m->closed) return added::closed;
  if (const std::string& name = child->props().name; !name.empty())
    if (!m->by_name.emplace(name, child.get()).second) return added::name_taken;
  m->children.insert(m->children.end(), *child.detach());
  return added::yes;
}

void family::free_name(const cell& child) {
  members* const m = made_or_null();
  if (!m || child.props().name.empty()) return;
  const std::lock_guard hold{m->mutex};
  const auto named = m->by_name.find(child.props().name);
  if (named != m->by_name.end() && named->second == &child) m->by_name.erase(named);
}

cell_ptr family::remove(std::uint64_t number) {
  members* const m = made_or_null();
  if (!m) return {};
  const std::lock_guard hold{m->mutex};
  const auto found = m->children.find(number);
  if (found == m->children.end()) return {};
  cell_ptr child{&*found, false};  // takes the list's reference over
  m->children.erase(found);
  if (const auto named = m->by_name.find(child->props().name);
      named != m->by_name.end() && named->second == child.get())
    m->by_name.erase(named);
  return child;
}

cell_ptr family::find(std::string_view name) const {
  members* const m = made_or_null();
  if (!m || name.empty()) return {};
  const std::lock_guard hold{m->mutex};
  if (const auto named = m->by_name.find(name); named != m->by_name.end()) return named->second;
  const auto numbered = m->children.find(number_in(name));
  return numbered == m->children.end() || !numbered->props().name.empty() ? cell_ptr{} : cell_ptr{&*numbered};
}

std::vector<cell_ptr> family::all() const {
  std::vector<cell_ptr> out;
  members* const m = made_or_null();
  if (!m) return out;
  const std::lock_guard hold{m->mutex};
  for (cell& child : m->children) out.push_back(&child);
  return out;
}

cell_ptr family::last() const {
  members* const m = made_or_null();
  if (!m) return {};
  const std::lock_guard hold{m->mutex};
  return m->children.empty() ? cell_ptr{} : cell_ptr{&*m->children.rbegin()};
}

bool family::empty() const noexcept {
  members* const m = made_or_null();
  if (!m) return true;
  const std::lock_guard hold{m->mutex};
  return m->children.empty();
}

void family::close(bool yes) {
  members* m = yes ? nullptr : closed_childless();
  if (members_.compare_exchange_strong(m, yes ? closed_childless() : nullptr, std::memory_order_acq_rel,
                                       std::memory_order_acquire))
    return;
  if (!m || m == closed_childless()) return;  // it was so already
  const std::lock_guard hold{m->mutex};
  m->closed = yes;
}

std::vector<address_ptr>& family::watchers() { return made().watchers; }

bool family::has_watchers() const noexcept {
  members* const m = made_or_null();
  return m && !m->watchers.empty();
}

std::unordered_set<std::uint64_t>& family::watched() { return made().watched; }

}  // namespace troupe
