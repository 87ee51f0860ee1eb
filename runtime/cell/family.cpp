#include <boost/intrusive/list.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <charconv>
#include <limits>
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

/// The number in a name that the system gave (`$17`), 0 if it is another.
std::uint64_t number_in(std::string_view name) noexcept {
  std::uint64_t n = 0;
  if (name.empty() || name.front() != '$') return 0;
  const auto [end, ec] = std::from_chars(name.data() + 1, name.data() + name.size(), n);
  return ec == std::errc{} && end == name.data() + name.size() ? n : 0;
}

}  // namespace

struct family::members {
  using list = boost::intrusive::list<cell, boost::intrusive::base_hook<sibling>,
                                      boost::intrusive::constant_time_size<false>>;
  list children;  // each holds a reference, given back when it is taken out
  std::unordered_map<std::string, cell*, name_hash, std::equal_to<>>
      by_name;  // those with a name of their own
  // Those that go by their numbers; made by the first who looks one up, so that all others pay nothing for it.
  std::unique_ptr<boost::unordered_flat_map<std::uint64_t, cell*>> by_number;
  mutable std::mutex mutex;  // guards all of them
  bool closed = false;

  ~members() {
    children.clear_and_dispose([](cell* c) { c->release_reference(); });
  }

  void forget_name(const cell& child) {
    const std::string_view name = child.given_name();
    if (name.empty()) return;
    const auto named = by_name.find(name);
    if (named != by_name.end() && named->second == &child) by_name.erase(named);
  }

  cell* numbered(std::uint64_t number) {
    if (number == 0) return nullptr;
    if (!by_number) {
      by_number = std::make_unique<boost::unordered_flat_map<std::uint64_t, cell*>>();
      for (cell& c : children)
        if (c.given_name().empty()) by_number->emplace(c.number(), &c);
    }
    const auto found = by_number->find(number);
    return found == by_number->end() ? nullptr : found->second;
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

family::added family::add(cell_ptr child, cell* before) {
  members* const m = made_unless_closed();
  if (!m) return added::closed;
  const std::lock_guard hold{m->mutex};
  if (m->closed) return added::closed;
  if (const std::string_view name = child->given_name(); !name.empty()) {
    if (!m->by_name.emplace(name, child.get()).second) return added::name_taken;
  } else if (m->by_number) {
    m->by_number->emplace(child->number(), child.get());
  }
  const bool there = before && static_cast<sibling&>(*before).is_linked();
  m->children.insert(there ? members::list::s_iterator_to(*before) : m->children.end(), *child.detach());
  return added::yes;
}

void family::free_name(const cell& child) {
  members* const m = made_or_null();
  if (!m || child.given_name().empty()) return;
  const std::lock_guard hold{m->mutex};
  m->forget_name(child);
}

cell_ptr family::remove(cell& child) {
  members* const m = made_or_null();
  if (!m) return {};
  const std::lock_guard hold{m->mutex};
  if (!static_cast<sibling&>(child).is_linked()) return {};
  m->children.erase(members::list::s_iterator_to(child));
  m->forget_name(child);
  if (m->by_number) m->by_number->erase(child.number());
  return cell_ptr{&child, false};  // takes the list's reference over
}

cell_ptr family::find(std::string_view name) const {
  members* const m = made_or_null();
  if (!m || name.empty()) return {};
  const std::lock_guard hold{m->mutex};
  if (const auto named = m->by_name.find(name); named != m->by_name.end()) return named->second;
  return m->numbered(number_in(name));
}

std::vector<cell_ptr> family::all() const { return first(std::numeric_limits<std::size_t>::max()); }

std::vector<cell_ptr> family::first(std::size_t count) const {
  std::vector<cell_ptr> out;
  members* const m = made_or_null();
  if (!m) return out;
  const std::lock_guard hold{m->mutex};
  for (cell& child : m->children) {
    if (out.size() == count) break;
    out.push_back(&child);
  }
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

}  // namespace troupe
