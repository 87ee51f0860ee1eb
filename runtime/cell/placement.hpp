// Where a new cell's turns are run: what its spawn says, else what the configuration says of its path, else the default
// dispatcher.
#pragma once

#include <troupe/base/error.hpp>

namespace troupe {

class cell;
class environment;
struct cell_props;

/// Settles `props.dispatcher` of a cell that is about to be made below `parent` (null for the root), and takes its seat
/// there. A thread that is made for this cell alone ends with it: the factory, which a cell lets go of at its final stop,
/// holds the seat. `errc::io` when there is no thread to be had.
result<void> place(environment& env, const cell* parent, cell_props& props);

}  // namespace troupe
