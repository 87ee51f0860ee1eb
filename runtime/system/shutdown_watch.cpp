#include <cstdio>
#include <system_error>
#include <troupe/system/shutdown_watch.hpp>
#include <utility>

namespace troupe {

shutdown_watch::shutdown_watch(port::platform& platform, duration limit) : process_(platform.process()) {
  if (platform.stepper()) return;  // SW3
  try {
    thread_ = std::thread{[this, limit] { watch(limit); }};
  } catch (const std::system_error& none) {
    std::fprintf(stderr, "troupe: the shutdown runs without its deadline: no thread to watch it: %s\n",
                 none.what());
  }
}

shutdown_watch::~shutdown_watch() {
  {
    const std::lock_guard hold{mutex_};
    over_ = true;
  }
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void shutdown_watch::enter(std::string phase, report who) {
  const std::lock_guard hold{mutex_};
  phase_ = std::move(phase);
  who_ = std::move(who);
}

void shutdown_watch::watch(duration limit) {
  std::unique_lock hold{mutex_};
  if (ended_.wait_for(hold, limit, [this] { return over_; })) return;
  const std::string text = "troupe: shutdown took longer than " +
                           std::to_string(duration_cast<milliseconds>(limit).count()) + " ms; it waits for " +
                           phase_ + ":\n" + (who_ ? who_() : std::string{}) + "troupe: ending the process\n";
  std::fputs(text.c_str(), stderr);
  process_.quick_exit(70);
}

}  // namespace troupe
