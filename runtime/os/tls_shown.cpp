#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <troupe/os/tls_certificate.hpp>
#include <troupe/os/tls_failure.hpp>
#include <troupe/os/tls_shown.hpp>
#include <utility>

namespace troupe::os {

struct tls_shown::chain {
  struct freed {
    void operator()(STACK_OF(X509) * all) const noexcept { sk_X509_pop_free(all, X509_free); }
    void operator()(X509* one) const noexcept { X509_free(one); }
    void operator()(X509_STORE_CTX* check) const noexcept { X509_STORE_CTX_free(check); }
  };

  std::shared_ptr<const tls_credentials> by;
  bool of_acceptor = false;  // the other side was dialled
  std::unique_ptr<X509, freed> leaf = {};
  std::unique_ptr<STACK_OF(X509), freed> above = {};  // null: nothing besides
};

tls_shown::tls_shown(std::unique_ptr<const chain> c) noexcept : chain_(std::move(c)) {}
tls_shown::~tls_shown() = default;

std::shared_ptr<const tls_shown> tls_shown::on(const SSL& ssl, std::shared_ptr<const tls_credentials> by) {
  auto made = std::make_unique<chain>();
  made->by = std::move(by);
  made->of_acceptor = SSL_is_server(&ssl) == 0;
  made->leaf.reset(SSL_get1_peer_certificate(&ssl));
  if (STACK_OF(X509)* const all = SSL_get_peer_cert_chain(&ssl)) {
    made->above.reset(X509_chain_up_ref(all));
    if (!made->above) return nullptr;
  }
  if (!made->leaf) return nullptr;
  auto until = to_time(X509_get0_notAfter(made->leaf.get()));
  const STACK_OF(X509)* const led = SSL_get0_verified_chain(&ssl);
  for (int i = 0; i < sk_X509_num(led); ++i)
    until = std::min(until, to_time(X509_get0_notAfter(sk_X509_value(led, i))));
  const std::shared_ptr<tls_shown> out{new tls_shown{std::move(made)}};
  out->valid_until_ = until;
  return out;
}

// TV1
std::string tls_shown::objection_of(const tls_credentials& now) const {
  if (chain_->by.get() == &now) return {};
  const SSL_CTX& rules = now.context();
  const std::unique_ptr<X509_STORE_CTX, chain::freed> check{X509_STORE_CTX_new()};
  // It takes its arguments as what may change, and counts their references only.
  if (!check || X509_STORE_CTX_init(check.get(), SSL_CTX_get_cert_store(&rules), chain_->leaf.get(),
                                    chain_->above.get()) != 1)
    return "its certificate (" + subject_of(*chain_->leaf) + ") can't be checked: there is no memory";
  X509_STORE_CTX_set_default(check.get(), chain_->of_acceptor ? "ssl_server" : "ssl_client");
  X509_STORE_CTX_set_depth(check.get(), SSL_CTX_get_verify_depth(&rules));
  X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(check.get()),
                                   SSL_CTX_get_security_level(&rules));
  const bool counts = X509_verify_cert(check.get()) == 1;
  ERR_clear_error();
  return counts ? std::string{} : why_not_trusted(X509_STORE_CTX_get_error(check.get()), *chain_->leaf);
}

}  // namespace troupe::os
