#include <caf/actor_system_config.hpp>
#include <troupe/base/error.hpp>
#include <troupe/basp/types.hpp>

namespace troupe {

void basp_types::put(entry one) {
  // CAF writes the names of a message's elements one behind the other, each behind a plus sign.
  if (one.name.empty() || one.name.find('+') != std::string::npos)
    throw failed{{errc::invalid, "basp_types: \"" + one.name + "\" is no name for " +
                                     demangle(one.type.name()) +
                                     ": CAF's names are not empty and have no +"}};
  for (const entry& known : all_) {
    if (known.name == one.name && known.type == one.type) return;
    if (known.name == one.name)
      throw failed{{errc::already_exists, "basp_types: two types are called " + one.name + ": " +
                                              demangle(known.type.name()) + " and " +
                                              demangle(one.type.name())}};
    if (known.type == one.type)
      throw failed{{errc::already_exists, "basp_types: " + demangle(one.type.name()) +
                                              " has two names: " + known.name + " and " + one.name}};
  }
  all_.push_back(std::move(one));
}

void basp_types::announce(caf::actor_system_config& to) const {
  for (const entry& one : all_) {
    to.value_factories_by_name.emplace(one.name, one.make);
    to.value_factories_by_rtti.emplace(one.type, one.make);
    to.type_names_by_rtti.emplace(one.type, one.name);
  }
}

}  // namespace troupe
