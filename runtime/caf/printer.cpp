#include <caf/actor_ostream.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <troupe/caf/printer.hpp>
#include <unordered_map>

namespace troupe {

namespace {

using out_file = std::shared_ptr<std::ofstream>;

/// Unfinished lines and redirections, by actor.
struct printer_state {
  struct writer {
    std::string line;
    out_file file;
  };
  std::unordered_map<caf::actor_id, writer> writers;
  out_file everything;

  void flush(writer& w, bool unfinished) {
    if (w.line.empty() || (w.line.back() != '\n' && !unfinished)) return;
    std::ostream& out = w.file ? *w.file : everything ? *everything : std::cout;
    out << w.line << std::flush;
    w.line.clear();
  }
};

out_file open(const std::string& name, int flags) {
  const bool append = (flags & caf::actor_ostream::append) != 0;
  auto file = std::make_shared<std::ofstream>(name, append ? std::ios::app : std::ios::out);
  if (*file) return file;
  std::cerr << "troupe: a CAF actor's output can't go to the file '" << name << "'\n";
  return nullptr;
}

caf::behavior printer(caf::stateful_actor<printer_state>* self) {
  return {
      [self](caf::add_atom, caf::actor_id who, const std::string& text) {
        auto& w = self->state.writers[who];
        w.line += text;
        self->state.flush(w, false);
      },
      [self](caf::flush_atom, caf::actor_id who) {
        if (auto w = self->state.writers.find(who); w != self->state.writers.end())
          self->state.flush(w->second, true);
      },
      [self](caf::delete_atom, caf::actor_id who) {
        if (auto w = self->state.writers.find(who); w != self->state.writers.end()) {
          self->state.flush(w->second, true);
          self->state.writers.erase(w);
        }
      },
      [self](caf::redirect_atom, const std::string& name, int flags) {
        self->state.everything = open(name, flags);
      },
      [self](caf::redirect_atom, caf::actor_id who, const std::string& name, int flags) {
        self->state.writers[who].file = open(name, flags);
      },
  };
}

}  // namespace

caf::actor spawn_caf_printer(caf::actor_system& system) { return system.spawn<caf::hidden>(printer); }

}  // namespace troupe
