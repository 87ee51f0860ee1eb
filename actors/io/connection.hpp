// An actor that owns one connection.
//
//     class session : public troupe::io::connection<> {
//      public:
//       using connection::connection;
//       void on_bytes(std::string_view bytes) override { send(bytes); grant(bytes.size()); }   // an echo
//     };
//
// Rules
//  CN1 Read credit: bytes are read while there is credit, at most `credit` of them before `grant` gives some
//      back. Without credit nothing is read; the kernel's buffer fills and the peer is slowed down.
//  CN2 Nothing is read either while more than `unsent_max` bytes wait to be sent: a peer that does not read its
//      answers is not served more of them.
//  CN3 What is sent in a turn leaves in one write at the end of the turn; the rest when the peer has room.
//  CN4 The end of the stream, an error, or `close` ends the actor: `on_closed`, then its stop. At the end of the
//      stream, what was sent already leaves first.
//  CN6 With a `budget` it reads only what its share of that covers (read_budget.hpp): what is read counts until
//      `done_with`. Owners that hold something unfinished when memory is short are asked by `on_memory_short`, once what
//      has arrived by then has been read.
//  CN7 An idle connection keeps next to nothing: buffers above `keep_bytes` are given back once they are empty.
//  CN5 One readable event reads a bounded number of chunks, so that a busy connection does not starve the
//      others.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <troupe/actor/actor.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/io/budget_share.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::io {

/// How a connection behaves.
struct connection_options {
  std::size_t credit = 256u << 10;    ///< bytes that may be read and not yet granted again (CN1)
  std::size_t unsent_max = 1u << 20;  ///< bytes waiting to be sent above which nothing is read (CN2)
  budget_terms budget = {};           ///< what it shares with others (CN6); none by default
};

/// The socket side of a connection: everything that does not depend on its protocol. In the actor's turns
/// only.
class socket final : private budget_share::user {
 public:
  /// What the socket tells its actor.
  class owner {
   public:
    /// Bytes arrived; the view is valid during the call.
    virtual void on_bytes(std::string_view bytes) = 0;
    /// The peer will send no more. Close once what it is owed has been sent (CN4).
    virtual void on_end() = 0;
    /// The stream has ended, by either side or an error.
    virtual void on_closed(const error& why) = 0;
    /// Others wait for memory: give up what has been arriving for too long (RB3). `waits`: this one does as well.
    virtual void on_memory_short(bool waits) = 0;

   protected:
    ~owner() = default;
  };

  socket(cell& self, owner& to, std::unique_ptr<port::stream> stream, connection_options options);
  ~socket();
  socket(const socket&) = delete;
  socket& operator=(const socket&) = delete;

  /// Begins to read.
  void start() { wait_readable(); }
  /// Queues bytes; they leave with `flush` (CN3).
  void send(std::string_view bytes) { unsent_.append(bytes); }
  /// The buffer that `send` appends to, for those who write in place.
  std::string& out() noexcept { return unsent_; }
  /// Writes what can be written.
  void flush();
  /// Gives read credit back (CN1).
  void grant(std::size_t bytes);
  /// Bytes that were read are no longer held (CN6).
  void done_with(std::size_t bytes) { share_.done(bytes); }
  /// Closes once everything has been sent.
  void close_after_sending();
  /// Closes now (CN4).
  void close(error why);
  /// Bytes that wait to be sent.
  std::size_t unsent() const noexcept { return unsent_.size() - sent_; }
  /// Whether the stream is still open.
  bool open() const noexcept { return stream_ != nullptr; }
  /// The other side's address, for people.
  std::string peer() const { return stream_ ? stream_->peer() : std::string{}; }

 private:
  static constexpr int chunks_max = 4;             // CN5
  static constexpr std::size_t keep_bytes = 4096;  // CN7

  template <class F>
  port::ready_handler in_turn(F then);
  void wait_readable();
  void readable();
  bool may_read() const noexcept;
  void room_again() override { readable(); }
  void memory_short(bool waits) override;

  cell& self_;
  owner& to_;
  std::unique_ptr<port::stream> stream_;
  connection_options options_;
  std::size_t credit_;
  std::string unsent_;
  std::size_t sent_ = 0;  // bytes of unsent_ that have left already
  bool waiting_readable_ = false;
  bool waiting_writable_ = false;
  bool closing_ = false;
  bool ended_by_peer_ = false;
  std::shared_ptr<bool> alive_;
  budget_share share_;
};

/// An actor with a connection (CN1-CN5). It may have messages of its own.
template <class... Ms>
class connection : public actor<Ms...>, protected socket::owner {
 public:
  /// Takes the stream over.
  explicit connection(std::unique_ptr<port::stream> stream, connection_options options = {})
      : socket_(this->own_cell(), *this, std::move(stream), options) {}

  /// Called instead of `on_turn_end`, before what was sent leaves.
  virtual void on_batch_end() {}
  void on_closed(const error&) override {}
  /// The peer will send no more. The default sends what waits and closes; override it when answers are still to come.
  void on_end() override { socket_.close_after_sending(); }
  /// Others wait for memory (CN6). The default goes on: override it in a protocol whose requests arrive in pieces.
  void on_memory_short(bool /*waits*/) override {}

  /// Begins to read. A class of yours that has an `on_start` of its own calls this one.
  void on_start() { socket_.start(); }
  void on_turn_end() final {
    on_batch_end();
    socket_.flush();
    if (!socket_.open()) this->stop_self();
  }

 protected:
  /// Sends bytes at the end of the turn.
  void send(std::string_view bytes) { socket_.send(bytes); }
  /// The outgoing bytes, to append to.
  std::string& out() noexcept { return socket_.out(); }
  /// Gives read credit back.
  void grant(std::size_t bytes) { socket_.grant(bytes); }
  /// Bytes that were read are no longer held (CN6).
  void done_with(std::size_t bytes) { socket_.done_with(bytes); }
  /// Closes once everything has been sent.
  void close_after_sending() { socket_.close_after_sending(); }
  /// Closes now.
  void close() { socket_.close({errc::closed, "closed by this side"}); }
  std::size_t unsent() const noexcept { return socket_.unsent(); }
  std::string peer() const { return socket_.peer(); }

 private:
  socket socket_;
};

}  // namespace troupe::io
