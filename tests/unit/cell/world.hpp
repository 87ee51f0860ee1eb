// What the life cycle tests share: a quiet system, a journal that threads can wait on, a gate, a watcher.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/observe/hub.hpp>
#include <vector>

namespace life {

using namespace std::chrono_literals;

/// How long a test waits for what must happen; far more than it takes.
inline constexpr auto patience = 20s;

/// Two workers and no log.
inline troupe::system_options quiet() {
  troupe::system_options o;
  o.workers = 2;
  o.log = troupe::log_level::error;
  return o;
}

/// Lines of text.
using lines = std::vector<std::string>;

/// Lines in the order they were noted. Thread-safe.
class journal {
 public:
  /// Adds a line.
  void note(std::string line) {
    const std::lock_guard hold{mutex_};
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  /// Waits until `line` is there `times` times; false when patience ran out.
  bool wait_for(const std::string& line, std::ptrdiff_t times = 1) {
    std::unique_lock hold{mutex_};
    return changed_.wait_for(hold, patience,
                             [&] { return std::count(lines_.begin(), lines_.end(), line) >= times; });
  }
  /// Waits until a line has `part` in it; false when patience ran out.
  bool wait_for_part(const std::string& part) {
    std::unique_lock hold{mutex_};
    return changed_.wait_for(hold, patience, [&] {
      return std::any_of(lines_.begin(), lines_.end(),
                         [&](const std::string& line) { return line.find(part) != std::string::npos; });
    });
  }
  /// All lines so far.
  lines all() const {
    const std::lock_guard hold{mutex_};
    return lines_;
  }
  /// How often `line` is there.
  std::ptrdiff_t count(const std::string& line) const {
    const std::lock_guard hold{mutex_};
    return std::count(lines_.begin(), lines_.end(), line);
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  lines lines_;
};
/// A shared journal.
using journal_ptr = std::shared_ptr<journal>;

/// Holds threads up until it is opened.
class gate {
 public:
  /// Lets everybody through from now on.
  void open() {
    const std::lock_guard hold{mutex_};
    open_ = true;
    changed_.notify_all();
  }
  /// Waits for it to be opened.
  void pass() {
    std::unique_lock hold{mutex_};
    changed_.wait(hold, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};
/// A shared gate.
using gate_ptr = std::shared_ptr<gate>;

/// The events of a system as journal lines `kind path`.
inline journal_ptr listen(troupe::system& sys) {
  auto out = std::make_shared<journal>();
  sys.events().subscribe(
      [out](const troupe::event& e) { out->note(std::string{to_string(e.kind)} + " " + e.path); });
  return out;
}

/// An address that notes each `terminated` it is sent: `gone PATH KIND`.
class watcher final : public troupe::address {
 public:
  explicit watcher(journal_ptr to) : to_(std::move(to)) {}
  void post(troupe::engine::envelope_ptr e) noexcept override {
    const auto& news = e->as<troupe::terminated>();
    to_->note("gone " + news.path() + " " + std::string{troupe::to_string(news.kind())});
  }
  std::string path() const override { return "(a test)"; }
  troupe::cell_ptr here() noexcept override { return {}; }
  troupe::environment* home() const noexcept override { return nullptr; }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<unsigned> references_{0};
  journal_ptr to_;
};

/// The cell behind a ref.
inline troupe::cell_ptr cell_of(const troupe::any_ref& r) { return r.address()->here(); }

/// Notes the end of a cell in `to`.
inline void note_end(const troupe::cell_ptr& c, const journal_ptr& to) {
  c->add_watcher(troupe::address_ptr{new watcher{to}});
}

/// Stops the actor and waits for its end.
inline bool stop_and_wait(const troupe::any_ref& r) {
  const auto c = cell_of(r);
  if (!c) return true;
  auto end = std::make_shared<journal>();
  note_end(c, end);
  c->request_stop({troupe::exit_kind::shutdown, {}});
  return end->wait_for("gone " + c->path() + " shutdown");
}

}  // namespace life
