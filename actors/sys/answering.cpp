#include <troupe/json/json.hpp>
#include <troupe/sys/answering.hpp>
#include <troupe/sys/sys.hpp>
#include <troupe/sys/sys_address.hpp>
#include <utility>

namespace troupe::sys {

namespace {

constexpr std::size_t children_counted_max = 1000;
constexpr std::size_t children_named_max = 100;

json_limits state_limits() {
  json_limits limits;
  limits.bytes_max = state_bytes_max;
  return limits;
}

/// What its class says of its state, checked (a document that is none would break the one it is put into).
void add_own(cell& at, actor_state& out) {
  const body* const b = at.body();
  if (!b) return;
  body_description said;
  try {
    b->describe_body(said);
  } catch (...) {
    out.state_error = "describe_state threw: " + to_string(current_exception_error(errc::handler_failed));
  }
  out.waiting_handlers = said.waiting_handlers;
  out.waits_for = std::move(said.waits_for);
  out.stashed = said.stashed;
  if (said.state.empty()) return;
  if (const auto document = json_document::parse(said.state, state_limits()))
    out.state = std::move(said.state);
  else
    out.state_error = "describe_state returned no JSON: " + document.error().text;
}

actor_state state_of(cell& at) {
  actor_state out;
  out.path = at.path();
  if (at.settings().type) out.type = at.settings().type->name;
  out.status = to_string(at.status());
  out.incarnation = at.incarnation();
  out.mailbox = at.mailbox_depth();
  out.suspended = at.is_paused();
  out.traced = at.messages_left_to_trace();
  for (const cell_ptr& child : at.first_children(children_counted_max)) {
    if (child->has_ended()) continue;  // on the list until the next turn
    if (out.children++ < children_named_max) out.names.push_back(child->own_name());
  }
  add_own(at, out);
  return out;
}

template <class R>
void reply_with(engine::envelope& to, R value) {
  if (const auto slot = std::move(to.reply))
    slot->complete(engine::make_envelope<R>(message_type_of<R>, std::move(value)));
}

void pause(cell& at, engine::envelope& message) {
  const body* const b = at.body();
  if (b && !b->can_pause()) {
    if (const auto slot = std::move(message.reply))
      slot->fail(
          {errc::invalid,
           at.path() +
               " can't be suspended: it handles no messages, its work are signals, which always get through",
           {},
           at.path()});
    return;
  }
  const bool changes = !at.is_paused();
  at.pause();
  reply_with(message, changes);
}

/// Writes what has been read.
void copy(json_writer& to, json_value in) {
  switch (in.kind()) {
    case json_kind::null:
      return to.null();
    case json_kind::boolean:
      return to.boolean(in.truth());
    case json_kind::number:
      return to.digits(in.text());
    case json_kind::string:
      return to.string(in.text());
    case json_kind::array:
      to.begin_array();
      for (const json_value item : in.items()) copy(to, item);
      return to.end_array();
    case json_kind::object:
      to.begin_object();
      for (const auto [key, value] : in.members()) {
        to.key(key);
        copy(to, value);
      }
      return to.end_object();
  }
}

}  // namespace

handle of(const any_ref& who) {
  return who ? handle{address_ptr{new detail::sys_address{who.address()}}} : handle{};
}

void answer(cell& at, engine::envelope& message) {
  if (message.type == &message_type_of<get_state>) {
    reply_with(message, state_of(at));
  } else if (message.type == &message_type_of<suspend>) {
    pause(at, message);
  } else if (message.type == &message_type_of<resume>) {
    const bool changes = at.is_paused();
    reply_with(message, changes);  // first: what the timers do comes after
    at.unpause();
  } else if (message.type == &message_type_of<trace>) {
    const std::uint32_t left = at.messages_left_to_trace();
    at.trace_messages(message.as<trace>().count);
    reply_with(message, left);
  }
}

const message_type* message_with(std::uint64_t hash) noexcept {
  for (const message_type* const one : {&message_type_of<get_state>, &message_type_of<suspend>,
                                        &message_type_of<resume>, &message_type_of<trace>})
    if (one->hash == hash) return one;
  return nullptr;
}

std::string as_json(const actor_state& s, json_style style) {
  std::string out;
  json_writer to{out, style};
  to.begin_object();
  for_each_field(s, [&]<class F>(std::string_view name, const F& field) {
    if (name == "state_error" && s.state_error.empty()) return;
    to.key(name);
    if (name != "state") return json_codec<F>::write(to, field);
    const auto document = s.state.empty() ? result<json_document>{error{errc::not_found, {}}}
                                          : json_document::parse(s.state, state_limits());
    if (document)
      copy(to, document->root());
    else
      to.null();
  });
  to.end_object();
  return out;
}

}  // namespace troupe::sys
