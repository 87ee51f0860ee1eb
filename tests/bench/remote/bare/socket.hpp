// TCP on loopback, blocking, small writes at once: what the operating system itself takes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bench::remote {

/// A connected socket. Throws `std::system_error` with what the operating system says. Not thread-safe, except that one thread may
/// read while another one writes.
class bare_stream {
 public:
  explicit bare_stream(int socket);
  ~bare_stream();
  bare_stream(bare_stream&& other) noexcept;
  bare_stream(const bare_stream&) = delete;
  bare_stream& operator=(const bare_stream&) = delete;

  /// Connects to 127.0.0.1 at that port.
  static bare_stream to(std::uint16_t port);
  /// Writes all of it.
  void write_all(const void* from, std::size_t bytes);
  /// Reads exactly that much; false at the end of the stream.
  bool read_all(void* into, std::size_t bytes);
  /// Reads what is there, at most that much; 0 at the end of the stream.
  std::size_t read_some(void* into, std::size_t bytes);

 private:
  int socket_;
};

/// Listens on a free port of 127.0.0.1.
class bare_listener {
 public:
  bare_listener();
  /// Which port that is.
  std::uint16_t port() const;
  /// The next connection.
  bare_stream accept();

 private:
  int socket_;
};

}  // namespace bench::remote
