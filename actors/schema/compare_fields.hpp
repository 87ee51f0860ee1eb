// Compares the fields of two versions of a struct: which one stayed, moved, came and went.
#pragma once

#include <string>
#include <troupe/schema/compare.hpp>

namespace troupe::schema {

/// Adds the changes from the fields of `was` to those of `now`, two structs with one wire name.
void compare_fields(const type& was, const contract_set& old_set, const type& now,
                    const contract_set& new_set, std::vector<change>& out);

}  // namespace troupe::schema
