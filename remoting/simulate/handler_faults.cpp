#include <algorithm>
#include <troupe/sim/world.hpp>
#include <troupe/simulate/handler_faults.hpp>

namespace troupe {

namespace {

/// The seed of a fault's own chances (HF3).
std::uint64_t mixed(std::uint64_t seed, std::string_view text) noexcept {
  for (const char c : text) seed = prng{seed ^ static_cast<unsigned char>(c)}.next();
  return seed;
}

}  // namespace

bool handler_faults::open_fault::strikes() {
  ++seen;
  if (what.in.nth == 0) return random.below(100) < what.in.percent;
  if (seen < what.in.nth) return false;
  return is_over = true;
}

bool handler_faults::handler_trap::fails() {
  // Each of them counts each allocation.
  for (const auto& one : all)
    if (!one->is_over && one->strikes() && struck.empty()) struck = one->text;
  return !struck.empty();
}

void handler_faults::begin(const fault& f) {
  const std::string text = to_string(f);
  open_.push_back(std::make_shared<open_fault>(
      open_fault{f, text, prng{mixed(world_.seed(), text)}, after(world_.now(), f.lasts)}));
}

std::string handler_faults::told(const message_view& m) const {
  return host_ + " " + m.recipient() + " on " + std::string{m.type().name};
}

void handler_faults::enter_handler(const message_view& m) {
  std::erase_if(open_, [this](const open_ptr& f) { return f->is_over || f->until <= world_.now(); });
  // Entered even where nothing is going to fail: a handler that waits may have another one inside of it, which is not meant.
  handler_trap& trap = inside_.emplace_back();
  std::string thrown;
  for (const open_ptr& f : open_) {
    if (!matches(f->what.in, m.recipient(), m.type().name)) continue;
    if (f->what.kind == fault_kind::no_memory)
      trap.all.push_back(f);
    else if (f->strikes() && thrown.empty())
      thrown = f->text;
  }
  if (!thrown.empty()) {
    inside_.pop_back();
    world_.note_of(host_, told(m) + ": the fault '" + thrown + "' throws",
                   {.actor = m.recipient(), .message = std::string{m.type().name}});
    throw failed{{errc::handler_failed, "injected by the fault '" + thrown + "'"}};
  }
  if (!trap.all.empty()) trap.who = told(m);
  trap.before = sim::set_allocation_trap(trap.all.empty() ? nullptr : &trap);
}

void handler_faults::leave_handler() noexcept {
  handler_trap& trap = inside_.back();
  sim::set_allocation_trap(trap.before);
  if (!trap.struck.empty())
    world_.note_of(host_, trap.who + ": the fault '" + trap.struck + "' makes an allocation fail");
  inside_.pop_back();
}

}  // namespace troupe
