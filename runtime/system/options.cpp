#include <troupe/config/item.hpp>
#include <troupe/system/options.hpp>

namespace troupe {

namespace {

engine::dispatcher_kind kind_from(std::string_view text) {
  using engine::dispatcher_kind;
  for (const auto kind : {dispatcher_kind::blocking, dispatcher_kind::pinned})
    if (to_string(kind) == text) return kind;
  return dispatcher_kind::pool;
}

}  // namespace

system_options system_options::from(const config& c) {
  system_options o;
  o.workers = static_cast<unsigned>(c.get_int("scheduler.workers"));
  o.blocking_threads = static_cast<unsigned>(c.get_int("scheduler.blocking_threads"));
  o.log = log_level_from_string(c.get_text("log.level"));
  o.shutdown_deadline = c.get_duration("shutdown.deadline");
  for (const auto& name : c.items("dispatcher"))
    o.dispatchers.push_back(
        {name, kind_from(c.get_text(config_item_key("dispatcher.*.kind", name))),
         static_cast<unsigned>(c.get_int(config_item_key("dispatcher.*.threads", name)))});
  for (const auto& path : c.items("actor"))
    o.actors.push_back({path, c.get_text(config_item_key("actor.*.dispatcher", path))});
  return o;
}

}  // namespace troupe
