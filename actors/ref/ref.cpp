#include <ostream>
#include <troupe/base/hash.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/ref/ref.hpp>

namespace troupe {

std::strong_ordering operator<=>(const any_ref& a, const any_ref& b) noexcept {
  const address* const x = a.address().get();
  const address* const y = b.address().get();
  if (x == y) return std::strong_ordering::equal;
  if (!x || !y) return x ? std::strong_ordering::greater : std::strong_ordering::less;
  if (const auto order = x->number() <=> y->number(); order != 0) return order;
  if (const auto order = x->run() <=> y->run(); order != 0) return order;
  // A number and a run are one actor; without a number it is the path that counts.
  return x->number() != 0 ? std::strong_ordering::equal : x->path() <=> y->path();
}

std::uint64_t any_ref::incarnation() const {
  const cell_ptr c = to_ ? to_->here() : cell_ptr{};
  return c ? c->incarnation() : 0;
}

std::size_t any_ref::hash() const noexcept {
  if (!to_) return 0;
  const std::uint64_t number = to_->number();
  if (number == 0) return static_cast<std::size_t>(stable_hash(to_->path()));
  // Numbers follow each other: spread them. Source: Knuth, the golden ratio of 64 bits.
  return static_cast<std::size_t>(number * 0x9e3779b97f4a7c15ull);
}

std::string to_string(const any_ref& r) { return r ? r.path() : "(no ref)"; }

std::ostream& operator<<(std::ostream& to, const any_ref& r) { return to << to_string(r); }

}  // namespace troupe
