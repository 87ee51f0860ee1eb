// Work elsewhere with a callback, where a message is wanted.
#include <troupe/actor/spawn.hpp>
#include <troupe/actor/work_elsewhere.hpp>

struct load {};

class cache : public troupe::actor<load> {
 public:
  void on(const load&) {
    pipe([] { return 1; }, self(), [this](troupe::result<int> r) { size_ = r.value(); });
  }

 private:
  int size_ = 0;
};

void use(troupe::system& sys) { troupe::spawn<cache>(sys, "cache"); }
