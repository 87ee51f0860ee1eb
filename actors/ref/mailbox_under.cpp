#include <string>
#include <troupe/base/check.hpp>
#include <troupe/ref/mailbox_under.hpp>
#include <utility>

namespace troupe {

invariant mailbox_under(any_ref who, std::uint64_t bound) {
  check(static_cast<bool>(who), "mailbox_under needs a ref that is not empty");
  std::string name = "the mailbox of " + who.path() + " is under " + std::to_string(bound);
  return {std::move(name), [who = std::move(who), bound] { return who.address()->waiting() < bound; }};
}

}  // namespace troupe
