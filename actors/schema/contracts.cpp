#include <troupe/schema/contracts.hpp>

namespace troupe::detail {

std::string hexadecimal(std::uint64_t v) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "0x";
  for (int shift = 60; shift >= 0; shift -= 4) out += digits[(v >> shift) & 15];
  return out;
}

bool contract_collector::begin_type(std::string_view name, std::string_view cpp_name, std::uint64_t schema) {
  for (const claim& known : claims_) {
    if (known.name != name) continue;
    if (known.cpp_name == cpp_name && known.schema == schema) return false;
    throw failed{{errc::invalid, "two types have the wire name " + std::string{name} + ": " +
                                     std::string{known.cpp_name} + " and " + std::string{cpp_name} +
                                     "; give one of them another"}};
  }
  claims_.push_back({name, cpp_name, schema});
  return true;
}

void contract_collector::put_message(schema::message made) {
  if (!schema::find(set_.messages, made.name)) set_.messages.push_back(std::move(made));
}

void contract_collector::put_actor(schema::actor made) {
  std::sort(made.messages.begin(), made.messages.end());
  if (!schema::find(set_.actors, made.name)) set_.actors.push_back(std::move(made));
}

schema::contract_set contract_collector::finish() && {
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::sort(set_.actors.begin(), set_.actors.end(), by_name);
  std::sort(set_.messages.begin(), set_.messages.end(), by_name);
  std::sort(set_.types.begin(), set_.types.end(), by_name);
  return std::move(set_);
}

}  // namespace troupe::detail
