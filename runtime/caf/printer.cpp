#include <caf/actor_ostream.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <troupe/caf/printer.hpp>
#include <unordered_map>

namespace troupe {

namespace {

using out_file = std::shared_ptr<std::ofstream>;

out_file open(const std::string& name, int flags) {
  const bool append = (flags & caf::actor_ostream::append) != 0;
  auto file = std::make_shared<std::ofstream>(name, append ? std::ios::app : std::ios::out);
  if (*file) return file;
  std::cerr << "troupe: a CAF actor's output can't go to the file '" << name << "'\n";
  return nullptr;
}

/// Unfinished lines and redirections, by actor. (A class of its own: CAF's functor actors bind a null reference on the way,
/// which UBSan reports.)
class printer final : public caf::event_based_actor {
 public:
  explicit printer(caf::actor_config& config) : caf::event_based_actor(config) {}
  const char* name() const override { return "troupe.printer"; }

  caf::behavior make_behavior() override {
    return {
        [this](caf::add_atom, caf::actor_id who, const std::string& text) {
          auto& w = writers_[who];
          w.line += text;
          flush(w, false);
        },
        [this](caf::flush_atom, caf::actor_id who) {
          if (auto w = writers_.find(who); w != writers_.end()) flush(w->second, true);
        },
        [this](caf::delete_atom, caf::actor_id who) {
          if (auto w = writers_.find(who); w != writers_.end()) {
            flush(w->second, true);
            writers_.erase(w);
          }
        },
        [this](caf::redirect_atom, const std::string& file, int flags) { everything_ = open(file, flags); },
        [this](caf::redirect_atom, caf::actor_id who, const std::string& file, int flags) {
          writers_[who].file = open(file, flags);
        },
    };
  }

 private:
  struct writer {
    std::string line;
    out_file file;
  };

  void flush(writer& w, bool unfinished) {
    if (w.line.empty() || (w.line.back() != '\n' && !unfinished)) return;
    std::ostream& out = w.file ? *w.file : everything_ ? *everything_ : std::cout;
    out << w.line << std::flush;
    w.line.clear();
  }

  std::unordered_map<caf::actor_id, writer> writers_;
  out_file everything_;
};

}  // namespace

caf::actor spawn_caf_printer(caf::actor_system& system) { return system.spawn<printer, caf::hidden>(); }

}  // namespace troupe
