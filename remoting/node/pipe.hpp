// A stream to a peer with its outgoing bytes: what links and inbound connections share.
//
// Rules
//  PI1 Everything is guarded by the owner's lock.
//  PI2 Bytes are appended as whole frames and leave in order. `write_out` writes until the stream is full or
//      nothing is left; while it waits for room it says so and is called again.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <troupe/port/transport.hpp>

namespace troupe::detail {

/// A stream and what waits to be written to it (PI1, PI2).
class pipe {
 public:
  /// What `write_out` came to.
  enum class state : std::uint8_t { done, waits_for_room, broken };

  /// Takes over a connected stream, with nothing to write.
  void open(std::unique_ptr<port::stream> stream) noexcept {
    stream_ = std::move(stream);
    forget();
  }

  /// Closes and forgets what was not written.
  void close() noexcept;

  /// The stream; null when closed.
  port::stream* stream() const noexcept { return stream_.get(); }
  /// The bytes that wait, to append whole frames to.
  std::string& out() noexcept { return out_; }
  /// Bytes that have not been written yet.
  std::size_t unsent() const noexcept { return out_.size() - written_; }
  /// How many bytes have left, or were lost with their stream, since it was made.
  std::uint64_t gone() const noexcept { return gone_; }
  /// What `gone` will be when all that has been appended is.
  std::uint64_t end() const noexcept { return gone_ + unsent(); }

  /// Writes what can be written (PI2).
  state write_out(error& why);

 private:
  void forget() noexcept {
    gone_ = end();
    out_.clear();
    written_ = 0;
  }

  std::unique_ptr<port::stream> stream_;
  std::string out_;
  std::size_t written_ = 0;
  std::uint64_t gone_ = 0;
};

/// The calling thread's buffer for reading from a peer.
std::array<std::byte, 64u << 10>& peer_read_buffer();

}  // namespace troupe::detail
