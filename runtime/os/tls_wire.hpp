// What OpenSSL reads from and writes to, over a port::stream. Bytes are read many records at once and written many records at once.
//
// Rules
//  TW1 What waits to leave is bounded: OpenSSL is told that there is no room while more than `unsent_max` bytes wait. So a peer that makes
//      this side write, as by asking for new keys, and does not read gets no more (R8).
//  TW2 Work is done in steps. A step reads the stream once, into a buffer of the thread: OpenSSL's own reading ahead moves all that it has not
//      used yet at each record. What a step leaves of it is kept; that is nothing where the owner's buffer has room for all of it.
//  TW3 Until the peer has proved who it is, no more than `limits::handshake_bytes_max` bytes are read of it (R6), and the first of them must be
//      TLS.
//  TW4 Between steps, and when all has left, a connection holds no buffer.
//  TW5 What OpenSSL has written waits in one place, and what is on its way to the stream below in another: so one thread can write the second, by
//      `send_loaded`, while another has OpenSSL work. All else is called under the lock of who owns this.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/port/transport.hpp>

struct bio_st;
struct ssl_st;

namespace troupe::os {

/// The two directions of a connection below TLS. Not thread-safe, but for TW5.
class tls_wire {
 public:
  static constexpr std::size_t unsent_max = 512u << 10;
  static constexpr std::size_t read_step_bytes = 48u << 10;

  explicit tls_wire(std::unique_ptr<port::stream> below) noexcept : below_(std::move(below)) {}
  tls_wire(const tls_wire&) = delete;
  tls_wire& operator=(const tls_wire&) = delete;

  /// Has `ssl` read and write here. False: there is no memory. This must outlive it.
  bool attach(ssl_st& ssl);

  /// One step (TW2): what OpenSSL is called in.
  class step {
   public:
    explicit step(tls_wire& w) : wire_(w) { wire_.begin(); }
    ~step() { wire_.end(); }
    step(const step&) = delete;
    step& operator=(const step&) = delete;

   private:
    tls_wire& wire_;
  };

  /// Lends what is written room of the calling thread's, which goes back by `load` on this thread. Nothing where something waits.
  void lend_room();
  /// Makes what waits ready for `send_loaded`, if that has nothing left to do. False: nothing waits.
  bool load();
  /// Writes what was made ready. Success when all of it has left, `errc::would_block`, or what the stream failed of. One thread at a time (TW5).
  result<void> send_loaded();
  /// All of that, until nothing waits.
  result<void> flush();

  /// Whether something waits to leave.
  bool has_unsent() const noexcept { return !loaded_.empty() || !out_.empty(); }

  /// The peer has proved who it is.
  void proved() noexcept { proved_ = true; }
  /// How many bytes have been read.
  std::size_t bytes_read() const noexcept { return read_; }
  /// Whether something was read that OpenSSL has not taken.
  bool has_unused() const noexcept { return !unused_.empty(); }
  /// Whether the stream is at its end.
  bool ended() const noexcept { return ended_; }
  /// What reading failed of, if it did.
  const std::optional<error>& failure() const noexcept { return failure_; }

  /// The stream below.
  port::stream& below() noexcept { return *below_; }
  const port::stream& below() const noexcept { return *below_; }

  /// For OpenSSL: as read(2), and `retry` says that nothing is there.
  int read(char* into, int size, bool& retry);
  /// For OpenSSL: as write(2), and `retry` says that there is no room.
  int write(const char* from, int size, bool& retry);

 private:
  void begin() noexcept;
  void end();
  bool refill(bool& retry);

  std::unique_ptr<port::stream> below_;
  std::string rest_;         // what the last step left
  std::string_view unused_;  // in a step: of the thread's buffer or of `rest_`
  std::string out_;          // what OpenSSL has written
  std::string loaded_;       // what is leaving; does not change in `send_loaded`
  std::size_t sent_ = 0;     // of that; `send_loaded`'s alone while it runs
  std::size_t read_ = 0;
  int reads_left_ = 0;
  bool proved_ = false;
  bool ended_ = false;
  std::optional<error> failure_;
};

}  // namespace troupe::os
