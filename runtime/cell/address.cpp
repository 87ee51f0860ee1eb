#include <troupe/cell/address.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe {

std::uint64_t address::watch_from_outside(address&, bool) { return 0; }

boost::intrusive_ptr<cell> address::offered(engine::envelope&) noexcept { return here(); }

}  // namespace troupe
