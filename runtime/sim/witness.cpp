#include <troupe/sim/witness.hpp>
#include <troupe/sim/world.hpp>

namespace troupe::sim {

std::optional<error> witness::before_receive(const message_view& m) {
  std::string line = host_ + " " + m.recipient() + " handles " + std::string{m.type().name};
  if (const std::string from = m.sender(); !from.empty()) line += " from " + from;
  if (const std::string text = m.text(); !text.empty()) line += " " + text;
  world_.note_of(host_, std::move(line));
  return {};
}

void witness::after_receive(const handled_message& m) {
  if (m.how == handling::handled) return;
  std::string line =
      host_ + " " + m.recipient.path() + " " + std::string{to_string(m.how)} + " " + std::string{m.type.name};
  if (m.why) line += ": " + m.why->text;
  world_.note_of(host_, std::move(line));
}

hub::log_sink witness::log() {
  return [self = shared_from_this()](log_level level, std::string_view where, std::string_view line) {
    self->world_.note_of(self->host_, self->host_ + " " + std::string{to_string(level)} + " " +
                                          std::string{where} + ": " + std::string{line});
  };
}

}  // namespace troupe::sim
