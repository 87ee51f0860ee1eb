// A message is moved to its recipient, and this one can't be.
#include <mutex>
#include <troupe/ref/ref.hpp>

struct locked {
  locked() = default;
  std::mutex mutex;
};

void use(const troupe::ref<locked>& to) { to.tell(locked{}); }
