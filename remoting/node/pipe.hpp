// A stream to a peer with what waits to be written to it: what links and inbound connections share.
//
// Rules
//  PI1 Everything is guarded by the owner's lock.
//  PI2 `write_out` writes until the stream is full or nothing is left, many frames at once; while it waits for room it says so and is
//      called again. What leaves when is the queue's to say (send_queue.hpp).
//  PI3 It stops at `turn_bytes_max`, so that a peer who reads as fast as this side writes does not keep the owner's worker for a whole gigabyte:
//      others have their turn between.
//  PI4 Where the stream can be written while others use it, the owner's lock is released during each write, so that who sends waits for no system
//      call of another. One writes at a time: who comes meanwhile leaves it to him, and what he adds leaves with it.
//  PI5 Who needs the stream or the queue for himself, to close or to write the last, or has to know what has left (sent_request.hpp, SR2), waits until the
//      write is over and settles it in the writer's place.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <troupe/delivery/send_queue.hpp>
#include <troupe/port/transport.hpp>
#include <troupe/wire/byte_room.hpp>

namespace troupe::detail {

/// A stream and what waits to be written to it (PI1, PI2).
class pipe {
 public:
  /// What `write_out` came to; `closed`: there is nothing left to do, it was closed meanwhile, and perhaps opened anew (PI4).
  enum class state : std::uint8_t { done, has_more, waits_for_room, broken, closed };
  /// Bytes that a turn writes, and one write more (PI3).
  static constexpr std::size_t turn_bytes_max = std::size_t{1} << 20;

  /// `owner`: the lock of PI1.
  explicit pipe(std::mutex& owner) noexcept : owner_(owner) {}

  /// Takes over a connected stream, with nothing to write.
  void open(std::unique_ptr<port::stream> stream) noexcept;
  /// Closes and forgets what was not written.
  void close() noexcept;

  /// The stream; null when closed.
  port::stream* stream() const noexcept { return stream_.get(); }
  /// What waits.
  send_queue& queue() noexcept { return queue_; }
  const send_queue& queue() const noexcept { return queue_; }
  /// Where urgent frames are appended, whole.
  std::string& urgent() noexcept { return queue_.urgent(); }
  /// Bytes that have been written since it was made.
  std::uint64_t written() const noexcept { return written_; }
  /// Bytes that have not been written yet.
  std::size_t unsent() const noexcept { return queue_.unsent(); }

  /// Writes what can be written (PI2, PI3). Releases the lock now and then (PI4): what was known before may be so no more.
  state write_out(error& why) { return write_out(why, turn_bytes_max); }
  /// The last that is written: as much as the stream takes.
  void flush();
  /// Waits until no write is under way: what has left is counted then (PI5).
  void settle() noexcept;

 private:
  // A write without the lock, on the stack of its writer.
  struct write {
    result<std::size_t> wrote{std::size_t{0}};  // written before, read after `over`
    std::atomic<bool> over{false};              // release by the writer, acquire by `settle`
  };

  state write_out(error& why, std::size_t bytes_max);
  result<std::size_t> write_some(std::span<const std::string_view> pieces);
  void wrote(std::size_t bytes);

  std::mutex& owner_;
  std::unique_ptr<port::stream> stream_;
  std::uint64_t connection_ = 0;  // which one it is
  write* under_way_ = nullptr;
  std::uint64_t written_ = 0;
  send_queue queue_;
};

/// Bytes that are read from a peer at once.
inline constexpr std::size_t peer_read_bytes = 64u << 10;
/// The calling thread's buffer for that.
std::array<std::byte, peer_read_bytes>& peer_read_buffer();
/// And its spare room for what comes in parts (frame_reader.hpp, F6).
wire::byte_room& peer_read_spare();

}  // namespace troupe::detail
