// Somebody who walks through the plant and breaks things, after having asked what would happen.
#pragma once

#include <troupe/testkit/test_system.hpp>

#include "plant.hpp"

namespace plant {

class tour {
 public:
  explicit tour(const limits& most);
  ~tour();
  tour(const tour&) = delete;
  tour& operator=(const tour&) = delete;

  /// What is shown, in this order; false when something was not as it should be.
  bool rules();
  bool significant();
  bool escalation();
  bool multiplied();

 private:
  /// What a failure of the child at `path` would do, and, where that is its supervisor's failure, what that would do.
  std::string what_if(const std::string& path);
  void break_it(const std::string& path, trouble how = trouble::unexpected);
  /// How often it has run since it was made; 0: it is not there.
  int runs_of(const std::string& path);
  void quiet_for(troupe::duration d);

  const limits most_;
  troupe::testkit::test_system sys_;
  const std::uint64_t news_;
  troupe::supervision plant_;
};

}  // namespace plant
