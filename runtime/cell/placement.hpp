// Where a new cell's turns are run and which mailbox it has: what its spawn says, else what the configuration says of its path, else
// what its class says, else the default dispatcher and an unbounded mailbox.
#pragma once

#include <troupe/base/error.hpp>

namespace troupe {

class cell;
class environment;
struct cell_props;

/// Settles `dispatcher` and `mailbox` of the props of a cell that is about to be made below `parent` (null for the root), and
/// takes its seat, which the cell keeps until its final stop. `errc::io` when there is no thread to be had, `errc::invalid`
/// for a mailbox that can't be: the error names the actor and what to do.
result<void> place(environment& env, const cell* parent, cell_props& props);

}  // namespace troupe
