// The certificates that a peer has shown, kept to be looked at again when authorities, lists or the time have changed.
//
// Rules
//  TV1 It is looked at as a new connection's would be: the same purpose, depth and strength are asked for, with what is in use now. Nothing of the
//      first look is remembered.
//  TV2 It costs references only: OpenSSL keeps what a peer has shown for as long as its connection is open, `chain_bytes_max` at most
//      (tls_credentials.cpp).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <troupe/os/tls_credentials.hpp>
#include <troupe/port/peer_proof.hpp>

struct x509_st;

namespace troupe::os {

/// See above. Thread-safe.
class tls_shown final : public port::shown_certificates {
 public:
  /// What the other side of `ssl` has shown, which `by` has let through; null where there is no memory. REQUIRES: the handshake is done.
  static std::shared_ptr<const tls_shown> on(const ssl_st& ssl, std::shared_ptr<const tls_credentials> by);
  ~tls_shown() override;
  tls_shown(const tls_shown&) = delete;
  tls_shown& operator=(const tls_shown&) = delete;

  /// Why these would not get through `now`; empty: they would. What `now` has let through itself is not looked at again.
  std::string objection_of(const tls_credentials& now) const;

  /// When the first of those that led to the authority expires.
  std::chrono::system_clock::time_point valid_until() const noexcept { return valid_until_; }

 private:
  struct chain;
  explicit tls_shown(std::unique_ptr<const chain> c) noexcept;

  std::unique_ptr<const chain> chain_;
  std::chrono::system_clock::time_point valid_until_ = {};
};

}  // namespace troupe::os
