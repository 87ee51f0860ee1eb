// Who sees what happens, tells it in its order, and knows when there has been enough of it.
#pragma once

#include <cstdio>

#include "messages.hpp"

namespace market {

class witness : public troupe::actor<happened, until> {
 public:
  void on(const happened& m) {
    std::printf("%s\n", m.text.c_str());
    if (m.kind == news::failure) failures_.push_back(m.text);
    ended_ |= m.kind == news::the_end;
    answer();
  }
  troupe::promise<std::vector<std::string>> on(const until& m) {
    wanted_ = m.failures;
    const auto owed = owed_ = answer_later<std::vector<std::string>>();
    answer();
    return owed;
  }

 private:
  // Answers once: what is answered already takes no notice.
  void answer() {
    if (failures_.size() >= wanted_)
      owed_.reply(failures_);
    else if (ended_)
      owed_.fail({troupe::errc::stopped, "there will be no more"});
  }

  std::vector<std::string> failures_;
  std::size_t wanted_ = 0;
  bool ended_ = false;
  troupe::promise<std::vector<std::string>> owed_;
};

/// Tells `to` of what the supervisor at `path` decides, while it is there.
class reporting {
 public:
  reporting(troupe::system& sys, std::string path, const troupe::ref<happened>& to)
      : hub_(sys.events()), number_(hub_.subscribe([path = std::move(path), to](const troupe::event& e) {
          if (e.path != path) return;
          if (e.kind == troupe::event_kind::actor_failed)
            to.tell(happened{"  feed: " + e.reason.substr(e.reason.rfind(": ") + 2) + "; " + e.action,
                             news::failure});
          if (e.kind == troupe::event_kind::actor_restarted) to.tell(happened{"  feed: serves again"});
        })) {}
  ~reporting() { hub_.unsubscribe(number_); }
  reporting(const reporting&) = delete;
  reporting& operator=(const reporting&) = delete;

 private:
  troupe::hub& hub_;
  const std::uint64_t number_;
};

/// Lets time pass for whoever may not sleep.
struct let_pass {
  troupe::duration how_long{};
  using reply = bool;
};
class metronome : public troupe::actor<let_pass> {
 public:
  troupe::task<bool> on(let_pass m) {
    co_await sleep(m.how_long);
    co_return true;
  }
};

}  // namespace market
