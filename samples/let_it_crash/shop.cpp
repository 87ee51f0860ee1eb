#include "shop.hpp"

#include <troupe/tree/messages.hpp>

namespace crash {

using namespace std::chrono_literals;

namespace {

template <class Strategy>
troupe::supervision open_as(troupe::system& sys, const shop_settings& s, const troupe::ref<line>& to) {
  const auto one = [&](const char* name) {
    return troupe::child<part>(name, std::string{name}, to, s.warm_up);
  };
  return troupe::supervise(sys, "shop", Strategy{.intensity = s.intensity, .period = s.period}, one("store"),
                           one("cache"), one("web"), one("report").temporary());
}

}  // namespace

troupe::child_spec session(const std::string& name, const shop_settings& s, const troupe::ref<line>& to) {
  return troupe::child<part>(name, name, to, s.warm_up);
}

troupe::supervision open_shop(troupe::system& sys, troupe::strategy how, const shop_settings& s,
                              const troupe::ref<line>& to) {
  using troupe::strategy;
  switch (how) {
    case strategy::one_for_one:
      return open_as<troupe::one_for_one>(sys, s, to);
    case strategy::one_for_all:
      return open_as<troupe::one_for_all>(sys, s, to);
    case strategy::rest_for_one:
      return open_as<troupe::rest_for_one>(sys, s, to);
    case strategy::dynamic:
      break;
  }
  // What the sessions have in common is said once: they come back when they have failed, not when they have left.
  auto shop = troupe::supervise(
      sys, "shop", troupe::dynamic{.intensity = s.intensity, .period = s.period, .children_max = 5},
      troupe::child_template<part>().transient());
  for (const char* name : {"ada", "bob"})
    shop.admin().ask(troupe::start_child{session(name, s, to)}, 10s).get().value();
  return shop;
}

}  // namespace crash
