// expect: troupe: high_priority and low_priority name messages of the actor's own protocol
#include <troupe/actor/spawn.hpp>

struct work {};
struct cancel {};

class worker : public troupe::actor<work> {
 public:
  using high_priority = troupe::messages<cancel>;
  void on(const work&) {}
};

void use(troupe::system& sys) { troupe::spawn<worker>(sys, "worker"); }
