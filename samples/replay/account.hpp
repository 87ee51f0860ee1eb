// The account: remembers what it is told. This is where the bug is, and where its fix goes.
#pragma once

#include "messages.hpp"

namespace replay {

/// What the account has come to, for who looks from outside. It belongs to the program, not to the actor.
struct books {
  std::int64_t cents = 0;
  std::uint64_t newest = 0;         ///< the largest number of a lease that was seen
  std::uint64_t written_under = 0;  ///< the largest under which was written
  std::uint64_t late = 0;           ///< writes under a lease when a newer one had been seen
  std::uint64_t refused = 0;
};

/// Whom it turns away.
enum class fence : std::uint8_t {
  none,    ///< nobody: the locks see to it that there is one teller at a time
  writes,  ///< a write under an older lease than the last write
  all,     ///< a look and a write under an older lease than any that was seen
};

class account : public troupe::actor<look, write> {
 public:
  account(std::shared_ptr<books> to, fence how) : books_(std::move(to)), fence_(how) {}

  troupe::result<std::int64_t> on(const look& m);
  troupe::result<std::int64_t> on(const write& m);

 private:
  troupe::error turned_away(std::uint64_t number);

  std::shared_ptr<books> books_;
  const fence fence_;
};

/// What must hold of an account, in a simulation and in production, where it is a metric.
troupe::invariant no_late_writes(std::shared_ptr<const books> of);

}  // namespace replay
