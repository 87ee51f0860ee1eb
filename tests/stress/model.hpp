// What must be true of a round. Actors write down what happens to them; at the end the books are balanced.
//
// Rules
//  MO1 What is no atomic here belongs to the turns of one cell (`life`) or of the cells that follow each other at one path
//      (`seat`), or is read by those who come after them by the runtime's own rules. The model's atomics are relaxed, so under
//      ThreadSanitizer it checks happens-before as well (L2).
//  MO2 Of each sender's incarnation to each recipient the tells arrive numbered 1, 2, 3, ... (M3); an ask may be missing when it
//      has expired.
//  MO3 For each path: sent = received + dead letters, tells and asks apart (M2, M4). A message that was put back and then
//      given up was received and is a dead letter all the same; those are counted.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "stress/messages.hpp"
#include "stress/verdict.hpp"

namespace stress {

/// Tells and asks are counted apart.
enum class kind : std::uint8_t { tell, ask };
inline constexpr std::size_t kinds = 2;

/// Why a message became a dead letter; no other reason can be one here.
enum class fate : std::uint8_t { stopped, expired, handler_failed };
inline constexpr std::size_t fates = 3;

/// How many of each.
using per_kind = std::array<std::uint64_t, kinds>;

/// Dead letters of one path.
struct dead_letters {
  std::array<std::array<std::atomic<std::uint64_t>, fates>, kinds> of{};
  std::uint64_t count(kind k, fate f) const noexcept {
    return of[static_cast<std::size_t>(k)][static_cast<std::size_t>(f)].load(std::memory_order_relaxed);
  }
};

/// What was received of one sender.
struct progress {
  std::uint32_t number = 0;
  std::uint32_t tells = 0;
};

/// A message that is to be run again (S7, AC3).
struct repeat {
  stamp mark;
  kind what;
  std::uint32_t tries = 0;  ///< how often it was thrown at
};

/// A path: what arrives there, whichever cell it is.
struct seat {
  explicit seat(std::uint64_t n, bool s) : id(n), supervised(s) {}

  const std::uint64_t id;
  const bool supervised;  ///< a failure is followed by a restart, a stop by a new cell
  std::atomic<std::uint64_t> number{
      0};  ///< what the system called it, where it was given no name; relaxed: a key
  std::array<std::atomic<std::uint64_t>, kinds> sent{};
  dead_letters dead;  ///< where it was given a name

  std::atomic<bool> busy{false};  ///< somebody is inside: L2
  per_kind received{};
  per_kind thrown{};         ///< received, thrown at and not to come again
  per_kind given_up{};       ///< were to come again and did not
  std::deque<repeat> again;  ///< come first in the next incarnation, in this order
  std::unordered_map<std::uint64_t, progress> by_name;
  life* current = nullptr;
};

/// Where an actor object is in its life (L2).
enum class phase : std::uint8_t { nobody, constructed, started, stopped };

/// A cell.
struct life {
  life(std::uint64_t n, seat& s, bool a) : id(n), at(s), early(a) {}

  const std::uint64_t id;
  seat& at;
  const bool early;            ///< belongs to the half that is stopped first
  bool never_stopped = false;  ///< by others, or by itself: it is one of the roots
  std::atomic<std::uint64_t> number{
      0};  ///< as in `terminated`; relaxed: it is compared after an order from elsewhere

  phase now = phase::nobody;
  bool was_there = false;
  std::uint64_t incarnation = 0;
  std::unordered_map<std::uint64_t, progress> seen;
  std::vector<peer> watched;  ///< one `terminated` is due from each
};

/// How often things happened, to see that a round was about something. Relaxed: figures.
struct figures {
  std::atomic<std::uint64_t> lives{0};       ///< cells
  std::atomic<std::uint64_t> at_once{0};     ///< actors that lived at a time, at most
  std::atomic<std::uint64_t> restarts{0};    ///< objects made in an old cell
  std::atomic<std::uint64_t> thrown{0};      ///< handlers and timers that threw
  std::atomic<std::uint64_t> repeats{0};     ///< messages that came again
  std::atomic<std::uint64_t> terminated{0};  ///< heard by watchers
  std::atomic<std::uint64_t> answers{0};     ///< asks that were answered
  std::atomic<std::uint64_t> refusals{0};    ///< asks that ended with an error
  std::atomic<std::uint64_t> cycles{0};      ///< of them, those that would have waited for themselves
  std::atomic<std::uint64_t> alarms{0};      ///< timers that fired
  std::atomic<std::uint64_t> dead{0};        ///< dead letters

  /// One more.
  static void add(std::atomic<std::uint64_t>& to) noexcept { to.fetch_add(1, std::memory_order_relaxed); }
};

/// The books of one round.
class model {
 public:
  model(verdict& v, std::size_t numbers_max);

  /// A new path, a new cell. Thread-safe.
  seat& new_seat(bool supervised);
  life& new_life(seat& at, bool early);

  /// An event of the runtime: a message of type `message` for `path` could not be delivered. Thread-safe.
  void dead_letter(std::string_view path, std::string_view message, std::string_view reason);

  /// A message is about to be sent there: it is under way until it has been handled or given up. Thread-safe.
  void sending(seat& to, kind what);

  /// A message has come to `me`. Returns how often it was thrown at before. In its turn.
  std::uint32_t receive(life& me, const stamp& mark, kind what);

  /// A cell begins to live at its path; what was to come again to the one before it went with that one. In its turn.
  void succeed(life& me);

  /// When all has ended: lets go of the refs in the books. One thread, after all others.
  void forget();
  /// And balances them (MO3).
  void balance();

  /// Every message that was sent.
  std::uint64_t sent() const noexcept { return sent_.load(std::memory_order_relaxed); }
  /// Says where messages are missing: for a round that does not come to rest.
  std::string missing();

  verdict& judge;
  figures counted;
  under_way traffic;
  std::atomic<std::uint64_t> alive{0};    ///< actor objects
  std::atomic<std::uint64_t> started{0};  ///< `on_start` that came to an end
  std::atomic<std::uint64_t> stopped{0};  ///< `on_stop` that began
  std::atomic<bool> calm{true};           ///< nobody begins anything new

 private:
  std::string imbalance(seat& s);

  const std::size_t numbers_max_;
  std::mutex mutex_;
  std::deque<seat> seats_;
  std::deque<life> lives_;
  std::unique_ptr<dead_letters[]> by_number_;
  alignas(64) std::atomic<std::uint64_t> sent_{0};
};

}  // namespace stress
