// The shop under each strategy: the same parts, so that what differs is the strategy.
#pragma once

#include "part.hpp"

namespace crash {

/// What all parts have in common, and how many restarts their supervisor takes.
struct shop_settings {
  troupe::duration warm_up{};
  std::uint32_t intensity = 3;
  troupe::duration period = std::chrono::seconds{10};
};

/// Opens the shop as `/user/shop`:
///
///     one_for_one, one_for_all, rest_for_one      dynamic
///       store    permanent                          ada, bob    transient, of one pattern; more with `add`
///       cache    permanent
///       web      permanent
///       report   temporary
///
/// Throws `failed` when it can't be started.
troupe::supervision open_shop(troupe::system& sys, troupe::strategy how, const shop_settings& s,
                              const troupe::ref<line>& to);

/// One more session for the dynamic shop.
troupe::child_spec session(const std::string& name, const shop_settings& s, const troupe::ref<line>& to);

}  // namespace crash
