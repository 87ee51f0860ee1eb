// Where a new cell's turns are run: what its spawn says, else what the configuration says of its path, else the default
// dispatcher.
#pragma once

#include <troupe/base/error.hpp>

namespace troupe {

class cell;
class environment;
struct cell_props;

/// Settles `props.dispatcher` of a cell that is about to be made below `parent` (null for the root), and takes its seat
/// there, which the cell keeps until its final stop. `errc::io` when there is no thread to be had.
result<void> place(environment& env, const cell* parent, cell_props& props);

}  // namespace troupe
