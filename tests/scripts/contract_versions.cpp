// Prints the contracts of several versions of one program, as programs do it: contract_versions old | safe | careful | json | breaking.
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <troupe/actor/actor.hpp>
#include <troupe/schema/contracts.hpp>

namespace {

namespace old {
enum class channel : std::uint8_t { counter, phone };
TROUPE_CONTRACT_ENUM(channel, "versions.channel", counter, phone)
struct deposit {
  std::string account;
  std::int64_t cents = 0;
  channel by = channel::counter;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(deposit, "versions.deposit", 1, account, cents, by)
class ledger : public troupe::actor<deposit> {
 public:
  std::int64_t on(const deposit& m) { return m.cents; }
};
}  // namespace old

/// A field more, behind the others.
namespace safe {
using old::channel;
struct deposit {
  std::string account;
  std::int64_t cents = 0;
  channel by = channel::counter;
  std::string note = {};
  using reply = std::int64_t;
};
TROUPE_CONTRACT(deposit, "versions.deposit", 2, account, cents, by, note)
}  // namespace safe

/// A value more.
namespace careful {
enum class channel : std::uint8_t { counter, phone, web };
TROUPE_CONTRACT_ENUM(channel, "versions.channel", counter, phone, web)
struct deposit {
  std::string account;
  std::int64_t cents = 0;
  channel by = channel::counter;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(deposit, "versions.deposit", 1, account, cents, by)
}  // namespace careful

/// A field of another name.
namespace json {
using old::channel;
struct deposit {
  std::string account;
  std::int64_t amount = 0;
  channel by = channel::counter;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(deposit, "versions.deposit", 2, account, amount, by)
}  // namespace json

/// A field less.
namespace breaking {
using old::channel;
struct deposit {
  std::string account;
  channel by = channel::counter;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(deposit, "versions.deposit", 2, account, by)
}  // namespace breaking

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::string> versions{
      {"old", troupe::contracts_json<old::ledger>()},
      {"safe", troupe::contracts_json<safe::deposit>()},
      {"careful", troupe::contracts_json<careful::deposit>()},
      {"json", troupe::contracts_json<json::deposit>()},
      {"breaking", troupe::contracts_json<breaking::deposit>()},
  };
  const auto chosen = versions.find(argc == 2 ? argv[1] : "");
  if (chosen == versions.end()) return 2;
  std::cout << chosen->second;
  return 0;
}
