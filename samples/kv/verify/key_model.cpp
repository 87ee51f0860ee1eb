#include "kv/verify/key_model.hpp"

#include <algorithm>
#include <utility>

namespace kv::verify {

void register_model::set_done(std::uint64_t write) {
  settled_ = write;
  present_ = true;
}

void register_model::set_unknown(std::uint64_t write) { maybe_set_.push_back(write); }

finding register_model::delete_done(std::uint64_t write, bool existed) {
  finding out;
  if (existed && !present_ && maybe_set_.empty()) {
    // A deletion that was acknowledged is undone; or, if there never was one, the value comes from nowhere.
    (settled_ > 0 ? out.lost : out.wrong) = 1;
  } else if (!existed && present_) {
    if (maybe_deleted_ > 0) {
      --maybe_deleted_;
    } else {
      out.lost = 1;
    }
  }
  settled_ = write;
  present_ = false;
  return out;
}

void register_model::delete_unknown() { ++maybe_deleted_; }

finding register_model::read(std::uint64_t write) {
  if (write == (present_ ? settled_ : 0)) return {};
  finding out;
  if (write == 0) {
    if (maybe_deleted_ > 0) {
      --maybe_deleted_;
    } else {
      out.lost = 1;
    }
    present_ = false;
    return out;
  }
  const auto found = std::find(maybe_set_.begin(), maybe_set_.end(), write);
  if (found != maybe_set_.end()) {
    maybe_set_.erase(found);
  } else {
    // An older value is back in the place of what was acknowledged since.
    (write < settled_ ? out.lost : out.wrong) = 1;
  }
  settled_ = write;
  present_ = true;
  return out;
}

finding counter_model::increment_done(std::int64_t value) { return settle(value, settled_ + 1); }

void counter_model::increment_unknown() { ++maybe_; }

finding counter_model::read(std::int64_t value) { return settle(value, settled_); }

// `value` is `least`, plus the unknown increments that have happened by now.
finding counter_model::settle(std::int64_t value, std::int64_t least) {
  finding out;
  if (value < least) out.lost = static_cast<std::uint64_t>(least - value);
  if (value > least + maybe_) out.wrong = static_cast<std::uint64_t>(value - least - maybe_);
  maybe_ -= std::clamp<std::int64_t>(value - least, 0, maybe_);
  settled_ = value;
  return out;
}

finding log_model::append_done(std::uint64_t write, std::size_t items) {
  const bool may_restart =
      std::any_of(maybe_.begin(), maybe_.end(), [](const maybe& m) { return m.restarts; });
  // A restart just before leaves its own item and this one.
  const std::size_t least = may_restart ? std::min<std::size_t>(2, known_.size() + 1) : known_.size() + 1;
  const std::size_t most = known_.size() + maybe_.size() + 1;
  finding out;
  if (items < least) out.lost = least - items;
  if (items > most) out.wrong = items - most;
  known_.push_back(write);
  return out;
}

void log_model::append_unknown(std::uint64_t write) { maybe_.push_back({write, false, known_.size()}); }

void log_model::restart_done(std::uint64_t write) {
  known_.assign(1, write);
  for (maybe& m : maybe_) m.from = 1;
}

void log_model::restart_unknown(std::uint64_t write) { maybe_.push_back({write, true, known_.size()}); }

const log_model::maybe* log_model::find_maybe(std::uint64_t write) const noexcept {
  const auto found =
      std::find_if(maybe_.begin(), maybe_.end(), [write](const maybe& m) { return m.write == write; });
  return found == maybe_.end() ? nullptr : &*found;
}

// Whether K1 and K2 allow `items`. `first_known` is the first known item that has to be among them: not the
// first of all when an unknown restart has cut the log.
bool log_model::explains(std::span<const std::uint64_t> items, std::size_t& first_known) const {
  std::size_t at = 0;  // the known item that comes next; those before it have been met or were cut off
  std::size_t next = 0;
  first_known = 0;
  if (!items.empty()) {
    if (const maybe* const m = find_maybe(items.front()); m && m->restarts) {
      // It stands at the front, so it took place behind some of the known items and cut these off.
      next = 1;
      at = known_.size();
      for (const auto item : items.subspan(1)) {
        const auto found = std::find(known_.begin(), known_.end(), item);
        if (found == known_.end()) continue;
        at = static_cast<std::size_t>(found - known_.begin());
        break;
      }
      at = first_known = std::max(at, m->from);
    }
  }
  std::vector<std::uint64_t> used;
  for (; next < items.size(); ++next) {
    const std::uint64_t item = items[next];
    if (at < known_.size() && known_[at] == item) {
      ++at;
      continue;
    }
    const maybe* const m = find_maybe(item);
    if (!m || m->restarts || at < m->from || std::find(used.begin(), used.end(), item) != used.end())
      return false;
    used.push_back(item);
  }
  return at == known_.size();
}

finding log_model::read(std::span<const std::uint64_t> items) {
  finding out;
  std::size_t first_known = 0;
  if (!explains(items, first_known)) {
    for (std::size_t i = first_known; i < known_.size(); ++i)
      if (std::find(items.begin(), items.end(), known_[i]) == items.end()) ++out.lost;
    if (out.lost == 0) out.wrong = 1;
  }
  known_.assign(items.begin(), items.end());
  std::erase_if(maybe_, [items](const maybe& m) {
    return std::find(items.begin(), items.end(), m.write) != items.end();
  });
  for (maybe& m : maybe_) m.from = known_.size();
  return out;
}

}  // namespace kv::verify
