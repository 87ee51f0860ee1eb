// A ref to a supervisor, for who hands one on. Who sends something there includes messages.hpp: eleven contracts that few units need.
#pragma once

#include <troupe/ref/ref.hpp>

namespace troupe {

struct child_info;
struct which_children;
struct count_children;
struct start_child;
struct start_from_pattern;
struct terminate_child;
struct restart_child;
struct delete_child;
struct replace_child;
struct set_restart_limit;
struct set_strategy;
struct what_if;
struct recent_decisions;

/// A ref to a supervisor (messages.hpp).
using supervisor_ref =
    ref<which_children, count_children, start_child, start_from_pattern, terminate_child, restart_child,
        delete_child, replace_child, set_restart_limit, set_strategy, what_if, recent_decisions>;

}  // namespace troupe
