// A pool as the child of a supervisor.
//
//     auto bank = troupe::supervise(sys, "bank", troupe::one_for_one{},
//                                   troupe::child_pool<teller>("tellers", {.size = 8}, troupe::round_robin{}));
//     auto tellers = troupe::router_pool<teller>{bank.ref<teller>("tellers")};      // a named ref (PO7)
#pragma once

#include <troupe/pattern/pool.hpp>
#include <troupe/tree/supervise.hpp>

namespace troupe {

/// A pool of `A`s made of copies of `args`, with the id `id` (PO7): what is said of its members is said in `options`, whose name must
/// be empty; what is said of the child, as of any. Throws `failed` with `invalid` for options that make no sense; a setting of the strategy
/// or a dispatcher that makes none is an error when it is started.
template <class A, class How, class... Args>
child_builder child_pool(std::string id, pool_options options, How how, Args... args) {
  if (!options.name.empty())
    throw failed{{errc::invalid, "pool '" + id +
                                     "': a supervisor's child is named by its id, so options.name ('" +
                                     options.name + "') must be empty"}};
  options.name = id;
  child_spec spec;
  spec.id = std::move(id);
  spec.is_supervisor = true;
  spec.make = [plan = detail::pool_plan_of<A>(options, std::move(how), std::move(args)...)](environment&) {
    return detail::supervised_pool(plan, detail::router_class<typename A::protocol>::value);
  };
  return child_builder{std::move(spec)};
}

}  // namespace troupe
