#include <troupe/config/config.hpp>
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

std::optional<mailbox_choice> mailbox_from(const config& c, std::string_view path) {
  const std::string what = c.get_text(config_item_key("actor.*.mailbox", path));
  if (what == "unbounded") return unbounded();
  if (what == "priority") return prioritized();
  for (const auto policy : {overflow::reject, overflow::drop_oldest, overflow::push_back})
    if (to_string(policy) == what)
      return bounded(static_cast<std::uint32_t>(c.get_int(config_item_key("actor.*.mailbox_max", path))),
                     policy);
  return {};
}

}  // namespace

system_options system_options::from(const config& c) {
  system_options o;
  o.workers = static_cast<unsigned>(c.get_int("scheduler.workers"));
  o.blocking_threads = static_cast<unsigned>(c.get_int("scheduler.blocking_threads"));
  o.spin = c.get_bool("scheduler.spin");
  o.log = log_level_from_string(c.get_text("log.level"));
  o.message_text_max = static_cast<std::size_t>(c.get_int("log.message_text"));
  o.slow_handler = c.get_duration("log.slow_handler");
  o.stack_traces = c.get_bool("actors.stack_traces");
  o.shutdown_deadline = c.get_duration("shutdown.deadline");
  o.mailbox_sample_period = c.get_duration("mailbox.sample_period");
  o.flight_recorder_messages = static_cast<std::size_t>(c.get_int("flight_recorder.messages"));
  for (const auto& name : c.items("dispatcher"))
    o.dispatchers.push_back(
        {name, kind_from(c.get_text(config_item_key("dispatcher.*.kind", name))),
         static_cast<unsigned>(c.get_int(config_item_key("dispatcher.*.threads", name)))});
  for (const auto& path : c.items("actor"))
    o.actors.push_back(
        {path, c.get_text(config_item_key("actor.*.dispatcher", path)), mailbox_from(c, path)});
  return o;
}

}  // namespace troupe
