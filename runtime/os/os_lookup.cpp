#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <troupe/os/os_lookup.hpp>
#include <utility>

namespace troupe::os {

namespace {

// A thread that is started while it lives gets no signals: they are for the program's own.
class signals_held {
 public:
  signals_held() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    held_ = ::pthread_sigmask(SIG_BLOCK, &all, &before_) == 0;
  }
  ~signals_held() {
    if (held_) ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  signals_held(const signals_held&) = delete;
  signals_held& operator=(const signals_held&) = delete;

 private:
  sigset_t before_;
  bool held_ = false;
};

}  // namespace

// What the threads have: they may outlive the lookups.
struct name_lookups::shared {
  const lookup how;
  std::mutex mutex;
  boost::asio::io_context* io;  // null: nobody is to be told any more
  std::map<std::string, std::vector<answer>>
      waiting;  // by host and port: those that are looked up, and the queue's
  std::deque<port::endpoint> queue;
  std::size_t threads = 0;
};

name_lookups::name_lookups(boost::asio::io_context& io, lookup how)
    : shared_(new shared{std::move(how), {}, &io, {}, {}, 0}) {}

name_lookups::~name_lookups() {
  std::map<std::string, std::vector<answer>> last;  // destroyed without the lock
  const std::lock_guard hold{shared_->mutex};
  shared_->io = nullptr;
  shared_->queue.clear();
  last.swap(shared_->waiting);
}

void name_lookups::start(const port::endpoint& of, answer done) {
  shared& s = *shared_;
  const std::lock_guard hold{s.mutex};
  auto& all = s.waiting[port::to_string(of)];
  all.push_back(std::move(done));
  if (all.size() > 1) return;  // OL1
  s.queue.push_back(of);
  if (s.threads == threads_max) return;
  ++s.threads;
  try {
    const signals_held none;
    std::thread{[own = shared_] { work(own); }}.detach();
  } catch (const std::system_error& e) {
    if (--s.threads > 0) return;  // one of those comes to it
    s.queue.pop_back();
    boost::asio::post(*s.io, [done = std::move(all), why = std::string{e.what()}] {
      for (const answer& one : done) one({}, why);
    });
    s.waiting.erase(port::to_string(of));
  }
}

void name_lookups::work(const std::shared_ptr<shared>& s) noexcept {
  for (;;) {
    port::endpoint of;
    {
      const std::lock_guard hold{s->mutex};
      if (s->queue.empty()) {
        --s->threads;
        return;
      }
      of = std::move(s->queue.front());
      s->queue.pop_front();
    }
    std::string why;
    auto found = s->how(of, why);
    const std::lock_guard hold{s->mutex};
    auto done = s->waiting.extract(port::to_string(of));
    if (!s->io || !done) continue;
    boost::asio::post(*s->io, [done = std::move(done.mapped()), found = std::move(found), why] {
      for (const answer& one : done) one(found, why);
    });
  }
}

}  // namespace troupe::os
