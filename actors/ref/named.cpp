#include <troupe/cell/named_address.hpp>
#include <troupe/cell/names.hpp>
#include <troupe/ref/named.hpp>

namespace troupe::detail {

address_ptr named_address_of(environment& env, std::string path) {
  const auto what = parse_local_token(path);
  if (what && what->number == 0) return address_ptr{new named_address{env, std::move(path)}};
  std::string advice = "write the names from the top, as in /user/bank/ledger";
  if (const auto elsewhere = ref_token::parse(path); elsewhere && !elsewhere->node.empty())
    advice = "for an actor on node '" + elsewhere->node + "' write troupe::node(sys, \"" + elsewhere->node +
             "\").ref<...>(\"" + std::string{elsewhere->path} + "\")";
  throw failed{{errc::invalid, "'" + path + "' is no path of an actor: " + advice}};
}

}  // namespace troupe::detail
