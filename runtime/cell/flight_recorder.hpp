// The last messages that actors have handled, and in which handling each was sent: what `sys::why` looks back on (sys/why.hpp). An interceptor
// of a system that is told to have one (`flight_recorder.messages`); without it nobody pays.
//
// Rules
//  FR1 Each thread that runs actors writes to a ring of its own, without a lock and without waiting; the newest entry takes the place of the
//      oldest. Threads beyond `rings_max` share the last ring. A ring is made by its thread's first message and taken over by a later thread
//      once that one has ended. So memory is bounded: `entry_bytes` a message and ring, and a table of `senders` words.
//  FR2 An entry knows the handling in which its message was sent, by its number, where that is still the sender's own: a coroutine that
//      goes on after its thread has run others does not, and of two messages whose payloads fall on one place of the table the older
//      one does not. Who reads finds the sender's last handling before it then, which is a guess and called so.
//  FR3 Reading stops nobody; an entry that is being written is left out (flight_ring.hpp, FL1, FL2).
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <troupe/cell/flight_ring.hpp>
#include <troupe/cell/interceptor.hpp>
#include <vector>

namespace troupe {

/// See above (FR1-FR3). Thread-safe.
class flight_recorder final : public interceptor {
 public:
  static constexpr std::size_t entry_bytes = 64;
  static constexpr std::size_t rings_max = 128;
  static constexpr std::size_t senders = 4096;

  /// Remembers `messages` for each thread, rounded up to a power of two.
  explicit flight_recorder(std::size_t messages);
  ~flight_recorder() override;

  /// A copy of what is there, oldest first (FR3).
  std::vector<flight_entry> entries() const;

  std::optional<error> before_send(const message_view& m) override;
  std::optional<error> before_receive(const message_view& m) override;
  void actor_failed(environment& system, std::uint64_t number, const message_type* on) noexcept override;
  bool wants_end() const noexcept override { return false; }

 private:
  struct ring;
  struct of_thread;

  of_thread& here() noexcept;
  void take_ring(of_thread& t) noexcept;
  std::uint64_t write(of_thread& t, const flight_entry& e) noexcept;

  static thread_local of_thread thread_;

  const std::uint64_t number_;  // of the recorder
  const std::size_t messages_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<ring>>
      rings_;  // guarded by mutex_; made once, so that its thread needs no lock
  // By a hash of where the payload lies: another part of that hash, and the handling in which it was sent. relaxed: a word for itself, read by who
  // got the message from who wrote it.
  std::array<std::atomic<std::uint64_t>, senders> sent_{};
};

}  // namespace troupe
