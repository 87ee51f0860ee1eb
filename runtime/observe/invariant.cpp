#include <algorithm>
#include <exception>
#include <troupe/base/error.hpp>
#include <troupe/observe/hub.hpp>
#include <troupe/observe/invariant.hpp>
#include <utility>

namespace troupe {

namespace {

constexpr const char* log_name = "invariants";

/// Why it does not hold: empty where nothing was thrown; none: it holds.
std::optional<std::string> broken_by(const invariant& one) {
  try {
    if (one.holds()) return {};
    return std::string{};
  } catch (const std::exception& e) {
    return std::string{e.what()};
  } catch (...) {
    return std::string{"it threw what is no std::exception"};
  }
}

std::string told(const std::string& name, const std::string& why) {
  return why.empty() ? name : name + " (" + why + ")";
}

}  // namespace

std::shared_ptr<const invariant_list::entries> invariant_list::all() const {
  const std::lock_guard hold{mutex_};
  return entries_;
}

std::uint64_t invariant_list::add(invariant what) {
  if (what.name.empty() || !what.holds)
    throw failed{{errc::invalid, "an invariant has a name and a function that says whether it holds; '" +
                                     what.name + "' lacks one of them"}};
  const std::lock_guard hold{mutex_};
  auto more = entries_ ? std::make_shared<entries>(*entries_) : std::make_shared<entries>();
  for (const auto& e : *more)
    if (e->what.name == what.name)
      throw failed{{errc::already_exists, "there is an invariant '" + what.name +
                                              "' already: give this one another name, or forget the first"}};
  if (more->size() >= invariants_max)
    throw failed{{errc::overloaded, "there are " + std::to_string(invariants_max) +
                                        " invariants, and no more fit: '" + what.name +
                                        "' was not added; have one look at several things"}};
  more->push_back(std::make_shared<entry>(entry{next_number_, std::move(what)}));
  entries_ = std::move(more);
  return next_number_++;
}

void invariant_list::forget(std::uint64_t number) {
  // What is captured is destroyed after the lock is gone: it may be anything.
  std::shared_ptr<const entries> before;
  const std::lock_guard hold{mutex_};  // gone before `before` is
  if (!entries_) return;
  auto fewer = std::make_shared<entries>(*entries_);
  std::erase_if(*fewer, [number](const auto& e) { return e->number == number; });
  before = std::exchange(entries_, fewer->empty() ? nullptr : std::move(fewer));
}

void invariant_list::close() noexcept {
  std::shared_ptr<const entries> before;
  const std::lock_guard hold{mutex_};  // gone before `before` is
  before = std::exchange(entries_, nullptr);
}

std::vector<invariant_state> invariant_list::look() {
  std::vector<invariant_state> out;
  const auto seen = all();
  if (!seen) return out;
  out.reserve(seen->size());
  for (const auto& e : *seen) {
    const auto why = broken_by(e->what);
    const bool holds = !why;
    bool changed = false;
    std::uint64_t violations = 0;
    {
      const std::lock_guard hold{mutex_};
      changed = std::exchange(e->held, holds) != holds;
      if (changed && !holds) ++e->violations;
      violations = e->violations;
    }
    if (changed && holds)
      told_.log(log_level::info, log_name, "it holds again that " + e->what.name);
    else if (changed)
      told_.log(log_level::error, log_name, "it does not hold that " + told(e->what.name, *why));
    out.push_back({e->what.name, holds, violations});
  }
  return out;
}

std::optional<std::string> invariant_list::first_broken() const {
  if (const auto seen = all())
    for (const auto& e : *seen)
      if (const auto why = broken_by(e->what)) return told(e->what.name, *why);
  return {};
}

}  // namespace troupe
