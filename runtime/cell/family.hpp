// A cell's children, in the order they were started or are kept in by their parent, and their names. A child without a name of its own costs its parent no
// more than the links in the child.
#pragma once

#include <atomic>
#include <boost/intrusive/list_hook.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/cell/address.hpp>
#include <vector>

namespace troupe {

/// What makes a cell a child: its place among its siblings. Belongs to the parent's family.
using sibling = boost::intrusive::list_base_hook<>;

/// The children of one cell. Thread-safe.
class family {
 public:
  /// What became of an `add`.
  enum class added : std::uint8_t {
    yes,
    name_taken,  ///< a living sibling has that name
    closed,      ///< no child may be added any more
  };

  family() = default;
  family(const family&) = delete;
  family& operator=(const family&) = delete;
  ~family();

  /// Adds a child: behind all others, or before `before` while that is one of them.
  added add(boost::intrusive_ptr<cell> child, cell* before = nullptr);
  /// Gives a child's name free; the child itself stays in the list.
  void free_name(const cell& child);
  /// Takes a child out. Null if it was not there.
  boost::intrusive_ptr<cell> remove(cell& child);
  /// The child of that name or number.
  boost::intrusive_ptr<cell> find(std::string_view name) const;
  /// All children, in their order.
  std::vector<boost::intrusive_ptr<cell>> all() const;
  /// The first of them, `count` at most.
  std::vector<boost::intrusive_ptr<cell>> first(std::size_t count) const;
  /// The child that stands last, null if there is none.
  boost::intrusive_ptr<cell> last() const;
  /// Whether there is no child.
  bool empty() const noexcept;
  /// From now on `add` refuses; or accepts again.
  void close(bool yes);

 private:
  struct members;
  members* made_or_null() const noexcept;
  members* made_unless_closed();

  // Null: nobody yet. `closed_childless()`: nobody yet, and nobody may come. Else the members, until the end. acquire and
  // release pair with each other; everything behind the pointer has a lock of its own.
  std::atomic<members*> members_{nullptr};
  static members* closed_childless() noexcept { return reinterpret_cast<members*>(1); }
};

}  // namespace troupe
