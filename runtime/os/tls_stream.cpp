#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <troupe/os/tls_certificate.hpp>
#include <troupe/os/tls_failure.hpp>
#include <troupe/os/tls_shown.hpp>
#include <troupe/os/tls_stream.hpp>
#include <utility>

namespace troupe::os {
namespace {

/// The most that one record carries (RFC 8446, 5.1).
constexpr std::size_t record_bytes = SSL3_RT_MAX_PLAIN_LENGTH;

error not_now() { return {errc::would_block, "not ready"}; }

}  // namespace

result<std::unique_ptr<tls_stream>> tls_stream::over(io_driver& driver, std::unique_ptr<port::stream> below,
                                                     std::shared_ptr<const tls_credentials> with,
                                                     tls_role role) {
  std::unique_ptr<tls_stream> made{new tls_stream{driver, std::move(below), std::move(with), role}};
  if (!made->ssl_ || !made->wire_.attach(*made->ssl_))
    return error{errc::overloaded, "there is no memory for a TLS connection with " + made->peer()};
  return made;
}

tls_stream::~tls_stream() { tls_stream::close(); }

void tls_stream::close() noexcept {
  if (std::exchange(closed_, true)) return;
  const std::lock_guard hold{mutex_};
  if (agreed_ && !failed_ && !wire_.has_unsent()) {
    // TLS' goodbye, if it finds room: whoever reads takes an end without it as well (TS3).
    const tls_wire::step now{wire_};
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
    static_cast<void>(wire_.flush());
  }
  wire_.below().close();
}

error tls_stream::failure() const { return wire_.failure() ? *wire_.failure() : tls_failure(*ssl_, peer()); }

result<void> tls_stream::handshake() {
  if (closed_) return error{errc::closed, "the stream to " + peer() + " is closed"};
  const std::lock_guard hold{mutex_};
  if (failed_) return *failed_;
  const tls_wire::step now{wire_};
  auto done = step_of_handshake();
  // What has come with the last of it is nobody else's to wait for.
  if (done) more_to_read_ = wire_.has_unused() || SSL_has_pending(ssl_.get()) == 1;
  return done;
}

// In a step, with the lock.
result<void> tls_stream::step_of_handshake() {
  if (!agreed_) {
    auto done = agree();
    // Whatever it came to, the other side is to hear of it: an alert as well.
    const auto sent = wire_.flush();
    if (!done && done.error().code != errc::would_block) failed_ = done.error();
    if (!done) return done;
    if (!sent && sent.error().code != errc::would_block) failed_ = last_word(sent.error());
    if (failed_) return *failed_;
  }
  return {};
}

result<void> tls_stream::agree() {
  ERR_clear_error();
  const int rc = SSL_do_handshake(ssl_.get());
  if (rc != 1) {
    const int why = SSL_get_error(ssl_.get(), rc);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return not_now();
    if (wire_.ended() && !wire_.failure())
      return error{errc::refused, peer() + " closed the connection before it had proved who it is"};
    return failure();
  }
  const X509* const theirs = SSL_get0_peer_certificate(ssl_.get());
  // OpenSSL has seen to both; that nothing is dispatched without them is worth another look.
  if (!theirs || SSL_get_verify_result(ssl_.get()) != X509_V_OK)
    return error{errc::refused, peer() + " showed no certificate that counts"};
  auto shown = tls_shown::on(*ssl_, std::move(with_));
  if (!shown) return error{errc::overloaded, "there is no memory for what " + peer() + " has shown"};
  proof_ = {.how = port::peer_proof::kind::certificate,
            .nodes = nodes_of(*theirs),
            .fingerprint = fingerprint_of(*theirs),
            .valid_until = shown->valid_until(),
            .bytes = wire_.bytes_read()};
  proof_.shown = std::move(shown);
  agreed_ = true;
  wire_.proved();
  return {};
}

result<std::size_t> tls_stream::read_some(std::span<std::byte> into) {
  if (into.empty()) return error{errc::invalid, "read_some needs room for at least one byte"};
  if (closed_) return error{errc::closed, "the stream to " + peer() + " is closed"};
  const std::lock_guard hold{mutex_};
  if (failed_) return *failed_;
  more_to_read_ = false;
  const tls_wire::step now{wire_};
  if (const auto done = step_of_handshake(); !done) return done.error();

  std::size_t got = 0;
  bool ended = false;
  while (got < into.size()) {
    ERR_clear_error();
    std::size_t n = 0;
    const int rc = SSL_read_ex(ssl_.get(), into.data() + got, into.size() - got, &n);
    if (rc == 1) {
      got += n;
      continue;
    }
    const int why = SSL_get_error(ssl_.get(), rc);
    if (why == SSL_ERROR_ZERO_RETURN || (wire_.ended() && !wire_.failure()))
      ended = true;  // TS3
    else if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
      failed_ = failure();
    break;
  }
  more_to_read_ = got == into.size();
  // What reading made it answer: new keys, an alert (TS6). A failure to is the next write's.
  if (!sending_) static_cast<void>(wire_.flush());
  if (got > 0) return got;
  if (failed_) return *failed_;
  if (ended) return std::size_t{0};
  return not_now();
}

result<std::size_t> tls_stream::write_some(std::span<const std::byte> from) {
  const std::string_view one{reinterpret_cast<const char*>(from.data()), from.size()};
  return write_gathered({&one, 1});
}

// Fills records from one piece after the other, so that many small ones cost no more than a large one. Returns how many bytes were taken; less
// than there are when the step is full or the connection broke.
std::size_t tls_stream::encrypt(std::span<const std::string_view> pieces) {
  thread_local std::array<char, record_bytes> gathered;
  std::size_t taken = 0, piece = 0, at = 0;  // `at` within `piece`
  bool owed = false;
  {
    const std::lock_guard hold{mutex_};
    owed = std::exchange(owes_a_byte_, false);
    wire_.lend_room();
  }
  while (piece < pieces.size() && taken < write_step_bytes) {
    if (at == pieces[piece].size()) {
      ++piece;
      at = 0;
      continue;
    }
    if (std::exchange(owed, false)) {  // is in a record already
      ++at;
      ++taken;
      continue;
    }
    std::string_view record = pieces[piece].substr(at, record_bytes);
    if (record.size() < record_bytes && piece + 1 < pieces.size()) {
      std::size_t filled = record.copy(gathered.data(), record.size());
      for (std::size_t next = piece + 1; next < pieces.size() && filled < record_bytes; ++next)
        filled += pieces[next].copy(gathered.data() + filled, record_bytes - filled);
      record = {gathered.data(), filled};
    }
    std::size_t n = 0;
    if (!encrypt_record(record, n)) break;
    taken += n;
    while (n > 0) {
      const std::size_t here = std::min(n, pieces[piece].size() - at);
      n -= here;
      at += here;
      if (at == pieces[piece].size()) {
        ++piece;
        at = 0;
      }
    }
  }
  return taken;
}

// False: there is no room, or the connection broke.
bool tls_stream::encrypt_record(std::string_view record, std::size_t& taken) {
  const std::lock_guard hold{mutex_};
  if (failed_) return false;
  ERR_clear_error();
  const int rc = SSL_write_ex(ssl_.get(), record.data(), record.size(), &taken);
  if (rc == 1) return true;
  const int why = SSL_get_error(ssl_.get(), rc);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) failed_ = failure();
  return false;
}

