// The strategies that choose one member for each message.
#include <atomic>
#include <limits>
#include <troupe/base/prng.hpp>
#include <troupe/pattern/router_address.hpp>

namespace troupe::detail {
namespace {

constexpr std::uint64_t unknown_depth = std::numeric_limits<std::uint64_t>::max();

std::uint64_t depth_of(const route_member& m) noexcept {
  const cell_ptr c = m.to().here();
  return c ? c->mailbox_depth() : unknown_depth;
}

/// Draws from a stream that many threads share: splitmix64 is a counter that is mixed, so the counter is all there is to share.
class shared_stream {
 public:
  explicit shared_stream(std::uint64_t seed) noexcept : state_(seed) {}
  // relaxed: each caller needs a number of its own and nothing else.
  prng draw() noexcept { return prng{state_.fetch_add(0x9e3779b97f4a7c15ull, std::memory_order_relaxed)}; }

 private:
  std::atomic<std::uint64_t> state_;
};

/// Counts; relaxed for the same reason.
class shared_turn {
 public:
  std::size_t next(std::size_t members) noexcept {
    return static_cast<std::size_t>(count_.fetch_add(1, std::memory_order_relaxed) % members);
  }

 private:
  std::atomic<std::uint64_t> count_{0};
};

/// A strategy that sends to the member it chooses.
class to_one : public route_policy {
 public:
  void send(engine::envelope_ptr e, const member_set& to, router_address& by) final {
    if (const route_member* const one = choose(*e, to, by))
      one->to().post(std::move(e));
    else
      by.refuse(std::move(e), errc::invalid);
  }
};

class in_turn final : public to_one {
 public:
  const route_member* choose(engine::envelope&, const member_set& to, router_address&) override {
    return to.all()[turn_.next(to.size())].get();
  }

 private:
  shared_turn turn_;
};

class drawn final : public to_one {
 public:
  explicit drawn(std::uint64_t seed) noexcept : stream_(seed) {}
  const route_member* choose(engine::envelope&, const member_set& to, router_address&) override {
    return to.all()[static_cast<std::size_t>(stream_.draw().below(to.size()))].get();
  }

 private:
  shared_stream stream_;
};

/// With many members looking at all costs more than it brings: the best of a few that are drawn is nearly as good (Mitzenmacher,
/// The Power of Two Choices in Randomized Load Balancing, 2001).
class emptiest final : public to_one {
 public:
  explicit emptiest(std::uint64_t seed) noexcept : stream_(seed) {}
  const route_member* choose(engine::envelope&, const member_set& to, router_address&) override {
    return to.all()[pick(to)].get();
  }

 private:
  static constexpr std::size_t all_max = 16;
  static constexpr std::size_t drawn_count = 8;

  std::size_t pick(const member_set& to) noexcept {
    const std::size_t n = to.size();
    std::size_t best = turn_.next(n);  // equals take turns
    if (n == 1) return best;
    std::uint64_t least = depth_of(*to.all()[best]);
    const auto look = [&](std::size_t at) {
      const std::uint64_t depth = depth_of(*to.all()[at]);
      if (depth >= least) return;
      least = depth;
      best = at;
    };
    if (n <= all_max) {
      const std::size_t first = best;
      for (std::size_t i = 1; i < n && least != 0; ++i) look((first + i) % n);
    } else {
      prng random = stream_.draw();
      for (std::size_t i = 1; i < drawn_count && least != 0; ++i)
        look(static_cast<std::size_t>(random.below(n)));
    }
    return best;
  }

  shared_turn turn_;
  shared_stream stream_;
};

class keyed final : public to_one {
 public:
  keyed(key_reader key, hashing settings) : key_(std::move(key)), settings_(settings) {}
  std::uint32_t points() const noexcept override { return settings_.points; }
  const route_member* choose(engine::envelope& e, const member_set& to, router_address& by) override {
    try {
      return to.all()[pick(key_(e), to)].get();
    } catch (...) {
      by.env().events().log(log_level::error, by.path(),
                            "the key of a message can't be read: " +
                                to_string(current_exception_error(errc::invalid)) + "; it is dropped");
      return nullptr;
    }
  }

 private:
  static std::uint64_t waiting(const route_member& m) noexcept {
    const std::uint64_t depth = depth_of(m);
    return depth == unknown_depth ? 0 : depth;
  }

  std::size_t pick(std::uint64_t place, const member_set& to) const {
    const std::size_t owner = to.ring().owner(place);
    // The limit is at least 1, so a member without anything to do always takes its key: the sum is for busy ones.
    if (settings_.bound_percent == 0 || waiting(*to.all()[owner]) == 0) return owner;
    std::uint64_t sum = 0;
    for (const auto& m : to.all()) sum += waiting(*m);
    const std::uint64_t limit = load_limit(sum, to.size(), settings_.bound_percent);
    return to.ring().first_fit(place, [&](std::size_t at) { return waiting(*to.all()[at]) < limit; });
  }

  const key_reader key_;
  const hashing settings_;
};

}  // namespace

route_policy_ptr make_round_robin() { return std::make_unique<in_turn>(); }
route_policy_ptr make_random(std::uint64_t seed) { return std::make_unique<drawn>(seed); }
route_policy_ptr make_least_loaded(std::uint64_t seed) { return std::make_unique<emptiest>(seed); }

route_policy_ptr make_consistent_hash(key_reader key, hashing settings) {
  constexpr std::uint32_t points_max = 1000;
  if (settings.points < 1 || settings.points > points_max)
    throw failed{{errc::invalid,
                  "consistent_hash: points must be from 1 to 1000, not " + std::to_string(settings.points)}};
  if (settings.bound_percent != 0 && settings.bound_percent < 100)
    throw failed{{errc::invalid, "consistent_hash: bound_percent must be 0 (no bound) or at least 100, not " +
                                     std::to_string(settings.bound_percent)}};
  return std::make_unique<keyed>(std::move(key), settings);
}

}  // namespace troupe::detail
