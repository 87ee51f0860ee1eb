// Children that peers start below supervisors of this node (CN1-CN5).
#include <algorithm>
#include <troupe/actor/in_hand.hpp>
#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/ref_token.hpp>
#include <troupe/node/open_requests.hpp>
#include <troupe/node/spawner.hpp>
#include <troupe/wire/one_line.hpp>

namespace troupe::detail {

namespace {

/// What a peer has said, as far as it may stand in a text (R8).
std::string in_quotes(std::string_view text) {
  return "'" + wire::one_line(text.substr(0, limits::name_bytes_max)) + "'";
}

bool takes_children(address& who) noexcept {
  const actor_class* const kind = who.understands();
  if (!kind) return false;
  const auto* const end = kind->accepts + kind->accepts_count;
  return std::find(kind->accepts, end, &message_type_of<start_child>) != end;
}

}  // namespace

promise<child_info> spawner::on(const child_request& m) {
  delivery& d = message_in_hand::current("the requests of peers");
  const auto* const request = dynamic_cast<const remote_request*>(d->reply.get());
  const auto refuse = [](error why) {
    const promise<child_info> who{promise_reply(message_type_of<child_info>)};
    who.fail(std::move(why));
    return who;
  };
  if (!request)
    return refuse(
        {errc::invalid, "children of this node's supervisors are started without " + path(), {}, path()});
  const std::string peer = request->peer();
  const auto guest = request->guest();
  if (!guest) return refuse({errc::closed, "the connection of " + peer + " is over", {}, path()});
  if (auto no = child_objection(peer, m)) {
    if (no->code == errc::refused) say_refused(no->text);
    return refuse(std::move(*no));
  }
  const cell_ptr supervisor = own_cell().env().resolve(m.below);
  if (!supervisor || supervisor->has_ended())
    return refuse({errc::not_found, "nobody is at " + m.below + " on node " + options_.node, {}, path()});
  if (!takes_children(*supervisor))
    return refuse({errc::invalid, m.below + " on node " + options_.node + " is no supervisor", {}, path()});
  child_spec spec;
  spec.id = m.id;
  spec.restart = m.restart;
  spec.is_significant = m.significant;
  spec.shutdown_time = std::clamp(m.shutdown_time, duration::zero(), shutdown_time_max);
  try {
    spec.make = options_.types.find(m.type)->make_often(own_cell().env(), m.bytes, guest.get());
  } catch (...) {  // bytes that are no arguments; what a codec of theirs threw
    error why = current_exception_error(errc::decode_error);
    why.path = path();
    return refuse(std::move(why));
  }
  const address_ptr to{supervisor};
  // Whoever is there answers who has asked (DG1).
  if (m.replaces)
    delegate_to(
        to,
        engine::make_envelope<replace_child>(message_type_of<replace_child>, replace_child{std::move(spec)}),
        message_type_of<child_info>);
  else
    delegate_to(to,
                engine::make_envelope<start_child>(message_type_of<start_child>,
                                                   start_child{std::move(spec), options_.spawned_max}),
                message_type_of<child_info>);
  return {};
}

// CN2: in this order, so that nobody learns of types or actors who may not have them.
std::optional<error> spawner::child_objection(const std::string& peer, const child_request& m) const {
  const auto no = [&](errc code, std::string why) { return error{code, std::move(why), {}, path()}; };
  const std::string& here = options_.node;
  const auto at = parse_local_token(m.below);
  if (!at || at->number != 0 || at->seal != 0 || !m.below.starts_with("/user/") ||
      wire::one_line(m.below) != m.below)
    return no(errc::invalid, in_quotes(m.below) + " is no path of a supervisor");
  if (!options_.may_start_below || !options_.may_start_below(peer, m.below))
    return no(errc::refused, "node " + peer + " may start no children below " + wire::one_line(m.below) +
                                 " on node " + here + ": add \"" + wire::one_line(m.below) + ": " +
                                 std::string{start_child_right} + "\" to node.rights." + peer +
                                 ".send there, or make the path public");
  if (auto objection = type_objection(peer, m.type, m.version, m.arguments)) return objection;
  if (m.restart > restart_type::temporary)
    return no(errc::invalid, "restart type " + std::to_string(static_cast<unsigned>(m.restart)) + " is none");
  if (!options_.types.find(m.type)->make_often)
    return no(errc::invalid, "the arguments of " + in_quotes(m.type) +
                                 " can't be copied, so it can't be made anew: no supervisor takes it");
  if (wire::one_line(m.id) != m.id)
    return no(errc::invalid, in_quotes(m.id) + " is no actor name: it has control characters");
  return {};
}

}  // namespace troupe::detail
