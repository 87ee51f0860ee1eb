#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <troupe/os/os_clock.hpp>
#include <troupe/os/tls_shown.hpp>
#include <troupe/os/tls_stream.hpp>
#include <troupe/os/tls_transport.hpp>
#include <utility>

namespace troupe::os {
namespace {

using credentials_ptr = std::shared_ptr<const tls_credentials>;

// The certificate in use, shared with acceptors (TC3).
class credential_store {
 public:
  explicit credential_store(credentials_ptr first) : now_(std::move(first)) {}
  credentials_ptr now() const {
    const std::lock_guard hold{mutex_};
    return now_;
  }
  void replace(credentials_ptr by) {
    const std::lock_guard hold{mutex_};
    now_ = std::move(by);
  }

 private:
  mutable std::mutex mutex_;
  credentials_ptr now_;
};

// A connection that was dialled, until both sides know each other. All of it runs inside the driver; what is under way keeps it alive.
class tls_dial : public std::enable_shared_from_this<tls_dial> {
 public:
  tls_dial(io_driver& driver, std::unique_ptr<tls_stream> stream, time_point deadline,
           port::connect_handler done)
      : driver_(driver), stream_(std::move(stream)), done_(std::move(done)), timer_(driver.context()) {
    if (deadline != never)
      timer_.expires_at(std::chrono::steady_clock::time_point{deadline.time_since_epoch()});
    else
      timer_.expires_at(std::chrono::steady_clock::time_point::max());
  }

  void start() {
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
      if (cancelled || !self->done_) return;
      self->driver_.count_completion();
      self->finish(error{errc::timeout, self->stream_->peer() + " did not finish the TLS handshake in time"});
    });
    go_on();
  }

 private:
  void go_on() {
    if (!done_) return;
    const auto how = stream_->handshake();
    if (how) return finish(std::unique_ptr<port::stream>{});
    if (how.error().code != errc::would_block) return finish(how.error());
    stream_->wait_readable([self = shared_from_this()](const result<void>&) { self->go_on(); });
  }

  void finish(result<std::unique_ptr<port::stream>> outcome) {
    auto done = std::exchange(done_, nullptr);
    timer_.cancel();
    if (outcome)
      outcome = std::move(stream_);
    else
      stream_->close();
    done(std::move(outcome));
  }

  io_driver& driver_;
  std::unique_ptr<tls_stream> stream_;
  port::connect_handler done_;  // empty once it has run
  boost::asio::steady_timer timer_;
};

class tls_acceptor final : public port::acceptor {
 public:
  tls_acceptor(io_driver& driver, std::unique_ptr<port::acceptor> below,
               std::shared_ptr<credential_store> store)
      : driver_(driver), below_(std::move(below)), store_(std::move(store)) {}

  void accept(port::accept_handler done) override {
    below_->accept([&driver = driver_, store = store_,
                    done = std::move(done)](result<std::unique_ptr<port::stream>> below) {
      if (!below) return done(below.error());
      auto made = tls_stream::over(driver, std::move(*below), store->now(), tls_role::accepts);
      if (!made) return done(made.error());
      done(std::unique_ptr<port::stream>{std::move(*made)});
    });
  }
  port::endpoint local() const override { return below_->local(); }
  void close() noexcept override { below_->close(); }

 private:
  io_driver& driver_;
  std::unique_ptr<port::acceptor> below_;
  std::shared_ptr<credential_store> store_;
};

class tls_transport final : public port::secure_transport {
 public:
  tls_transport(io_driver& driver, port::transport& below, port::credential_files files,
                credentials_ptr first)
      : driver_(driver),
        below_(below),
        files_(std::move(files)),
        store_(std::make_shared<credential_store>(std::move(first))) {}

  result<std::unique_ptr<port::acceptor>> listen(const port::endpoint& at) override {
    auto plain = below_.listen(at);
    if (!plain || at.is_local()) return plain;
    return std::unique_ptr<port::acceptor>{
        std::make_unique<tls_acceptor>(driver_, std::move(*plain), store_)};
  }

  void connect(const port::endpoint& to, duration timeout, port::connect_handler done) override {
    if (to.is_local()) return below_.connect(to, timeout, std::move(done));
    below_.connect(to, timeout,
                   [&driver = driver_, store = store_, deadline = after(monotonic_now(), timeout),
                    done = std::move(done)](result<std::unique_ptr<port::stream>> plain) mutable {
                     if (!plain) return done(plain.error());
                     auto made = tls_stream::over(driver, std::move(*plain), store->now(), tls_role::dials);
                     if (!made) return done(made.error());
                     std::make_shared<tls_dial>(driver, std::move(*made), deadline, std::move(done))->start();
                   });
  }

  result<port::credential_report> reload(const objector& objection) override {
    const std::lock_guard hold{reloading_};
    return load(files_, objection);
  }

  result<port::credential_report> reload(const port::credential_files& files,
                                         const objector& objection) override {
    const std::lock_guard hold{reloading_};
    auto done = load(files, objection);
    if (done) files_ = files;
    return done;
  }

  std::string objection_to(const port::peer_proof& proof) const override {
    // Who has a proof of this transport has it from one of its streams.
    const auto* const shown = static_cast<const tls_shown*>(proof.shown.get());
    return shown ? shown->objection_of(*store_->now()) : std::string{};
  }

  port::credential_report report() const override { return store_->now()->report(); }

 private:
  // REQUIRES: `reloading_` is held, so that of two reloads the one that reads later is the one that counts.
  result<port::credential_report> load(const port::credential_files& files, const objector& objection) {
    auto anew = tls_credentials::load(files);
    if (!anew) return anew.error();
    auto report = (*anew)->report();
    if (objection)
      if (std::string why = objection(report); !why.empty()) return error{errc::invalid, std::move(why)};
    store_->replace(std::move(*anew));
    return report;
  }

  io_driver& driver_;
  port::transport& below_;
  std::mutex reloading_;
  port::credential_files files_;  // guarded by reloading_
  const std::shared_ptr<credential_store> store_;
};

}  // namespace

result<std::unique_ptr<port::secure_transport>> make_tls_transport(io_driver& driver, port::transport& below,
                                                                   const port::credential_files& files) {
  auto first = tls_credentials::load(files);
  if (!first) return first.error();
  return std::unique_ptr<port::secure_transport>{
      std::make_unique<tls_transport>(driver, below, files, std::move(*first))};
}

}  // namespace troupe::os
