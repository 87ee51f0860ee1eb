#include <caf/actor_system.hpp>
#include <caf/detail/serialized_size.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/node_id.hpp>
#include <caf/uniform_type_info_map.hpp>
#include <limits>
#include <troupe/base/hash.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/caf_far.hpp>

namespace troupe {

namespace {

constexpr std::uint64_t far_number = std::uint64_t{1} << 62;  // beside caf_number

std::string whole_name_of(const caf::actor_control_block& who) {
  return "caf:" + std::to_string(who.aid) + "@" + to_string(who.nid);
}

/// As people can read it: of the 40 digits of a host the last 8, which differ between the systems of one process too.
std::string short_node(std::string node) {
  constexpr std::size_t digits = 8;
  const auto process = node.rfind('#');
  if (process != std::string::npos && process > digits) node.erase(0, process - digits);
  return node;
}

std::string type_of(const caf::message& what, std::size_t at) {
  const auto [number, rtti] = what.type(at);
  return rtti ? demangle(rtti->name()) : "CAF's type " + std::to_string(number);
}

error refusal(std::string text) { return {errc::invalid, std::move(text)}; }

}  // namespace

bool is_far(const caf::actor_control_block& who) noexcept { return who.nid != who.home_system->node(); }

std::uint64_t caf_number_of(const caf::actor_control_block& who, bool far) {
  if (!far) return caf_number | who.aid;
  return caf_number | far_number | (stable_hash(whole_name_of(who)) & (far_number - 1));
}

std::string caf_name_of(const caf::actor_control_block& who, bool far) {
  const std::string name = "caf:" + std::to_string(who.aid);
  return far ? name + "@" + short_node(to_string(who.nid)) : name;
}

std::optional<error> why_not_across(caf::actor_system& system, const caf::message& what) {
  const auto& types = system.types();
  for (std::size_t i = 0; i < what.size(); ++i)
    if (types.portable_name(what.type(i)) == types.default_type_name())
      return refusal("a " + type_of(what, i) +
                     " can't go to another CAF system: name it in basp_options::types here, and in the other "
                     "program with add_message_type, under the same name");
  caf::detail::serialized_size_inspector size{system};
  if (const caf::error why = what.save(size))  // size(what) would lose the error, as CAF itself does
    return refusal("a " + (what.empty() ? std::string{"message"} : type_of(what, 0)) +
                   " can't be written for another CAF system: " + caf::to_string(why));
  if (size.result() > std::numeric_limits<std::uint32_t>::max() / 2)
    return refusal("a " + type_of(what, 0) + " of " + std::to_string(size.result()) +
                   " bytes is longer than CAF can send");
  return {};
}

bool has_lost_connection(const caf::actor_control_block& who) {
  auto* const actor = const_cast<caf::actor_control_block&>(who).get();
  if (!actor->getf(caf::abstract_actor::is_terminated_flag)) return false;
  const auto* const proxy = dynamic_cast<const caf::monitorable_actor*>(actor);
  return proxy && proxy->fail_state() == caf::exit_reason::remote_link_unreachable;
}

}  // namespace troupe
