#include <troupe/base/error.hpp>
#include <troupe/base/throw_site.hpp>

namespace troupe {

constinit std::atomic<const throw_site::source*> throw_site::source_{nullptr};
constinit std::atomic<unsigned> throw_site::wanted_{0};

std::shared_ptr<const throw_site> throw_site::of_current_exception() noexcept {
  if (!is_wanted()) return {};
  // acquire: pairs with `kept_by`.
  const source* const from = source_.load(std::memory_order_acquire);
  return from ? from->of_current_exception() : nullptr;
}

std::string throw_site::text() const {
  const source* const from = source_.load(std::memory_order_acquire);  // as above
  return from ? from->text(*this) : std::string{};
}

void throw_site::kept_by(const source& how) noexcept { source_.store(&how, std::memory_order_release); }

throw_site::wish::wish(bool yes) : yes_(yes) {
  if (!yes) return;
  if (!source_.load(std::memory_order_acquire))  // as above
    throw failed{{errc::invalid,
                  "actors.stack_traces = true, but nothing in this program writes down where exceptions are "
                  "thrown: link "
                  "troupe::stack_traces, with the C++ runtime as a shared library"}};
  wanted_.fetch_add(1, std::memory_order_relaxed);
}

throw_site::wish::~wish() {
  if (yes_) wanted_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace troupe
