// Lends the account to one teller at a time, each time for a while: should he never come back, it is free again when that is over.
#pragma once

#include "messages.hpp"

namespace replay {

class locks : public troupe::actor<borrow, bring_back> {
 public:
  explicit locks(troupe::duration lasts) : lasts_(lasts) {}

  troupe::result<lease> on(const borrow& m);
  void on(const bring_back& m);

 private:
  const troupe::duration lasts_;
  std::uint64_t last_ = 0;
  std::string holder_;  // empty: it is free
  troupe::time_point until_{};
};

}  // namespace replay
