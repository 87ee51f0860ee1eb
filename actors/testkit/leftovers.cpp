#include <algorithm>
#include <future>
#include <memory>
#include <troupe/actor/actor_base.hpp>
#include <troupe/actor/actor_extras.hpp>
#include <troupe/base/path_pattern.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/system/system.hpp>
#include <troupe/testkit/leftovers.hpp>
#include <troupe/testkit/print.hpp>
#include <troupe/testkit/test_scope.hpp>

namespace troupe::testkit {

namespace {

bool fits_any(const std::vector<std::string>& patterns, const std::string& path) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& pattern) { return path_matches(pattern, path); });
}

/// What an actor waits for; empty for nothing.
std::string waits_for(cell& c) {
  // Extras belong to actors; supervisors have other bodies.
  if (!dynamic_cast<actor_base*>(c.body())) return {};
  const auto* const x = static_cast<const troupe::detail::actor_extras*>(c.of_body());
  if (!x) return {};
  std::string out;
  if (!x->activities.empty()) out = "a coroutine of it is suspended";
  if (const std::size_t asks = x->asks.size())
    out += (out.empty() ? "" : ", ") + std::to_string(asks) + (asks == 1 ? " ask" : " asks") +
           " of it not answered";
  return out;
}

/// The same, asked from outside.
std::string ask_what_it_waits_for(const cell_ptr& c, const stopwatch& watch) {
  auto told = std::make_shared<std::promise<std::string>>();
  auto answer = told->get_future();
  c->run_inside([told](cell& at) { told->set_value(waits_for(at)); }, [told](cell&) { told->set_value({}); });
  if (answer.wait_for(watch.left()) == std::future_status::ready) return answer.get();
  return "it has not come to the end of its turn within " + printed_time(watch.limit());
}

void look_below(const cell_ptr& top, const std::vector<std::string>& kept,
                const std::vector<std::string>& may_wait, const stopwatch& watch,
                std::vector<std::string>& out) {
  for (const cell_ptr& c : top->children()) {
    const actor_class* const type = c->settings().type;
    if (c->status() == cell_status::stopped || (type && type->name == probe_class_name)) continue;
    const std::string path = c->path();
    if (!fits_any(kept, path))
      out.push_back(path + " is alive (" + std::string{to_string(c->status())} + ')');
    if (!fits_any(may_wait, path))
      if (const auto what = ask_what_it_waits_for(c, watch); !what.empty()) out.push_back(path + ": " + what);
    look_below(c, kept, may_wait, watch, out);
  }
}

}  // namespace

std::vector<std::string> leftovers(troupe::system& sys, const std::vector<std::string>& kept,
                                   const std::vector<std::string>& may_wait, duration limit) {
  std::vector<std::string> out;
  if (!sys.user_root()) return out;
  look_below(sys.user_root(), kept, may_wait, stopwatch{limit}, out);
  return out;
}

}  // namespace troupe::testkit
