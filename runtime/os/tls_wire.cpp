#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <span>
#include <troupe/base/limits.hpp>
#include <troupe/os/tls_failure.hpp>
#include <troupe/os/tls_wire.hpp>

namespace troupe::os {
namespace {

tls_wire& wire_of(BIO* bio) { return *static_cast<tls_wire*>(BIO_get_data(bio)); }

int on_read(BIO* bio, char* into, int size) {
  bool retry = false;
  BIO_clear_retry_flags(bio);
  const int n = wire_of(bio).read(into, size, retry);
  if (retry) BIO_set_retry_read(bio);
  return n;
}

int on_write(BIO* bio, const char* from, int size) {
  bool retry = false;
  BIO_clear_retry_flags(bio);
  const int n = wire_of(bio).write(from, size, retry);
  if (retry) BIO_set_retry_write(bio);
  return n;
}

long on_control(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:  // it is flushed at the end of each step
      return 1;
    case BIO_CTRL_EOF:
      return wire_of(bio).ended() ? 1 : 0;
    default:
      return 0;
  }
}

int on_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

/// The functions above as OpenSSL takes them. A table: it has no state.
const BIO_METHOD* method() {
  static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> made = [] {
    std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> m{
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "troupe stream"), &BIO_meth_free};
    if (m) {
      BIO_meth_set_read(m.get(), on_read);
      BIO_meth_set_write(m.get(), on_write);
      BIO_meth_set_ctrl(m.get(), on_control);
      BIO_meth_set_create(m.get(), on_create);
    }
    return m;
  }();
  return made.get();
}

// RFC 8446, 5.1: a handshake record, or an alert from who does not like ours.
bool begins_tls(char first) noexcept { return first == SSL3_RT_HANDSHAKE || first == SSL3_RT_ALERT; }

/// What TLS has to say to who does not speak it: a fatal alert, protocol_version (RFC 8446, 6). A node without TLS knows by it what it met.
constexpr std::string_view no_tls_alert{"\x15\x03\x03\x00\x02\x02\x46", 7};

/// The calling thread's buffers: what was read in a step, and room for what it writes.
struct thread_buffers {
  std::array<char, tls_wire::read_step_bytes> in;
  std::string out;
};

thread_buffers& buffers() {
  thread_local const auto made = std::make_unique<thread_buffers>();
  return *made;
}

}  // namespace

bool tls_wire::attach(SSL& ssl) {
  const BIO_METHOD* const how = method();
  BIO* const bio = how ? BIO_new(how) : nullptr;
  if (!bio) return false;
  BIO_set_data(bio, this);
  SSL_set_bio(&ssl, bio, bio);
  return true;
}

void tls_wire::begin() noexcept {
  reads_left_ = 1;
  unused_ = rest_;
}

void tls_wire::end() {
  rest_ = std::string{unused_};
  unused_ = rest_;
}

void tls_wire::lend_room() {
  if (has_unsent()) return;
  out_.swap(buffers().out);
  out_.clear();
}

bool tls_wire::load() {
  if (sent_ < loaded_.size()) return true;
  loaded_.clear();
  sent_ = 0;
  if (!out_.empty()) {
    loaded_.swap(out_);
    return true;
  }
  // TW4: the thread keeps the larger of the two for the next that writes.
  for (std::string* const room : {&loaded_, &out_}) {
    if (room->capacity() > buffers().out.capacity()) room->swap(buffers().out);
    std::string{}.swap(*room);
  }
  return false;
}

result<void> tls_wire::send_loaded() {
  while (sent_ < loaded_.size()) {
    const auto put = below_->write_some(std::as_bytes(std::span{loaded_}.subspan(sent_)));
    if (!put) return put.error();
    sent_ += *put;
  }
  return {};
}

result<void> tls_wire::flush() {
  while (load())
    if (auto sent = send_loaded(); !sent) return sent;
  return {};
}

// Reads once. False: there is nothing, and `retry` says whether there may be.
bool tls_wire::refill(bool& retry) {
  if (reads_left_-- <= 0) {
    retry = true;
    return false;
  }
  std::size_t room = read_step_bytes;
  // One byte more than is allowed shows that there are more (TW3).
  if (!proved_) room = std::min(room, limits::handshake_bytes_max + 1 - read_);
  char* const into = buffers().in.data();
  const auto got = below_->read_some(std::as_writable_bytes(std::span{into, room}));
  if (!got) {
    retry = got.error().code == errc::would_block;
    if (!retry) failure_ = got.error();
    return false;
  }
  if (*got == 0) {
    ended_ = true;
    return false;
  }
  if (read_ == 0 && !begins_tls(*into)) {
    failure_ = no_tls(below_->peer());
    out_ += no_tls_alert;
  }
  read_ += *got;
  if (!proved_ && read_ > limits::handshake_bytes_max)
    failure_ = error{errc::refused, below_->peer() + ": more than the " +
                                        std::to_string(limits::handshake_bytes_max) +
                                        " bytes that a handshake may have"};
  if (failure_) return false;
  unused_ = {into, *got};
  return true;
}

int tls_wire::read(char* into, int size, bool& retry) {
  if (failure_) return -1;
  if (unused_.empty() && (ended_ || !refill(retry))) return ended_ ? 0 : -1;
  const std::size_t n = unused_.copy(into, static_cast<std::size_t>(size));
  unused_.remove_prefix(n);
  return static_cast<int>(n);
}

int tls_wire::write(const char* from, int size, bool& retry) {
  // What is leaving counts whole: how much of it has left is not known here (TW5).
  if (out_.size() + loaded_.size() > unsent_max) {
    retry = true;
    return -1;
  }
  out_.append(from, static_cast<std::size_t>(size));
  return size;
}

}  // namespace troupe::os
