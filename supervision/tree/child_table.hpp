// The children of one supervisor: its list, and who is found by what. Belongs to the supervisor.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <troupe/actor/promise.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/engine/block_pool.hpp>
#include <troupe/policy/restart_pacer.hpp>
#include <troupe/tree/messages.hpp>
#include <vector>

namespace troupe {

/// What few children need, and only at times.
struct child_extras {
  child_extras() = default;
  ~child_extras() {
    for (cell_timer_ptr* const one : {&wait, &overdue}) end(*one);
  }
  child_extras(const child_extras&) = delete;
  child_extras& operator=(const child_extras&) = delete;
  /// Cancels a timer, if it is armed.
  static void end(cell_timer_ptr& one) noexcept {
    if (one) std::exchange(one, nullptr)->cancel();
  }

  std::optional<restart_pacer> pacer;        ///< of one whose restarts wait
  cell_timer_ptr wait;                       ///< armed while a restart waits
  cell_timer_ptr overdue;                    ///< armed while it is told to stop or to go down
  time_point failed_at = never;              ///< since when it does not serve
  time_point not_before = never;             ///< its restart waits until then; `never`: it does not
  promise<child_info> started;               ///< who wants to hear of its start, while `is_awaited`
  std::vector<promise<child_info>> stopped;  ///< who want to hear of its stop
  bool is_awaited = false;                   ///< `started` is owed: it is being started by an administrator
  std::optional<error> not_started;          ///< why it could not be, while it is being stopped
  bool stays_down = false;                   ///< it ends for good, whatever its restart type
  bool is_forgotten = false;                 ///< and its spec goes with it
  bool was_ignored = false;                  ///< it did not want to be
  std::shared_ptr<const child_spec> successor;  ///< who takes its place when it has stopped
};

/// One child, or the place for one.
struct child_entry {
  /// Entries live in blocks of the pool.
  static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { engine::free_bytes(memory, bytes); }

  std::shared_ptr<const child_spec> spec;  ///< dynamic ones that are never restarted share their pattern's
  cell_ptr who;                            ///< null: it is down
  std::size_t at = 0;                      ///< its place in the list
  child_phase phase = child_phase::down;
  std::unique_ptr<child_extras> rare;

  /// The extras, made if need be.
  child_extras& extras() {
    if (!rare) rare = std::make_unique<child_extras>();
    return *rare;
  }
};

/// See above.
class child_table {
 public:
  /// One more, at the end.
  child_entry& add(std::shared_ptr<const child_spec> spec);
  /// Takes one out; those behind it move up, or the last one takes its place (`in_order` false), which is faster.
  void erase(child_entry& e, bool in_order);
  /// It has got a cell, or has none any more.
  void now_has(child_entry& e, cell_ptr who);

  /// The entry of that cell; null for one that is none of ours.
  child_entry* find(const cell& who) noexcept;
  /// The entry with that id: a name, or `$` and a number.
  child_entry* find(const std::string& id) noexcept;
  /// The entry at that place.
  child_entry& operator[](std::size_t at) noexcept { return *list_[at]; }
  /// How many there are.
  std::size_t size() const noexcept { return list_.size(); }
  /// From the first place on.
  auto begin() const noexcept { return list_.begin(); }
  /// Behind the last.
  auto end() const noexcept { return list_.end(); }

  /// What it is called here.
  static std::string id_of(const child_entry& e);

 private:
  std::vector<std::unique_ptr<child_entry>> list_;
  boost::unordered_flat_map<std::uint64_t, child_entry*> by_number_;  // those that have a cell
  boost::unordered_flat_map<std::string, child_entry*> by_id_;        // those that have a name
};

}  // namespace troupe
