#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/sim/witness.hpp>
#include <troupe/sim/world.hpp>

namespace troupe::sim {

namespace {

/// What is the same of a message at both ends of its way to another node (under_way.hpp).
std::string way_of(std::uint64_t sender, const std::string& recipient, const message_view& m) {
  return std::to_string(sender) + ">" + recipient + " " + std::string{m.type().name};
}

}  // namespace

origin witness::of_running() const {
  const cell* const runs = cell::current();
  const auto found = runs ? handled_.find(runs->number()) : handled_.end();
  if (found == handled_.end()) return {};
  if (found->second.open.empty()) return {found->second.last, true};
  return {found->second.open.back().line};
}

std::optional<error> witness::before_send(const message_view& m) {
  origin cause = of_running();
  if (const std::string to = m.recipient(); !to.empty() && to.front() != '/') {
    if (const std::string by = m.sender(); !by.empty()) cause.sender = host_ + ":" + by;
    world_.under_way().add(way_of(m.sender_number(), to, m), m.text(), host_, std::move(cause));
  } else {
    sent_.insert_or_assign(m.payload(), sent{&m.type(), m.sender_number(), std::move(cause)});
  }
  return {};
}

origin witness::cause_of(const message_view& m, const std::string& text) {
  const std::uint64_t sender = m.sender_number();
  origin found{};
  if (sender & engine::cause_elsewhere) {
    found = world_.under_way().take(way_of(sender & ~engine::cause_elsewhere, host_ + ":" + m.recipient(), m),
                                    text);
  } else if (
      const auto at = sent_.find(m.payload());
      // All that an actor of this system sends is seen, so what lies here now was sent last. Of nobody's message that is not so.
      sender != 0 && at != sent_.end() && at->second.sender == sender && at->second.type == &m.type()) {
    found = at->second.cause;
  }
  if (const trace_context trace = m.trace(); trace)
    if (const std::uint64_t line = world_.under_way().line_of_span(trace.span)) {
      found.line = line;
      found.loosely = false;
    }
  return found;
}

std::optional<error> witness::before_receive(const message_view& m) {
  line_facts about{.kind = line_kind::handles, .actor = m.recipient(), .message = std::string{m.type().name}};
  const std::string text = m.text();
  const origin from = cause_of(m, text);
  about.from = from.sender.empty() ? m.sender() : from.sender;
  std::string line = host_ + " " + about.actor + " handles " + about.message;
  if (!about.from.empty()) line += " from " + about.from;
  if (!text.empty()) line += " " + text;
  about.cause = from.line;
  about.loosely = from.loosely;
  const std::uint64_t number = world_.note_of(host_, std::move(line), std::move(about));
  if (const auto here = current_trace()) world_.under_way().add_span(here->span, number);
  if (const cell* const runs = cell::current()) {
    if (handled_.size() >= actors_max) handled_.clear();
    history& of = handled_[runs->number()];
    of.open.push_back({&m.type(), number});
    of.last = number;
  }
  return {};
}

void witness::after_receive(const handled_message& m) {
  std::uint64_t began = 0;
  const cell* const runs = cell::current();
  if (const auto found = runs ? handled_.find(runs->number()) : handled_.end(); found != handled_.end()) {
    auto& open = found->second.open;
    const auto last =
        std::find_if(open.rbegin(), open.rend(), [&](const handling_line& h) { return h.type == &m.type; });
    if (last != open.rend()) {
      began = last->line;
      open.erase(std::next(last).base());
    }
  }
  if (m.how == handling::handled) return;
  line_facts about{.kind = line_kind::ended,
                   .actor = m.recipient.path(),
                   .message = std::string{m.type.name},
                   .cause = began};
  std::string line = host_ + " " + about.actor + " " + std::string{to_string(m.how)} + " " + about.message;
  if (m.why) line += ": " + m.why->text;
  world_.note_of(host_, std::move(line), std::move(about));
}

hub::log_sink witness::log() {
  return [self = shared_from_this()](log_level level, std::string_view where, std::string_view line) {
    self->world_.note_of(self->host_,
                         self->host_ + " " + std::string{to_string(level)} + " " + std::string{where} + ": " +
                             std::string{line},
                         {.kind = line_kind::log, .actor = std::string{where}});
  };
}

}  // namespace troupe::sim
