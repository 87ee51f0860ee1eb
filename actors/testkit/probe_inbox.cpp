#include <algorithm>
#include <troupe/testkit/probe_inbox.hpp>
#include <utility>

namespace troupe::testkit {

namespace {

void refuse(engine::envelope_ptr e) noexcept {
  if (const auto slot = std::exchange(e->reply, nullptr))
    slot->fail({errc::stopped, "the probe that was asked has ended"});
}

}  // namespace

bool probe_inbox::accepts(const message_type& type) const noexcept {
  return &type == &terminated_type ||
         std::any_of(forms_.begin(), forms_.end(), [&](const auto& f) { return f.type == &type; });
}

void probe_inbox::add(engine::envelope_ptr e) noexcept {
  {
    const std::lock_guard hold{mutex_};
    if (!closed_) {
      queue_.push_back(std::move(e));
      came_.notify_all();
      return;
    }
  }
  refuse(std::move(e));
}

engine::envelope_ptr probe_inbox::take(duration limit) {
  std::unique_lock hold{mutex_};
  if (!came_.wait_for(hold, limit, [this] { return !queue_.empty(); })) return nullptr;
  auto out = std::move(queue_.front());
  queue_.pop_front();
  return out;
}

std::size_t probe_inbox::size() const {
  const std::lock_guard hold{mutex_};
  return queue_.size();
}

void probe_inbox::close() noexcept {
  std::deque<engine::envelope_ptr> left;
  {
    const std::lock_guard hold{mutex_};
    closed_ = true;
    left.swap(queue_);
  }
  for (auto& e : left) refuse(std::move(e));
}

std::string probe_inbox::shown(const engine::envelope& message) const {
  if (message.type == &terminated_type) {
    const auto& news = const_cast<engine::envelope&>(message).as<terminated>();
    return "terminated{" + news.path() + ", " + to_string(news.reason()) + '}';
  }
  for (const auto& form : forms_)
    if (form.type == message.type) return form.print(message.payload()) + (message.reply ? " (asked)" : "");
  return std::string{message.type->name};
}

std::string probe_inbox::shown_queue(std::size_t lines_max) const {
  std::string out;
  const std::lock_guard hold{mutex_};
  for (std::size_t i = 0; i < std::min(queue_.size(), lines_max); ++i) out += "\n    " + shown(*queue_[i]);
  if (queue_.size() > lines_max) out += "\n    and " + std::to_string(queue_.size() - lines_max) + " more";
  return out;
}

}  // namespace troupe::testkit
