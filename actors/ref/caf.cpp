#include <troupe/ref/caf.hpp>

namespace troupe {

caf::actor any_ref::caf() const {
  if (!address()) throw failed{{errc::not_found, "an empty ref has no CAF handle"}};
  return caf_handle(*address());
}

}  // namespace troupe
