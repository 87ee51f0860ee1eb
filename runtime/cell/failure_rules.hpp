// What is to be done about which exception: asked where the exception is, since it never leaves its actor (DESIGN, section 4); what comes
// of it goes to the parent with the failure.
//
// Rules
//  RU1 The first rule that fits decides, so the innermost stands first. An exception fits the rules for its own type and for its bases.
//  RU2 No rule, or none that fits: the parent decides by what it knows of the child (restart type, limit).
//  RU3 `resume` is carried out by the cell itself: its parent has said so beforehand, and an actor that goes on must miss nothing, so it
//      never stops for the verdict. What was in hand is dropped, whatever its poison policy: it would be run again and again.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <troupe/base/directive.hpp>
#include <troupe/base/error.hpp>
#include <typeinfo>
#include <utility>
#include <vector>

namespace troupe {

/// Thrown by a constructor, a factory or an `on_start` that does not want to be: the actor ends as if it had never been, which is no
/// failure. Its supervisor keeps the spec, without a child, and goes on (OTP's `ignore`).
class start_ignored : public std::exception {
 public:
  const char* what() const noexcept override { return "the start was ignored"; }
};

/// What is known of an exception where it was thrown.
struct first_judgement {
  std::optional<directive> wanted = {};  ///< what the rules say (RU2)
  bool ignored = false;                  ///< it was `start_ignored`
};

/// One of them.
struct failure_rule {
  bool (*fits)(const std::exception_ptr& what) noexcept;  ///< whether it is about that exception
  directive then;
  std::string type;  ///< the exception's name, for people
};

namespace detail {

/// Whether `what` is an `E`.
template <class E>
bool is_exception(const std::exception_ptr& what) noexcept {
  if (!what) return false;
  try {
    std::rethrow_exception(what);
  } catch (const E&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace detail

/// A list of them (RU1). Immutable once it is shared; thread-safe then.
class failure_rules {
 public:
  /// What to do about an `E`, unless one before says so: `failure_rules{}.on_failure<timeout>(directive::resume)`.
  template <class E>
  failure_rules&& on_failure(directive then) && {
    add<E>(then);
    return std::move(*this);
  }
  /// The same.
  template <class E>
  void add(directive then) {
    rules_.push_back({&detail::is_exception<E>, then, demangle(typeid(E).name())});
  }
  /// All of `outer`, behind the others.
  void add(const failure_rules& outer) {
    rules_.insert(rules_.end(), outer.rules_.begin(), outer.rules_.end());
  }
  /// What they say of `what`; nothing for a null one (RU2).
  std::optional<directive> decide(const std::exception_ptr& what) const noexcept {
    if (what)
      for (const failure_rule& one : rules_)
        if (one.fits(what)) return one.then;
    return std::nullopt;
  }
  /// In their order.
  const std::vector<failure_rule>& all() const noexcept { return rules_; }
  /// Whether there is none.
  bool empty() const noexcept { return rules_.empty(); }

 private:
  std::vector<failure_rule> rules_;
};

/// Shared by all cells of a spec.
using failure_rules_ptr = std::shared_ptr<const failure_rules>;

}  // namespace troupe