// Writes all that waits, without the lock (TS5). Success: all has left; and who reads writes his answers himself again, if this was the last (TS6).
result<void> tls_stream::send(bool is_last) {
  for (;;) {
    {
      const std::lock_guard hold{mutex_};
      if (failed_) return *failed_;
      if (!wire_.load()) {
        sending_ = !is_last;
        return {};
      }
    }
    const auto sent = wire_.send_loaded();
    if (sent) continue;
    if (sent.error().code == errc::would_block) return sent;
    const std::lock_guard hold{mutex_};
    const tls_wire::step now{wire_};
    if (!failed_) failed_ = last_word(sent.error());
    return *failed_;
  }
}

result<std::size_t> tls_stream::write_gathered(std::span<const std::string_view> pieces) {
  if (closed_) return error{errc::closed, "the stream to " + peer() + " is closed"};
  std::size_t offered = 0;
  for (const auto& piece : pieces) offered += piece.size();
  if (offered == 0) return std::size_t{0};
  {
    const std::lock_guard hold{mutex_};
    if (failed_) return *failed_;
    if (!agreed_) {
      const tls_wire::step now{wire_};
      if (const auto done = step_of_handshake(); !done) return done.error();
    }
    sending_ = true;
  }
  std::size_t taken = 0;
  auto sent = send(false);
  if (sent) {
    taken = encrypt(pieces);
    sent = send(true);
  }
  if (sent) return taken == 0 ? result<std::size_t>{not_now()} : taken;

  const std::lock_guard hold{mutex_};
  sending_ = false;
  if (sent.error().code != errc::would_block) return sent.error();
  if (taken == 0) return not_now();
  owes_a_byte_ = true;
  return --taken == 0 ? result<std::size_t>{not_now()} : taken;
}

// TS4, in a step, with the lock.
error tls_stream::last_word(error instead) {
  ERR_clear_error();
  std::byte ignored[64];
  std::size_t n = 0;
  for (int i = 0; i < 16; ++i) {
    const int rc = SSL_read_ex(ssl_.get(), ignored, sizeof ignored, &n);
    if (rc == 1) continue;
    if (SSL_get_error(ssl_.get(), rc) != SSL_ERROR_SSL || wire_.failure()) break;
    auto theirs = tls_failure(*ssl_, peer());
    return theirs.code == errc::refused ? theirs : instead;
  }
  ERR_clear_error();
  return instead;
}

void tls_stream::wait_readable(port::ready_handler ready) {
  if (more_to_read_) {
    // Not from in here (T1). What is there has been read already, so the stream below has nothing to tell.
    boost::asio::post(driver_.context(),
                      [&driver = driver_, ready = std::move(ready), to_come = io_driver::errand{driver_}] {
                        driver.count_completion();
                        ready({});
                      });
    return;
  }
  bool answers_wait = false;
  {
    const std::lock_guard hold{mutex_};
    answers_wait = wire_.has_unsent() && !owes_a_byte_ && !sending_;
  }
  waits_->wait(wire_.below(), std::move(ready), true, answers_wait);
}

void tls_stream::wait_writable(port::ready_handler ready) {
  // Before the handshake is done nobody else is here (TS5).
  waits_->wait(wire_.below(), std::move(ready), !agreed_, agreed_ || wire_.has_unsent());
}

}  // namespace troupe::os
