#include <caf/actor_system.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/environment.hpp>

namespace troupe {

environment::environment(port::platform& platform, environment_options options)
    : scheduler_(platform, options.workers),
      blocking_(options.blocking_threads),
      dispatchers_(platform, scheduler_, blocking_, options.dispatchers),
      deployed_(std::move(options.actors)),
      waits_(options.mailbox_sample_period > duration::zero()) {
  if (options.mailbox_sample_period > duration::zero()) {
    scheduler_.sample_every(options.mailbox_sample_period);
    dispatchers_.sample_every(options.mailbox_sample_period);
  }
  dispatchers_.each_blocking([this](const std::string& name, engine::blocking_pool& pool) {
    thread_retry& again = thread_retries_.emplace_back(pool);
    pool.no_thread([this, name, &again](std::size_t waiting, bool news) {
      if (news)
        hub_.log(log_level::error, name,
                 "no thread can be started and none lives; " + std::to_string(waiting) +
                     " actors wait, trying again every second");
      timers().arm(again, after(now(), seconds{1}));
    });
  });
  for (const auto& one : deployed_.all())
    if (!one.dispatcher.empty())
      if (const std::string problem = no_dispatcher(one.dispatcher); !problem.empty())
        throw failed{{errc::invalid, "actor '" + one.path + "': " + problem}};
}

environment::~environment() = default;

std::uint64_t environment::next_id() noexcept {
  caf::actor_system* const host = caf();
  return host ? host->next_actor_id() : 0;
}

engine::dispatcher& environment::dispatcher(std::string_view name) {
  if (auto* const found = dispatchers_.find(name)) return *found;
  throw failed{{errc::not_found, no_dispatcher(name)}};
}

std::string environment::no_dispatcher(std::string_view name) const {
  if (dispatchers_.find(name)) return {};
  return "there is no dispatcher '" + std::string{name} + "'; there are " + dispatchers_.names();
}

time_point environment::now() const noexcept { return open() ? scheduler_.now() : time_point{}; }

time_point environment::from_now(duration delay) noexcept {
  return open() ? after(scheduler_.platform().clock().now(), delay) : time_point{};
}

void environment::dead_letter(engine::envelope_ptr e, std::string to, errc why) noexcept {
  const std::string name{e->type ? e->type->name : "?"};
  const auto slot = std::move(e->reply);
  // Counted before the asker is told, so that whoever acts on the answer sees the count.
  hub_.publish({event_kind::dead_letter, now(), to, name, std::string{to_string(why)}});
  if (e->type == &caf_element_type) e->as<caf_element>().refuse(why);  // CE1
  e.reset();
  if (!slot) return;
  // M5: who asked knows an expired message as a timeout, whoever notices first, and a full mailbox as overload.
  if (why == errc::expired) why = errc::timeout;
  if (why == errc::mailbox_full) why = errc::overloaded;
  slot->fail({why, "the message was not delivered", {}, std::move(to)});
}

void environment::set_root(cell_ptr root) {
  const std::lock_guard hold{root_mutex_};
  root_.swap(root);
}

cell_ptr environment::resolve(std::string_view path) const {
  cell_ptr at;
  {
    const std::lock_guard hold{root_mutex_};
    at = root_;
  }
  if (path.empty() || path.front() != '/') return {};
  path.remove_prefix(1);
  while (at && !path.empty()) {
    const auto slash = path.find('/');
    at = at->child(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return at;
}

}  // namespace troupe
