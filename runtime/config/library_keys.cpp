#include <algorithm>
#include <array>
#include <troupe/base/limits.hpp>
#include <troupe/base/path_pattern.hpp>
#include <troupe/config/config.hpp>
#include <troupe/config/item.hpp>
#include <troupe/config/library_keys.hpp>
#include <troupe/config/text.hpp>

namespace troupe {

namespace {

constexpr std::array<std::string_view, 3> built_in = {"blocking", "default", "pinned"};

bool is_built_in(std::string_view name) {
  return std::find(built_in.begin(), built_in.end(), name) != built_in.end();
}

std::string name_problem(std::string_view name) {
  if (is_built_in(name))
    return "the name is taken by a built-in dispatcher" +
           std::string(name == "blocking" ? ", whose threads scheduler.blocking_threads sets" : "");
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  const bool right = name.size() <= limits::dispatcher_name_bytes_max && name.front() >= 'a' &&
                     name.front() <= 'z' && std::all_of(name.begin(), name.end(), allowed);
  return right ? "" : "a dispatcher's name is 1 to 64 of a-z, 0-9, _ and -, a letter first";
}

std::string threads_problem(const config& c, std::string_view name) {
  const std::string kind = c.get_text(config_item_key("dispatcher.*.kind", name));
  const std::int64_t threads = c.get_int(config_item_key("dispatcher.*.threads", name));
  const auto pool_max = static_cast<std::int64_t>(limits::pool_threads_max);
  const std::int64_t most = kind == "pinned" ? 1 : kind == "pool" ? pool_max : threads;
  if (threads <= most) return "";
  return "expected at most " + std::to_string(most) + " with kind = \"" + kind + "\", got " +
         std::to_string(threads);
}

std::string dispatcher_problem(const config& c, std::string_view path) {
  const std::string name = c.get_text(config_item_key("actor.*.dispatcher", path));
  std::vector<std::string> known = c.items("dispatcher");
  if (name.empty() || is_built_in(name) || std::find(known.begin(), known.end(), name) != known.end())
    return "";
  known.insert(known.end(), built_in.begin(), built_in.end());
  std::sort(known.begin(), known.end());
  std::string list;
  for (const auto& one : known) list += (list.empty() ? "" : ", ") + one;
  return "expected one of " + list + ", got " + configuration::in_quotes(name);
}

void add_dispatchers(config_schema& keys) {
  keys.choice("dispatcher.*.kind", {"pool", "blocking", "pinned"})
      .required()
      .help("a dispatcher NAME: a pool of workers, threads that may wait, or one thread");
  keys.integer("dispatcher.*.threads")
      .range(0, limits::dispatcher_threads_max)
      .def(0)
      .help("workers of a pool (0: one for each core), most threads of a blocking one (0: 64)");
  keys.relate_items({"dispatcher.*.kind"},
                    [](const config&, std::string_view name) { return name_problem(name); });
  keys.relate_items({"dispatcher.*.threads"}, threads_problem);
}

std::string mailbox_problem(const config& c, std::string_view path) {
  const std::string what = c.get_text(config_item_key("actor.*.mailbox", path));
  const bool bounded = what != "as spawned" && what != "unbounded" && what != "priority";
  const bool said = c.where(config_item_key("actor.*.mailbox_max", path)) != "default";
  if (bounded || !said) return "";
  return "expected " + config_item_key("actor.*.mailbox", path) +
         " to be reject, drop_oldest or push_back beside it, it is " + what;
}

void add_actors(config_schema& keys) {
  keys.text("actor.*.dispatcher").help("where the actors at the path NAME run; a * in it is any one name");
  keys.choice("actor.*.mailbox",
              {"as spawned", "unbounded", "priority", "reject", "drop_oldest", "push_back"})
      .def("as spawned")
      .help(
          "their mailbox: of any number, by the priorities that their class names, or bounded, with what "
          "becomes of a message "
          "that finds it full");
  keys.integer("actor.*.mailbox_max")
      .range(1, limits::mailbox_max)
      .def(1000)
      .help("how many messages may wait for each of them, where that is bounded");
  keys.relate_items({"actor.*.dispatcher", "actor.*.mailbox", "actor.*.mailbox_max"},
                    [](const config&, std::string_view path) { return path_pattern_problem(path); });
  keys.relate_items({"actor.*.dispatcher"}, dispatcher_problem);
  keys.relate_items({"actor.*.mailbox_max"}, mailbox_problem);
}

}  // namespace

config_schema library_keys() {
  config_schema keys;
  keys.integer("scheduler.workers")
      .range(0, 1024)
      .def(0)
      .help("threads that run actors; 0: one for each core");
  keys.integer("scheduler.blocking_threads")
      .range(1, 4096)
      .def(64)
      .help("threads for actors that wait for disks or foreign libraries, at most");
  keys.boolean("scheduler.spin")
      .def(true)
      .help(
          "look at the sockets for some microseconds before sleeping, where that has paid lately: answers "
          "from near nodes cost less time. "
          "false where processor time is what is short");
  keys.choice("log.level", {"debug", "info", "warning", "error"})
      .def("info")
      .help("least level that is logged");
  keys.duration("log.slow_handler")
      .def(seconds{1})
      .help("a handler that runs longer on a worker is reported; 0: none is");
  keys.integer("log.message_text")
      .range(0, static_cast<std::int64_t>(limits::message_text_bytes_max))
      .def(static_cast<std::int64_t>(limits::message_text_max))
      .help("bytes of a message's content that dead letters, failures and traces show; 0: none");
  keys.boolean("actors.stack_traces")
      .def(false)
      .help(
          "failures say where their exception was thrown; for programs that are linked with "
          "troupe::stack_traces");
  keys.duration("shutdown.deadline")
      .def(seconds{15})
      .at_least(milliseconds{100})
      .help("how long a shutdown may take before the process is ended");
  keys.duration("mailbox.sample_period")
      .def(milliseconds{1})
      .at_least(seconds{0})
      .help("how often each worker measures how long a message waits in its mailbox; 0s: never");
  keys.integer("flight_recorder.messages")
      .range(0, 1'000'000)  // 64 MiB a thread
      .def(0)
      .help("how many of the last messages each thread remembers, to tell why an actor failed; 0: none");
  add_dispatchers(keys);
  add_actors(keys);
  return keys;
}

}  // namespace troupe
