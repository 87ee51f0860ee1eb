// What is done in a rehearsal, as a person would type it.
#pragma once

#include <array>
#include <string_view>
#include <troupe/spec/kinds.hpp>

namespace crash {

/// One strategy, and what is done to the shop under it.
struct act {
  troupe::strategy how;
  std::string_view typed;
};

/// The rehearsal: the same damage under each strategy, and what is special about each.
inline constexpr std::array<act, 4> acts = {{
    {troupe::strategy::one_for_one,
     "# Independent parts: who fails is restarted alone. What it is sent meanwhile waits; what it knew is "
     "gone.\n"
     "send cache 2\nwhat_if cache\nkill cache\nsend cache 2\nsend web 1\ntree\nwait 500ms\n"
     "# A temporary part does not come back, however it ends; a permanent one always does.\n"
     "quit report\nquit web\ntree\n"
     "# A third restart within 10 s is the last one that is allowed. The fourth failure ends the "
     "supervisor.\n"
     "kill store\nwait 500ms\nkill store\ntree"},
    {troupe::strategy::one_for_all,
     "# Parts that are no use without each other: all go down, in reverse, and come up in order.\n"
     "what_if cache\nkill cache\ntree\nsend web 2\nwait 400ms\ntree\nwait 2s\ntree\n"
     "# That was one restart of three, not three: a group counts once.\n"
     "# An administrator's stop concerns one part and counts nothing. The next restart of the group takes it "
     "along again.\n"
     "stop web\ntree\nkill store\nwait 2s\ntree"},
    {troupe::strategy::rest_for_one,
     "# Parts that build on those before them: who was started before does not notice.\n"
     "send store 1\nwhat_if cache\nkill cache\nsend store 1\nsend web 1\nwait 2s\ntree\n"
     "what_if web\nkill web\nwait 2s\ntree"},
    {troupe::strategy::dynamic,
     "# Many of one kind, started while it runs. They are transient: they come back when they have failed.\n"
     "add cleo\nkill bob\nsend bob 1\ntree\nwait 500ms\nquit ada\ntree\n"
     "# No more than its maximum, here 5.\n"
     "add dora\nadd emil\nadd fay\nadd gus"},
}};

}  // namespace crash
