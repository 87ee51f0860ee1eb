// Sees others off: stops them and says when the last has gone.
#pragma once

#include <memory>
#include <semaphore>
#include <troupe/troupe.hpp>
#include <vector>

namespace stress {

/// Stop all of them; release `gone` when they have.
struct see_off {
  std::vector<troupe::any_ref> whom;
  std::shared_ptr<std::counting_semaphore<>> gone;
};

/// Works on one `see_off` at a time.
class usher : public troupe::actor<see_off> {
 public:
  void on(const see_off& m) {
    gone_ = m.gone;
    left_ = m.whom.size();
    for (const auto& who : m.whom) {
      watch(who);
      troupe::stop(who);
    }
  }
  void on_terminated(const troupe::terminated&) override {
    if (--left_ == 0) std::exchange(gone_, nullptr)->release();
  }

 private:
  std::size_t left_ = 0;
  std::shared_ptr<std::counting_semaphore<>> gone_;
};

}  // namespace stress
