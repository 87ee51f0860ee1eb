// A field that is not in the contract would be lost on the way, silently.
#include <string>
#include <troupe/contract/contract.hpp>

struct deposit {
  std::string account;
  long cents = 0;
  int branch = 0;
};
TROUPE_CONTRACT(deposit, "bank.deposit", 1, account, cents)

std::string use() { return troupe::pack(deposit{}); }
