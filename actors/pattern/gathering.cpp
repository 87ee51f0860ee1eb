// The strategies that send a message to several members.
#include <algorithm>
#include <troupe/base/prng.hpp>
#include <troupe/pattern/gathering.hpp>

namespace troupe::detail {

void gathering::fail(error why, std::size_t members) noexcept {
  if (members > 1)
    why.text = "none of the " + std::to_string(members) +
               " members that were asked succeeded; the last: " + why.text;
  asker_->fail(std::move(why));
}

void first_success::answered(engine::outcome what) noexcept {
  const bool last = open_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  if (auto* const reply = std::get_if<engine::envelope_ptr>(&what))
    asker().complete(std::move(*reply));
  else if (last)
    fail(std::move(std::get<error>(what)), members_);  // changes nothing after a success (RS1)
}

void chopping::next() noexcept {
  attempt now;
  std::vector<attempt> not_wanted;
  bool more = false;
  {
    const std::lock_guard hold{mutex_};
    if (over_ || left_.empty() || asker().is_settled()) {
      over_ = true;
      not_wanted.swap(left_);
    } else {
      now = std::move(left_.back());
      left_.pop_back();
      ++open_;
      more = !left_.empty();
    }
  }
  if (!now.request) return;
  now.request->reply = engine::reply_slot_ptr{new gather_slot{gathering_ptr{this}}};
  // Armed first: the member may fail before `post` returns, and then finds a timer that it can cancel.
  if (more) env_->timers().arm(*this, env_->from_now(interval_));
  now.to->to().post(std::move(now.request));
}

void chopping::answered(engine::outcome what) noexcept {
  auto* const reply = std::get_if<engine::envelope_ptr>(&what);
  std::vector<attempt> not_wanted;
  bool more = false, last = false;
  {
    const std::lock_guard hold{mutex_};
    --open_;
    if (reply) {
      over_ = true;
      not_wanted.swap(left_);
    } else {
      more = !over_ && !left_.empty();
      last = !over_ && left_.empty() && open_ == 0;
    }
  }
  if (reply) {
    static_cast<void>(env_->timers().cancel(*this));
    asker().complete(std::move(*reply));
  } else if (last) {
    fail(std::move(std::get<error>(what)), members_);
  } else if (more && env_->timers().cancel(*this)) {
    next();  // who failed is not waited for; where the timer is not armed, whoever fires or arms it goes on
  }
}

engine::envelope_ptr message_copiers::copy(engine::envelope& e) const {
  for (const message_copier& c : all_)
    if (c.type == e.type) return c.copy(e);
  return {};
}

bool message_copiers::knows(const engine::envelope& e) const noexcept {
  return std::any_of(all_.begin(), all_.end(), [&](const message_copier& c) { return c.type == e.type; });
}

std::vector<engine::envelope_ptr> multiply(engine::envelope_ptr e, std::size_t count,
                                           const message_copiers& copiers, router_address& by) {
  std::vector<engine::envelope_ptr> out;
  if (count > 1 && !copiers.knows(*e)) {
    by.refuse(std::move(e), errc::not_understood);
    return out;
  }
  try {
    out.reserve(count);
    while (out.size() + 1 < count) out.push_back(copiers.copy(*e));
  } catch (...) {
    out.clear();
    by.env().events().log(log_level::error, by.path(),
                          "a message for several members can't be copied: " +
                              to_string(current_exception_error(errc::invalid)) + "; it is dropped");
    by.refuse(std::move(e), errc::invalid);
    return out;
  }
  out.push_back(std::move(e));
  return out;
}

namespace {

class scatter final : public route_policy {
 public:
  scatter(std::uint32_t members, message_copiers copiers) : members_(members), copiers_(std::move(copiers)) {}

  void send(engine::envelope_ptr e, const member_set& to, router_address& by) override {
    const std::size_t n = to.size();
    const std::size_t count = members_ == 0 ? n : std::min<std::size_t>(members_, n);
    // relaxed: a number of its own for each caller is all it is for.
    const std::size_t first =
        count == n ? 0 : static_cast<std::size_t>(turn_.fetch_add(1, std::memory_order_relaxed) % n);
    engine::reply_slot_ptr asker =
        e->reply;  // it stays in `e` until that is copied, so that a refusal settles it
    auto copies = multiply(std::move(e), count, copiers_, by);
    if (copies.empty()) return;
    gathering_ptr answers;
    if (asker) {
      copies.back()->reply = nullptr;
      answers.reset(new first_success{std::move(asker), count});
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (answers) copies[i]->reply = engine::reply_slot_ptr{new gather_slot{answers}};
      to.all()[(first + i) % n]->to().post(std::move(copies[i]));
    }
  }

 private:
  const std::uint32_t members_;
  const message_copiers copiers_;
  std::atomic<std::uint64_t> turn_{0};
};

class chopper final : public route_policy {
 public:
  chopper(duration interval, message_copiers copiers, std::uint64_t seed)
      : interval_(interval), copiers_(std::move(copiers)), state_(seed) {}

  void send(engine::envelope_ptr e, const member_set& to, router_address& by) override {
    const std::size_t n = to.size();
    // relaxed: as in picking.cpp, a number of its own for each caller.
    prng random{state_.fetch_add(0x9e3779b97f4a7c15ull, std::memory_order_relaxed)};
    const auto first = static_cast<std::size_t>(random.below(n));
    if (!e->reply || n == 1) return to.all()[first]->to().post(std::move(e));
    // All copies are made here, in the sender's handler: a timer runs no user's code (TM3).
    const time_point now = by.env().now();
    const time_point deadline = e->reply->deadline;
    std::size_t count = n;
    if (deadline != never) {
      const auto wanted = deadline <= now ? 1 : 1 + static_cast<std::uint64_t>((deadline - now) / interval_);
      count = static_cast<std::size_t>(std::min<std::uint64_t>(n, wanted));
      // Members that fail at once are not waited for, so a short deadline still leaves a second choice.
      count = std::max<std::size_t>(count, 2);
    }
    engine::reply_slot_ptr asker = e->reply;
    auto copies = multiply(std::move(e), count, copiers_, by);
    if (copies.empty()) return;
    copies.back()->reply = nullptr;
    std::vector<chopping::attempt> attempts;
    attempts.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      attempts.push_back({to.all()[(first + count - 1 - i) % n], std::move(copies[i])});
    const boost::intrusive_ptr<chopping> begun{
        new chopping{by.env(), std::move(asker), std::move(attempts), interval_}};
    begun->next();
  }

 private:
  const duration interval_;
  const message_copiers copiers_;
  std::atomic<std::uint64_t> state_;
};

}  // namespace

route_policy_ptr make_scatter(std::uint32_t members, message_copiers copiers) {
  return std::make_unique<scatter>(members, std::move(copiers));
}

route_policy_ptr make_tail_chopping(duration interval, message_copiers copiers, std::uint64_t seed) {
  if (interval <= duration::zero())
    throw failed{{errc::invalid, "tail_chopping: interval must be more than 0"}};
  return std::make_unique<chopper>(interval, std::move(copiers), seed);
}

}  // namespace troupe::detail
