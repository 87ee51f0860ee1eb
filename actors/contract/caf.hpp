// What CAF's middleman must be able to do with a message that has a contract. It is told of the type before CAF's system is made
// (remoting/basp); then CAF finds a value of this class by the type's name and by its C++ type. For who extends the bridge; users of CAF
// include <troupe/ref/caf.hpp>.
#pragma once

#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/type_erased_value.hpp>

namespace troupe::detail {

/// A value of such a type. As any value of CAF's: one thread at a time.
class announced_value : public caf::type_erased_value {
 public:
  /// Writes the value at `at`, which is of this one's type, as this one writes its own. Nothing is copied.
  virtual caf::error save_from(const void* at, caf::serializer& to) const = 0;
};

}  // namespace troupe::detail
