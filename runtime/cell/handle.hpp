// Cells and systems for code that keeps and passes them on, and does not look inside: what every user's unit is compiled with.
//
// Rules
//  HD1 A header of the layers above names a cell or an environment through this one. What looks into them, and so includes cell.hpp or
//      environment.hpp, is a .cpp file or a header that <troupe/troupe.hpp> does not lead to (tests/headers has it checked): these two
//      take CAF, the scheduler and all their like along, which cost every unit more than all else that we have.
//  HD2 So nothing here is on the path of a message: sending.hpp and the bodies' own classes have what is.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>

namespace troupe {

class cell;
class environment;

/// One more owner of a cell. Thread-safe.
void intrusive_ptr_add_ref(cell* c) noexcept;
/// One owner less. Thread-safe.
void intrusive_ptr_release(cell* c) noexcept;
/// A shared cell.
using cell_ptr = boost::intrusive_ptr<cell>;

/// One more owner of an environment. Thread-safe.
void intrusive_ptr_add_ref(environment* e) noexcept;
/// One owner less. Thread-safe.
void intrusive_ptr_release(environment* e) noexcept;
/// A shared environment.
using environment_ptr = boost::intrusive_ptr<environment>;

/// The system that `c` belongs to. Thread-safe.
environment& env_of(const cell& c) noexcept;

}  // namespace troupe
