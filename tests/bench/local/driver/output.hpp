// What the benchmark prints and writes. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "driver/samples.hpp"

namespace bench {

/// The line above the table's rows.
std::string table_head();
/// One row: medians with their spread, and each ratio beside the one that is to be reached.
std::string table_row(const compared_row& r);
/// What two rows say together: that a hot set costs the same among many as alone, and each of many children what each of few does. A line for
/// each number of workers.
std::string scale_lines(const std::vector<compared_row>& rows);
/// All rows as a JSON list; what there is no figure for is null.
std::string to_json(const std::vector<compared_row>& rows);

}  // namespace bench
