#include <mutex>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/io/listener.hpp>

namespace troupe::io {

struct held_port::place {
  std::mutex mutex;
  std::unique_ptr<port::acceptor> acceptor;  // guarded by mutex
};

held_port::held_port(environment& env, port::endpoint at) : place_(std::make_shared<place>()) {
  place_->acceptor = env.platform().transport().listen(at).value();
  at_ = place_->acceptor->local();
}

std::unique_ptr<port::acceptor> held_port::take() const noexcept {
  const std::lock_guard hold{place_->mutex};
  return std::move(place_->acceptor);
}

void listener::on_start() {
  if (port_) acceptor_ = port_->take();
  if (!acceptor_) acceptor_ = own_cell().env().platform().transport().listen(at_).value();
  log(log_level::info, "listens on " + to_string(acceptor_->local()));
  accept_next();
}

void listener::on_stop() { acceptor_->close(); }

void listener::accept_next() {
  acceptor_->accept(
      [owner = cell_ptr{&own_cell()}, born = incarnation()](result<std::unique_ptr<port::stream>> what) {
        owner->run_inside([born, what = std::move(what)](cell& c) mutable {
          if (c.incarnation() == born && c.body())
            static_cast<listener*>(c.body())->accepted(std::move(what));
        });
      });
}

void listener::accepted(result<std::unique_ptr<port::stream>> what) {
  if (what) {
    on_accept_(std::move(*what));
    accept_next();
  } else if (what.error().code != errc::closed) {
    log(log_level::warning, "can't accept now: " + to_string(what.error()));
    after_delay(retry_delay, [this] { accept_next(); });
  }
}

}  // namespace troupe::io
