// A field of a type that nobody can write as bytes.
#include <functional>
#include <string>
#include <troupe/contract/contract.hpp>

struct job {
  std::string name;
  std::function<void()> work;
};
TROUPE_CONTRACT(job, "shop.job", 1, name, work)

std::string use() { return troupe::pack(job{}); }
