// Whom a node lets in, and by what it proves itself: the certificates in use, who may be a peer, and how both change while it runs.
//
// Rules
//  LN1 A reload is whole or it is nothing: all files are read and found in order before anything of it counts (port/secure.hpp), and one that
//      fails leaves everything as it was. Of two at a time the one that reads later counts.
//  LN2 From then on each connection is held against what counts now, when its peer says who it is, whatever counted when it was made: one that is
//      under way while a reload happens is not forgotten. Those that are open are looked at by their owner, `remoting`, after each reload.
//  LN3 Where `node.tls.close_expired` is set, who was let in by a certificate goes when that has expired; otherwise at the next reload.
//  LN4 Whether there are certificates at all is fixed at the start: peers have been told, and connections without one would be left.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <troupe/cell/environment.hpp>
#include <troupe/link/proof.hpp>
#include <troupe/node/options.hpp>

namespace troupe::detail {

/// See above. Thread-safe; its lock is held while nothing but a value is copied, so it may be asked under any other.
class admission_policy {
 public:
  /// With what `options` say, which must outlive it. Throws `failed` where the certificate is wrong, or not this node's (N5).
  admission_policy(environment& env, const node_options& options);

  /// What this node listens and dials with.
  port::transport& transport() const noexcept;

  /// Why who has proved `proof` may not be `node` now; empty: it may (LP1, LP2, LN2). One line for a person.
  std::string objection_to(const port::peer_proof& proof, std::string_view node) const;
  /// Why that user may not connect at all; empty when it may, or when it is no user that was proved (LP2).
  std::string objection_to_user(const port::peer_proof& proof) const;
  /// Why who was let in with `proof` has to go by now; empty: he has not (LN3).
  std::string objection_to_age(const port::peer_proof& proof) const;

  /// Reads the files of the certificates anew (LN1). `errc::invalid` with which is wrong, how, and that all stays as it was; also where there are
  /// none.
  result<void> reload();
  /// The same from the files, and with the peers and users, that `anew` names (`tls`, `tls_allow`, `unix_users`): nothing else of it is looked at.
  result<void> reload(const node_options& anew);

  /// Warns, once a day at most, of a certificate that expires soon.
  void warn_when_due();

 private:
  static constexpr std::chrono::hours certificate_warning{14 * 24};

  result<void> load(const port::credential_files& files);
  std::string mistake_in(const port::credential_report& report, const port::credential_files& files) const;
  void say_until_when(const port::credential_files& files);
  std::shared_ptr<const proof_rules> rules() const;

  environment& env_;
  const node_options& options_;
  std::unique_ptr<port::secure_transport> secure_;  // null: without TLS
  std::mutex reloading_;                            // goes before mutex_
  port::credential_files files_;                    // guarded by reloading_
  mutable std::mutex mutex_;
  std::shared_ptr<const proof_rules> rules_;  // guarded by mutex_
  // relaxed: nothing is read because of it, and to warn twice does no harm
  std::atomic<duration::rep> warned_at_{0};
};

}  // namespace troupe::detail
