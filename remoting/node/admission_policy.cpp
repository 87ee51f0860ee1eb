#include <algorithm>
#include <troupe/node/admission_policy.hpp>
#include <troupe/wire/one_line.hpp>
#include <utility>

namespace troupe::detail {

admission_policy::admission_policy(environment& env, const node_options& options)
    : env_(env), options_(options), rules_(std::make_shared<const proof_rules>(proof_rules_of(options))) {
  if (!options.tls) return;
  files_ = *options.tls;
  auto made = env.platform().transport().secured(files_);
  if (!made) throw failed{{errc::invalid, "node " + options.name + ": node.tls." + made.error().text}};
  if (std::string why = mistake_in((*made)->report(), files_); !why.empty())
    throw failed{{errc::invalid, "node " + options.name + ": " + why}};
  secure_ = std::move(*made);
  say_until_when(files_);
}

port::transport& admission_policy::transport() const noexcept {
  return secure_ ? static_cast<port::transport&>(*secure_) : env_.platform().transport();
}

std::shared_ptr<const proof_rules> admission_policy::rules() const {
  const std::lock_guard hold{mutex_};
  return rules_;
}

std::string admission_policy::objection_to(const port::peer_proof& proof, std::string_view node) const {
  std::string why = troupe::objection_to(proof, node, *rules());
  return why.empty() && secure_ ? secure_->objection_to(proof) : why;
}

std::string admission_policy::objection_to_user(const port::peer_proof& proof) const {
  return troupe::objection_to_user(proof, *rules());
}

std::string admission_policy::objection_to_age(const port::peer_proof& proof) const {
  if (!options_.tls_close_expired || proof.how != port::peer_proof::kind::certificate) return {};
  if (env_.platform().clock().wall() <= proof.valid_until) return {};
  return "it has " + wire::one_line(to_string(proof)) + " that has expired since (node.tls.close_expired)";
}

result<void> admission_policy::reload() {
  if (!secure_) return error{errc::invalid, "node " + options_.name + " has no certificate (node.tls)"};
  const std::lock_guard hold{reloading_};
  return load(files_);
}

result<void> admission_policy::reload(const node_options& anew) {
  // LN4
  if (anew.tls.has_value() != (secure_ != nullptr))
    return error{errc::invalid, "node " + options_.name + (secure_ ? " speaks" : " does not speak") +
                                    " TLS for as long as it runs; start it anew to change whether it has "
                                    "certificates (node.tls)"};
  const std::lock_guard hold{reloading_};
  if (anew.tls) {
    if (auto done = load(*anew.tls); !done) return done;
    files_ = *anew.tls;
  }
  auto now = std::make_shared<const proof_rules>(proof_rules_of(anew));
  const std::lock_guard also{mutex_};
  rules_ = std::move(now);
  return {};
}

// REQUIRES: `reloading_` is held.
result<void> admission_policy::load(const port::credential_files& files) {
  const auto report =
      secure_->reload(files, [&](const port::credential_report& r) { return mistake_in(r, files); });
  if (report) {
    say_until_when(files);
    return {};
  }
  auto why = report.error();
  if (!why.text.starts_with("node.tls.")) why.text = "node.tls." + why.text;
  why.text += "; the certificate from before stays in use";
  return why;
}

// N5: peers would refuse it one by one, and each would say so in its own log only.
std::string admission_policy::mistake_in(const port::credential_report& report,
                                         const port::credential_files& files) const {
  if (std::find(report.nodes.begin(), report.nodes.end(), options_.name) != report.nodes.end()) return {};
  port::peer_proof own;
  own.how = port::peer_proof::kind::certificate;
  own.nodes = report.nodes;
  return "node.tls.certificate " + files.certificate + ": it is " + to_string(own) + " and not for " +
         options_.name + "; its subjectAltName needs the URI " + port::node_uri(options_.name);
}

void admission_policy::say_until_when(const port::credential_files& files) {
  const auto report = secure_->report();
  const auto left =
      std::chrono::floor<std::chrono::hours>(report.valid_until - env_.platform().clock().wall());
  warned_at_.store(env_.now().time_since_epoch().count(), std::memory_order_relaxed);
  const std::string days = std::to_string(left.count() / 24) + " days";
  if (left < certificate_warning)
    env_.events().log(log_level::warning, options_.name,
                      "the certificate " + files.certificate + " expires in " + days +
                          "; put a new one in its place and call reload_certificates()");
  else
    env_.events().log(log_level::info, options_.name,
                      "speaks TLS with certificate " + report.fingerprint + ", which is valid for " + days);
}

void admission_policy::warn_when_due() {
  const time_point said{duration{warned_at_.load(std::memory_order_relaxed)}};
  if (!secure_ || env_.now() - said < std::chrono::hours{24}) return;
  // Who reloads just now says it himself.
  if (const std::unique_lock hold{reloading_, std::try_to_lock}; hold) say_until_when(files_);
}

}  // namespace troupe::detail
