// A cell's relatives: the children in the order they were started, their names, and the watchers. Made when
// first needed, so that a cell without any costs one pointer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <troupe/cell/address.hpp>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace troupe {

/// The relatives of one cell. Functions are thread-safe except where they say "owner": those belong to the
/// cell's turn.
class family {
 public:
  family() = default;
  family(const family&) = delete;
  family& operator=(const family&) = delete;
  ~family();

  /// Adds a child. False when its name is taken; `closed` is set when no child may be added any more.
  bool add(boost::intrusive_ptr<cell> child, bool& closed);
  /// Gives a child's name free; the child itself stays in the list.
  void free_name(std::uint64_t number);
  /// Takes a child out. Null if it was not there.
  boost::intrusive_ptr<cell> remove(std::uint64_t number);
  /// The child of that name.
  boost::intrusive_ptr<cell> find(std::string_view name) const;
  /// All children, in the order they were added.
  std::vector<boost::intrusive_ptr<cell>> all() const;
  /// The child that was added last, null if there is none.
  boost::intrusive_ptr<cell> last() const;
  /// Whether there is no child.
  bool empty() const noexcept;
  /// From now on `add` refuses; or accepts again.
  void close(bool yes);

  /// Owner: those who want to know when this cell stops.
  std::vector<address_ptr>& watchers();
  /// Owner: whether anybody watches.
  bool has_watchers() const noexcept;
  /// Owner: the numbers of the cells this one watches.
  std::unordered_set<std::uint64_t>& watched();

 private:
  struct name_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
  };
  struct members {
    std::map<std::uint64_t, boost::intrusive_ptr<cell>> by_number;
    std::unordered_map<std::string, std::uint64_t, name_hash, std::equal_to<>> by_name;
    std::vector<address_ptr> watchers;
    std::unordered_set<std::uint64_t> watched;
  };
  members& made();                       // mutex_ is held
  void release_name(const cell& child);  // mutex_ is held

  mutable std::mutex mutex_;
  std::unique_ptr<members> members_;
  bool closed_ = false;
};

}  // namespace troupe
