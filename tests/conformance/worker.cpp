#include "conformance/worker.hpp"

#include <troupe/actor/spawn.hpp>

namespace conformance {

namespace {

// Takes one of those that are left.
bool take(std::atomic<int>& left) {
  int n = left.load();
  while (n > 0)
    if (left.compare_exchange_weak(n, n - 1)) return true;
  return false;
}

}  // namespace

worker::worker(std::string id, notes* to, worker_script_ptr script)
    : id_(std::move(id)), to_(to), script_(std::move(script)) {
  ++script_->alive;
}

worker::~worker() { --script_->alive; }

void worker::on_start() {
  if (script_->at_start) script_->at_start();
  if (take(script_->bad_starts)) {
    to_->note(id_ + " bad start");
    throw std::runtime_error{"bad start"};
  }
  if (take(script_->ignored_starts)) throw troupe::start_ignored{};
  to_->note(id_ + " start");
  if (take(script_->short_lives)) stop_self();
  if (take(script_->bad_lives)) self().tell(crash{});
}

void worker::on_stop() {
  to_->note(id_ + " stop");
  if (script_->bad_stop) throw std::runtime_error{"bad stop"};
}

void worker::on_terminated(const troupe::terminated& news) {
  to_->note(id_ + " hears of the end of " + news.path());
}

void worker::on(const crash&) {
  to_->note(id_ + " crash");
  throw std::runtime_error{"crash"};
}

void worker::on(const stumble&) { throw std::domain_error{"stumble"}; }

void worker::on(const say& m) { to_->note(id_ + " " + std::to_string(m.n)); }

void worker::on(const hang&) {
  to_->note(id_ + " hangs");
  script_->hang();
}

troupe::task<int> worker::on(dawdle) {
  to_->note(id_ + " waits");
  co_await sleep(troupe::hours{1});
  co_return static_cast<int>(incarnation());
}

void worker::on(const beget&) {
  spawn<worker>(troupe::spawn_options{.name = "child"}, id_ + "'s child", to_, script_);
}

void worker::on(const wind_up&) {
  after_delay(troupe::seconds{1}, [this] { to_->note(id_ + " bell"); });
}

troupe::task<void> slow_worker::on_start() {
  co_await sleep(troupe::milliseconds{500});
  worker::on_start();
}

}  // namespace conformance
