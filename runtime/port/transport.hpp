// Bytes in and out. The shape is readiness, not completion: an idle connection then holds no buffer (10,000
// idle connections cost no read memory), the actor reads when it has the worker, and a slow actor slows its
// peer.
//
// Rules
//  T1 One owner at a time calls a stream's functions; callbacks may run on any worker, inside the driver, and
//     do no more than post a message. One that `writes_apart` may be written by one thread while another reads from it or waits.
//  T2 At most one `wait_readable` and one `wait_writable` are outstanding on a stream.
//  T3 A callback runs exactly once: with success when ready, with `errc::closed` when the stream was closed
//     meanwhile.
//  T4 `read_some` returns 0 at the orderly end of the stream, `errc::would_block` when there is nothing now.
//  T5 Who was told that part of his bytes are written offers the rest next, whatever comes between: so no message is begun within another.
//     What has not been begun may give way to something else. A callback may come although nothing is ready: `errc::would_block` follows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/base/units.hpp>
#include <troupe/port/peer_proof.hpp>

namespace troupe::port {

/// Where to listen or connect: a host name or address and a TCP port, or the path of a Unix domain socket.
struct endpoint {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string path = {};  ///< of a Unix domain socket; where there is one, host and port mean nothing

  /// Whether it is a Unix domain socket, which is on this machine for certain.
  bool is_local() const noexcept { return !path.empty(); }

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// `127.0.0.1:7000`, `[::1]:7000`, `unix:/run/bank.sock`.
std::string to_string(const endpoint& e);

/// Parses what `to_string` prints; `errc::invalid` with the reason otherwise.
result<endpoint> parse_endpoint(const std::string& text);

/// Called once when a stream is ready, or with the reason why it never will be.
using ready_handler = std::function<void(result<void>)>;

/// A connected byte stream. Destroying it closes it.
class stream {
 public:
  virtual ~stream() = default;

  /// Reads what is there, at most `into.size()` bytes (T4).
  virtual result<std::size_t> read_some(std::span<std::byte> into) = 0;

  /// The same into two places in a row, neither of them empty: the second is only begun when the first is full. Unless a stream knows better, the
  /// first alone.
  virtual result<std::size_t> read_scattered(std::span<std::byte> first, std::span<std::byte>) {
    return read_some(first);
  }
  /// Whether it knows better.
  virtual bool scatters() const noexcept { return false; }

  /// Writes what fits now; may be less than all. `errc::would_block` when nothing fits.
  virtual result<std::size_t> write_some(std::span<const std::byte> from) = 0;

  /// The same for several pieces in a row, none of them empty: as many of their bytes, in order, as fit now. Unless a stream knows
  /// better, the first piece alone.
  virtual result<std::size_t> write_gathered(std::span<const std::string_view> pieces) {
    return pieces.empty() ? result<std::size_t>{0} : write_some(std::as_bytes(std::span{pieces.front()}));
  }

  /// Whether one thread may write while another reads or waits (T1), from now on. Nobody may close it meanwhile.
  virtual bool writes_apart() const noexcept { return false; }

  /// Calls `ready` once there is something to read, or the peer has closed (T1-T3).
  virtual void wait_readable(ready_handler ready) = 0;

  /// Calls `ready` once there is room to write (T1-T3).
  virtual void wait_writable(ready_handler ready) = 0;

  /// Closes both directions. Outstanding callbacks run with `errc::closed`. Closing twice is fine.
  virtual void close() noexcept = 0;

  /// The other side's address, for people.
  virtual std::string peer() const = 0;

  /// Who the other side has proved to be; `none` where nothing is proved, or not yet. Valid until the owner's next call (T1).
  virtual const peer_proof& proof() const noexcept;
};

/// Takes an accepted stream, or the reason why there is none.
using accept_handler = std::function<void(result<std::unique_ptr<stream>>)>;
/// Takes a connected stream, or the reason why there is none.
using connect_handler = std::function<void(result<std::unique_ptr<stream>>)>;

/// A listening socket. Destroying it closes it.
class acceptor {
 public:
  virtual ~acceptor() = default;

  /// Accepts one connection; at most one accept is outstanding. Out of file descriptors is an error of that
  /// one accept (`errc::overloaded`), not of the acceptor.
  virtual void accept(accept_handler done) = 0;

  /// The address it listens on; the port is the real one when 0 was asked for.
  virtual endpoint local() const = 0;

  /// Lets other users of this machine connect too. Only a Unix domain socket, which is made for its own user, keeps them out; the owner
  /// looks at each one's `proof`. Errors as the operating system has them.
  virtual result<void> admit_other_users() { return {}; }

  /// Stops listening. An outstanding accept runs with `errc::closed`.
  virtual void close() noexcept = 0;
};

class secure_transport;
struct credential_files;

/// Makes streams. Thread-safe.
class transport {
 public:
  virtual ~transport() = default;

  /// Listens. `errc::already_exists` when the port or path is taken, `errc::invalid` when the host does not resolve.
  virtual result<std::unique_ptr<acceptor>> listen(const endpoint& at) = 0;

  /// Connects within `timeout`; `done` runs exactly once, inside the driver. `errc::unreachable` with the
  /// reason (refused, no route) or `errc::timeout`.
  virtual void connect(const endpoint& to, duration timeout, connect_handler done) = 0;

  /// Streams over this transport whose sides prove to each other who they are (secure.hpp). This one must outlive it. An error as from
  /// `secure_transport::reload`, or `errc::invalid` where there is no such thing.
  virtual result<std::unique_ptr<secure_transport>> secured(const credential_files& files);
};

}  // namespace troupe::port
