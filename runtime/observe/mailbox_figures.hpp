// What is known of the mailboxes of a system when somebody scrapes (M8, metrics.hpp ME5): plain figures, by the class of the actors.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/observe/delay_histogram.hpp>
#include <vector>

namespace troupe {

/// The mailboxes of all actors of one class.
struct mailbox_figures {
  std::string type;           ///< the class; empty: an actor of no class of its own
  std::uint64_t actors = 0;   ///< how many live, as of now
  std::uint64_t waiting = 0;  ///< messages that wait at all of them
  std::uint64_t deepest = 0;  ///< messages that wait at the one with the most
  delay_histogram
      waits;  ///< how long messages have waited, of those that were measured, since the system began
};

/// Those of a system.
struct mailbox_survey {
  std::vector<mailbox_figures> by_type;  ///< by name, each name once
  std::uint64_t unseen = 0;              ///< actors that were not looked at, because there are so many
};

}  // namespace troupe
