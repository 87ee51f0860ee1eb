#include <troupe/cell/cell.hpp>
#include <troupe/cell/terminated.hpp>
#include <troupe/node/far_session.hpp>
#include <utility>

namespace troupe::detail {

namespace {

/// Stands for somebody on a peer among the watchers of an actor here.
class far_watcher final : public address {
 public:
  far_watcher(far_session_ptr session, std::uint64_t id) noexcept : session_(std::move(session)), id_(id) {}

  void post(engine::envelope_ptr e) noexcept override {
    if (e->type == &terminated_type) session_->ended(id_, e->as<terminated>().reason());
  }
  std::string path() const override { return {}; }
  cell_ptr here() noexcept override { return {}; }
  environment* home() const noexcept override { return nullptr; }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  ~far_watcher() = default;

  std::atomic<unsigned> references_{0};
  const far_session_ptr session_;
  const std::uint64_t id_;
};

}  // namespace

arrival far_session::system_frame(std::uint64_t number) {
  const std::lock_guard hold{mutex_};
  return incoming_.system_frame(number);
}

void far_session::messages(std::uint64_t count) {
  const std::lock_guard hold{mutex_};
  incoming_.messages(count);
}

incoming far_session::counts() const {
  const std::lock_guard hold{mutex_};
  return incoming_;
}

bool far_session::watch(std::uint64_t id, std::string_view path) {
  const auto at_once = [&](exit_kind kind, errc code, std::string text) {
    if (back_) back_->tell_end(of_.incarnation, id, {kind, {code, std::move(text), {}, std::string{path}}});
    return true;
  };
  const auto what = parse_local_token(path);
  if (what && !gate_->may_watch(*what)) {  // FS4
    error no = gate_->no_watch(what->path);
    gate_->tell(no);
    return at_once(exit_kind::gone, no.code, std::move(no.text));
  }
  address_ptr subject = what ? env_->names().reachable(*what) : address_ptr{};  // NM4
  if (!subject) return at_once(exit_kind::gone, errc::stopped, "no actor lives there");
  const address_ptr watcher{new far_watcher{shared_from_this(), id}};
  {
    const std::lock_guard hold{mutex_};
    if (over_) return true;
    if (watches_.contains(id)) return false;
    if (watches_.size() < watches_max_)
      watches_[id] = {subject, watcher};
    else
      subject = nullptr;
  }
  if (!subject)
    return at_once(
        exit_kind::unreachable, errc::overloaded,
        "its node has " + std::to_string(watches_max_) + " watches of this one already (node.watches_max)");
  if (const cell_ptr one = subject->here())
    one->add_watcher(watcher);
  else if (subject->watch_from_outside(*watcher, true) == 0)
    ended(id, {exit_kind::unreachable,
               {errc::not_found, "it is nothing that can be watched", {}, std::string{path}}});
  return true;
}

void far_session::take_back(const one_watch& w) {
  if (const cell_ptr one = w.subject->here())
    one->remove_watcher(w.watcher);
  else
    static_cast<void>(w.subject->watch_from_outside(*w.watcher, false));
}

void far_session::unwatch(std::uint64_t id) {
  std::map<std::uint64_t, one_watch>::node_type one;
  {
    const std::lock_guard hold{mutex_};
    one = watches_.extract(id);
  }
  if (one) take_back(one.mapped());
}

void far_session::ended(std::uint64_t id, const exit_reason& why) {
  std::map<std::uint64_t, one_watch>::node_type one;
  {
    const std::lock_guard hold{mutex_};
    one = watches_.extract(id);
  }
  if (one && back_) back_->tell_end(of_.incarnation, id, why);
}

void far_session::bury(std::uint64_t id, exit_reason why) const {
  if (back_) back_->bury(id, std::move(why));
}

void far_session::end() {
  std::map<std::uint64_t, one_watch> all;
  {
    const std::lock_guard hold{mutex_};
    over_ = true;
    all.swap(watches_);
  }
  for (const auto& [id, one] : all) take_back(one);
  if (back_) back_->session_over(of_);
}

}  // namespace troupe::detail
