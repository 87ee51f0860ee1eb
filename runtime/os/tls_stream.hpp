// A TLS connection as a port::stream, over another stream.
//
// Rules
//  TS1 OpenSSL is called by the stream's users, inside of `handshake`, `read_some` and `write_some`: the worker that sends encrypts and
//      writes, the one that reads decrypts. There is no thread of its own.
//  TS2 The last byte of a write is said to be written when all of it has been given to the stream below. Until then its owner has something
//      to offer and comes back, with that byte first (T5): nothing that was encrypted waits for somebody who has forgotten it.
//  TS3 An end without TLS' own goodbye is an end (T4) once the peer has proved who it is: what must not be cut off says itself where it ends,
//      as frames do. Before, it is an error.
//  TS4 Where a write fails the other side's last word is looked for: it says why better than a broken connection does.
//  TS5 Once the handshake is done it may be written while another reads (T1). OpenSSL's state for a connection is for one at a time, so there is a lock
//      around each call of it: for a whole read, and for a record of a write. The system call of a write is made without it, so who reads waits for
//      a record at most, and who only queues what is to be sent for no write.
//  TS6 One at a time writes to the stream below (`sending_`). What a read has to answer while another writes, new keys or an alert, leaves with
//      what that one writes: he looks once more under the lock in which he says that he has done.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <troupe/os/os_driver.hpp>
#include <troupe/os/tls_credentials.hpp>
#include <troupe/os/tls_waits.hpp>
#include <troupe/os/tls_wire.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::os {

/// See above. One owner at a time, and one who writes beside it (T1, TS5).
class tls_stream final : public port::stream {
 public:
  /// One write takes at most this much: enough for full records and few system calls, and what is encrypted is in the cache still when it leaves.
  static constexpr std::size_t write_step_bytes = 128u << 10;

  /// The other side has not been heard yet. `errc::overloaded`: there is no memory. `below` and this must not outlive `driver`.
  static result<std::unique_ptr<tls_stream>> over(io_driver& driver, std::unique_ptr<port::stream> below,
                                                  std::shared_ptr<const tls_credentials> with, tls_role role);
  ~tls_stream() override;

  /// Goes on with agreeing on keys and proving who is there. Success when that is done; `errc::would_block`: wait, and call it again.
  result<void> handshake();

  result<std::size_t> read_some(std::span<std::byte> into) override;
  result<std::size_t> write_some(std::span<const std::byte> from) override;
  result<std::size_t> write_gathered(std::span<const std::string_view> pieces) override;
  // Before that, who writes would go on with the handshake, and with it change what the owner asks for: the proof.
  bool writes_apart() const noexcept override { return agreed_; }
  void wait_readable(port::ready_handler ready) override;
  void wait_writable(port::ready_handler ready) override;
  void close() noexcept override;
  std::string peer() const override { return wire_.below().peer(); }
  const port::peer_proof& proof() const noexcept override { return proof_; }

 private:
  tls_stream(io_driver& driver, std::unique_ptr<port::stream> below,
             std::shared_ptr<const tls_credentials> with, tls_role role)
      : driver_(driver),
        tenancy_(driver),
        wire_(std::move(below)),
        with_(std::move(with)),
        ssl_(with_->open(role)) {}

  result<void> step_of_handshake();
  result<void> agree();
  error failure() const;
  std::size_t encrypt(std::span<const std::string_view> pieces);
  bool encrypt_record(std::string_view record, std::size_t& taken);
  result<void> send(bool is_last);
  error last_word(error instead);

  io_driver& driver_;
  io_driver::tenancy tenancy_;
  // Guards the wire but for its `send_loaded` (TW5), OpenSSL's state, and what says so below.
  std::mutex mutex_;
  tls_wire wire_;
  std::shared_ptr<const tls_credentials> with_;  // until the other side has proved who it is
  ssl_ptr ssl_;                                  // goes before the wire that it writes to
  const std::shared_ptr<tls_waits> waits_ = std::make_shared<tls_waits>();
  port::peer_proof proof_;
  std::optional<error> failed_;  // of what the connection broke; it stays broken; guarded by mutex_
  bool sending_ = false;         // one is in `write_gathered` (TS6); guarded by mutex_
  bool owes_a_byte_ = false;     // one that is encrypted already is offered again (TS2); guarded by mutex_
  bool agreed_ = false;          // the handshake is done; does not change when two may be here
  bool more_to_read_ = false;    // without the stream below; the reader's
  bool closed_ = false;          // the owner's; nobody else is here when it changes
};

}  // namespace troupe::os
