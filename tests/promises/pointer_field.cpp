// A pointer means nothing on another node.
#include <troupe/contract/contract.hpp>

struct account {
  int cents = 0;
};
struct transfer {
  account* to = nullptr;
};
TROUPE_CONTRACT(transfer, "bank.transfer", 1, to)

std::string use() { return troupe::pack(transfer{}); }
