#include "conformance/stage.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <troupe/cell/terminated.hpp>

namespace conformance {

namespace {

/// An address that notes the `terminated` it is sent.
class end_note final : public address {
 public:
  explicit end_note(notes& to) noexcept : to_(to) {}
  void post(engine::envelope_ptr e) noexcept override {
    const auto& news = e->as<terminated>();
    std::string path = news.path();
    if (path.starts_with("/user/")) path.erase(0, 6);
    to_.note(path + " gone " + std::string{to_string(news.kind())});
  }
  std::string path() const override { return "(a case)"; }
  cell_ptr here() noexcept override { return {}; }
  environment* home() const noexcept override { return nullptr; }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<unsigned> references_{0};
  notes& to_;
};

}  // namespace

struct stage::told {
  std::mutex mutex;
  std::vector<event> events;  // guarded by mutex
};

void stage::listen() {
  told_ = std::make_shared<told>();
  sys().events().subscribe([to = told_](const event& e) {
    const std::lock_guard hold{to->mutex};
    to->events.push_back(e);
  });
}

child_builder stage::child(const std::string& id) {
  return troupe::child<worker>(id, id, static_cast<notes*>(this), shared_script(id));
}

child_builder stage::pattern(const std::string& id) {
  return child_template<worker>(id, static_cast<notes*>(this), shared_script(id));
}

const worker_script_ptr& stage::shared_script(const std::string& id) {
  worker_script_ptr& script = scripts_[id];
  if (!script) {
    script = std::make_shared<worker_script>();
    script->hang = [this] { hang(); };
  }
  return script;
}

std::optional<int> stage::pinged(const std::string& path) {
  const auto got = answer(ref_to<ping>(sys().env(), "/user/" + path).ask(ping{}, for_ever));
  return got ? std::optional<int>{*got} : std::nullopt;
}

void stage::stop_unseen(const std::string& path) {
  if (const cell_ptr who = at(path)) who->request_stop(exit_kind::shutdown);
}

void stage::stop(const std::string& path) {
  stop_unseen(path);
  settle();
}

void stage::note(std::string line) {
  const std::lock_guard hold{mutex_};
  noted_.push_back(std::move(line));
}

void stage::note_end(const std::string& path) {
  const cell_ptr who = at(path);
  if (!who) throw std::runtime_error{"nobody lives at /user/" + path};
  who->add_watcher(address_ptr{new end_note{*this}});
  settle();
}

lines stage::happened() {
  settle();
  const std::lock_guard hold{mutex_};
  return {noted_.begin() + static_cast<std::ptrdiff_t>(mark_), noted_.end()};
}

std::ptrdiff_t stage::count(const std::string& line) {
  settle();
  const std::lock_guard hold{mutex_};
  return std::count(noted_.begin(), noted_.end(), line);
}

void stage::mark() {
  settle();
  const std::lock_guard hold{mutex_};
  mark_ = noted_.size();
}

std::vector<event> stage::events() {
  settle();
  const std::lock_guard hold{told_->mutex};
  return told_->events;
}

std::size_t stage::events(event_kind kind, const std::string& path) {
  const auto all = events();
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const event& e) { return e.kind == kind && e.path == "/user/" + path; }));
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

lines phases(stage& s, const std::string& path) {
  lines out;
  const auto all = s.ask(path, which_children{});
  for (const child_info& one : all.value()) out.push_back(one.id + " " + std::string{to_string(one.phase)});
  return out;
}

std::string counts(stage& s, const std::string& path) {
  const child_counts c = s.ask(path, count_children{}).value();
  std::string out;
  for (const std::uint64_t n : {c.specs, c.active, c.supervisors, c.workers})
    out += (out.empty() ? "" : " ") + std::to_string(n);
  return out;
}

}  // namespace conformance
