// A view into text that nobody would own where it arrives.
#include <string_view>
#include <troupe/contract/contract.hpp>

struct job {
  std::string_view name;
};
TROUPE_CONTRACT(job, "shop.job", 1, name)

std::string use() { return troupe::pack(job{}); }
