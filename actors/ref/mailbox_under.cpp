#include <string>
#include <troupe/base/error.hpp>
#include <troupe/ref/mailbox_under.hpp>
#include <utility>

namespace troupe {

invariant mailbox_under(any_ref who, std::uint64_t bound) {
  if (!who)
    throw failed{{errc::invalid, "mailbox_under: an empty ref has no mailbox: name the actor that is meant"}};
  std::string name = "the mailbox of " + who.path() + " is under " + std::to_string(bound);
  return {std::move(name), [who = std::move(who), bound] { return who.address()->waiting() < bound; }};
}

}  // namespace troupe
