#include <troupe/base/check.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/interceptor.hpp>
#include <troupe/cell/message_facts.hpp>

namespace troupe {

namespace {

/// What an interceptor's exception makes of a message (IC3).
error refusal_of_exception() {
  error why = current_exception_error(errc::refused);
  why.code = errc::refused;
  why.text = "an interceptor threw: " + why.text;
  return why;
}

}  // namespace

std::string message_view::text() const { return message_facts::of(system_, message_).content; }

std::string message_view::sender() const { return sender_of(system_, message_.cause); }

trace_context message_view::trace() const noexcept {
  const engine::envelope_options* const o = message_.options();
  return o ? trace_context{o->trace_high, o->trace_low, o->span, 0, o->trace_flags} : trace_context{};
}

std::string_view to_string(handling how) noexcept {
  switch (how) {
    case handling::handled:
      return "handled";
    case handling::failed:
      return "failed";
    case handling::abandoned:
      return "abandoned";
    case handling::refused:
      return "refused";
  }
  return "unknown";
}

void interceptors::add(std::shared_ptr<interceptor> one) {
  check(one != nullptr,
        "an interceptor is null: system_options::interceptors and extension::intercept take objects");
  wants_end_ |= one->wants_end();
  all_.push_back(std::move(one));
}

std::optional<error> interceptors::before_send(const message_view& m) const noexcept {
  for (const auto& one : all_) {
    try {
      if (auto no = one->before_send(m)) return no;
    } catch (...) {
      return refusal_of_exception();
    }
  }
  return {};
}

std::optional<error> interceptors::before_receive(const message_view& m, std::size_t& passed) const noexcept {
  for (passed = 0; passed < all_.size(); ++passed) {
    try {
      if (auto no = all_[passed]->before_receive(m)) return no;
    } catch (...) {
      return refusal_of_exception();
    }
  }
  return {};
}

void interceptors::after_receive(const handled_message& m, std::size_t passed) const noexcept {
  while (passed-- > 0) {
    try {
      all_[passed]->after_receive(m);
    } catch (...) {
      m.system.events().log(log_level::error, m.recipient.path(),
                            "an interceptor's after_receive threw on " + std::string{m.type.name} + ": " +
                                to_string(current_exception_error(errc::handler_failed)));
    }
  }
}

void interceptors::leave_first(std::size_t count) const noexcept {
  while (count-- > 0) all_[count]->leave_handler();
}

void interceptors::enter_handler(const message_view& m) const {
  std::size_t entered = 0;
  try {
    for (; entered < all_.size(); ++entered) all_[entered]->enter_handler(m);
  } catch (...) {
    leave_first(entered);
    throw;
  }
}

}  // namespace troupe
