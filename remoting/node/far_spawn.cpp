#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/node/far_spawn.hpp>

namespace troupe::detail {

void drop_errand(const any_ref& errand) noexcept {
  if (const cell_ptr at = errand ? errand.address()->here() : cell_ptr{})
    at->request_stop(exit_kind::shutdown);
}

}  // namespace troupe::detail
