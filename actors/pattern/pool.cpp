#include <troupe/pattern/gathering.hpp>
#include <troupe/pattern/pool.hpp>

namespace troupe::detail {
namespace {

std::string size_problem(std::size_t size) {
  if (size >= 1 && size <= pool_size_max) return {};
  return "a pool has 1 to " + std::to_string(pool_size_max) + " members, not " + std::to_string(size);
}

void broadcast_by(router_address& router, engine::envelope_ptr e, const message_copiers& copiers) {
  const member_set_ptr to = router.members();
  if (to->empty()) return router.refuse(std::move(e), errc::stopped);  // RO3
  auto copies = multiply(std::move(e), to->size(), copiers, router);
  for (std::size_t i = 0; i < copies.size(); ++i) to->all()[i]->to().post(std::move(copies[i]));
}

}  // namespace

void check_pool(const pool_options& options) {
  const auto wrong = [&options](const std::string& text) {
    throw failed{{errc::invalid, "pool '" + options.name + "': " + text}};
  };
  if (const std::string problem = size_problem(options.size); !problem.empty()) wrong(problem);
  if (!options.member.name.empty())
    wrong("members are named by their numbers, so member.name ('" + options.member.name + "') must be empty");
  if (options.restart_period <= duration::zero()) wrong("restart_period must be more than 0");
  if (options.backoff)
    if (const auto ok = validate(*options.backoff); !ok) wrong(ok.error().text);
}

router_ptr start_pool(environment& env, const cell_ptr& parent, std::string name, pool_plan plan,
                      const actor_class& accepts) {
  const auto shared = std::make_shared<const pool_plan>(std::move(plan));
  const router_ptr router{new router_address{env, shared->strategy(env)}};
  cell_props props;
  props.name = std::move(name);
  props.type = &accepts;
  props.shutdown_time = duration::max();  // its members have their own times
  props.how = recipe_of<pool_body>(router, shared);
  const cell_ptr manager = cell::spawn(env, parent, std::move(props)).value();
  router->managed_by(manager);
  pool_body::seats all;
  try {
    for (std::size_t number = 1; number <= shared->size; ++number)
      all.emplace(number, pool_body::take_seat(env, manager, *shared, number).value());
  } catch (...) {
    manager->request_stop(exit_kind::shutdown);
    throw;
  }
  // Published before `adopt`: from then on only the cell's turns publish (MS2).
  router->publish(pool_body::members_of(all));
  manager->run_inside([all = std::move(all)](cell& c) mutable {
    if (auto* const b = static_cast<pool_body*>(c.body())) b->adopt(std::move(all));
  });
  return router;
}

cell_props supervised_pool(pool_plan plan, const actor_class& accepts) {
  cell_props props;
  props.type = &accepts;
  props.shutdown_time = duration::max();
  props.how = recipe_of<pool_body>(router_ptr{}, std::make_shared<const pool_plan>(std::move(plan)));
  return props;
}

void resize_pool(address* pool, std::size_t size) {
  if (!pool)
    throw failed{{errc::not_found, "an empty router_pool has no size: resize the one that spawn_pool gave"}};
  const std::string path = pool->path();
  if (const std::string problem = size_problem(size); !problem.empty())
    throw failed{{errc::invalid, "pool " + path + ": " + problem}};
  const cell_ptr manager = pool->here();
  if (!manager) throw failed{{errc::not_found, "pool " + path + ": there is none in this process"}};
  manager->run_inside([size](cell& c) {
    if (c.status() != cell_status::running) return;
    if (auto* const b = dynamic_cast<pool_body*>(c.body()))
      b->resize(size);
    else
      c.env().events().log(log_level::error, c.path(), "it is no pool, and has no size that can be changed");
  });
}

std::size_t router_size(address* to) {
  if (!to) return 0;
  if (const auto* const router = dynamic_cast<const router_address*>(to)) return router->members()->size();
  const cell_ptr manager = to->here();
  return manager ? manager->children().size() : 0;
}

void broadcast_to(address& to, engine::envelope_ptr e, message_copiers copiers) {
  if (auto* const router = dynamic_cast<router_address*>(&to))
    return broadcast_by(*router, std::move(e), copiers);
  const cell_ptr manager = to.here();
  if (!manager) return to.post(std::move(e));  // which makes a dead letter of it
  const auto kept = std::make_shared<engine::envelope_ptr>(std::move(e));
  manager->run_inside(
      [kept, copiers = std::move(copiers)](cell& c) {
        auto* const b = c.status() == cell_status::running ? dynamic_cast<pool_body*>(c.body()) : nullptr;
        if (b)
          broadcast_by(b->router(), std::move(*kept), copiers);
        else
          c.env().dead_letter(std::move(*kept), c.path(), errc::stopped);
      },
      [kept](cell& c) { c.env().dead_letter(std::move(*kept), c.path(), errc::stopped); });
}

cell& spawning_cell(const char* call) {
  cell* const here = cell::current();
  if (!here)
    throw failed{
        {errc::invalid, std::string{call} +
                            " outside of an actor: there is no parent; give the system first, as in " + call +
                            "(sys, ...)"}};
  return *here;
}

}  // namespace troupe::detail
