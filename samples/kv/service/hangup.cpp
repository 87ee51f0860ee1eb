#include "kv/service/hangup.hpp"

#include <csignal>
#include <utility>

namespace kv {

namespace {

sigset_t hangups() {
  sigset_t out;
  sigemptyset(&out);
  sigaddset(&out, SIGHUP);
  return out;
}

}  // namespace

void hold_hangups() {
  const sigset_t held = hangups();
  ::pthread_sigmask(SIG_BLOCK, &held, nullptr);
}

on_hangup::on_hangup(std::function<void()> what)
    : thread_([this, what = std::move(what)] {
        const sigset_t awaited = hangups();
        for (int number = 0;;) {
          if (::sigwait(&awaited, &number) != 0) continue;
          if (over_) return;
          what();
        }
      }) {}

on_hangup::~on_hangup() {
  over_ = true;
  ::pthread_kill(thread_.native_handle(), SIGHUP);
  thread_.join();
}

}  // namespace kv
