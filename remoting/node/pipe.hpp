// A stream to a peer with what waits to be written to it: what links and inbound connections share.
//
// Rules
//  PI1 Everything is guarded by the owner's lock.
//  PI2 `write_out` writes until the stream is full or nothing is left, many frames at once; while it waits for room it says so and is
//      called again. What leaves when is the queue's to say (send_queue.hpp).
//  PI3 It stops at `turn_bytes_max`, so that a peer who reads as fast as this side writes does not keep the owner's lock for a whole gigabyte:
//      those who send, and what the peer has to say, have their turn between.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <troupe/delivery/send_queue.hpp>
#include <troupe/port/transport.hpp>
#include <troupe/wire/byte_room.hpp>

namespace troupe::detail {

/// A stream and what waits to be written to it (PI1, PI2).
class pipe {
 public:
  /// What `write_out` came to.
  enum class state : std::uint8_t { done, has_more, waits_for_room, broken };
  /// Bytes that a turn writes, and one write more (PI3).
  static constexpr std::size_t turn_bytes_max = std::size_t{1} << 20;

  /// Takes over a connected stream, with nothing to write.
  void open(std::unique_ptr<port::stream> stream) noexcept {
    stream_ = std::move(stream);
    queue_.forget();
    queue_.cut(false);
  }

  /// Closes and forgets what was not written.
  void close() noexcept {
    if (stream_) stream_->close();
    stream_ = nullptr;
    queue_.forget();
  }

  /// The stream; null when closed.
  port::stream* stream() const noexcept { return stream_.get(); }
  /// What waits.
  send_queue& queue() noexcept { return queue_; }
  const send_queue& queue() const noexcept { return queue_; }
  /// Where urgent frames are appended, whole.
  std::string& urgent() noexcept { return queue_.urgent(); }
  /// Bytes that have not been written yet.
  std::size_t unsent() const noexcept { return queue_.unsent(); }

  /// Writes what can be written (PI2, PI3).
  state write_out(error& why) { return write_out(why, turn_bytes_max); }
  /// The last that is written: as much as the stream takes.
  void flush();

 private:
  state write_out(error& why, std::size_t bytes_max);

  std::unique_ptr<port::stream> stream_;
  send_queue queue_;
};

/// The calling thread's buffer for reading from a peer.
std::array<std::byte, 64u << 10>& peer_read_buffer();
/// And its spare room for what comes in parts (frame_reader.hpp, F6).
wire::byte_room& peer_read_spare();

}  // namespace troupe::detail
