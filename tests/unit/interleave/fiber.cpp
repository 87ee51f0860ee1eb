#include "unit/interleave/fiber.hpp"

#include <cstdint>
#include <troupe/base/check.hpp>

// What the sanitizers want to know, empty without them.
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#define INTERLEAVE_START_SWITCH(save, bottom, size) __sanitizer_start_switch_fiber(save, bottom, size)
#define INTERLEAVE_FINISH_SWITCH(save, bottom, size) __sanitizer_finish_switch_fiber(save, bottom, size)
#else
#define INTERLEAVE_START_SWITCH(save, bottom, size) (void)(save), (void)(bottom), (void)(size)
#define INTERLEAVE_FINISH_SWITCH(save, bottom, size) (void)(save), (void)(bottom), (void)(size)
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#define INTERLEAVE_TSAN(call) call
#else
#define INTERLEAVE_TSAN(call) nullptr
#endif

namespace interleave {
namespace {

// Who left and who arrived at the change of stacks under way.
thread_local fiber* leaving = nullptr;
thread_local fiber* arriving = nullptr;

}  // namespace

fiber::fiber() { tsan_fiber_ = INTERLEAVE_TSAN(__tsan_get_current_fiber()); }

fiber::fiber(std::function<void()> entry)
    : entry_(std::move(entry)), stack_(std::make_unique_for_overwrite<std::byte[]>(stack_bytes)) {
  tsan_fiber_ = INTERLEAVE_TSAN(__tsan_create_fiber(0));
  bottom_ = stack_.get();
  size_ = stack_bytes;
  troupe::check(::getcontext(&context_) == 0, "getcontext failed");
  context_.uc_stack.ss_sp = stack_.get();
  context_.uc_stack.ss_size = stack_bytes;
  context_.uc_link = nullptr;
  // makecontext passes ints only; a pointer goes in two halves.
  const auto me = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&context_, reinterpret_cast<void (*)()>(&fiber::enter), 2, static_cast<unsigned>(me >> 32),
                static_cast<unsigned>(me));
}

fiber::~fiber() {
#if defined(__SANITIZE_THREAD__)
  if (stack_) __tsan_destroy_fiber(tsan_fiber_);
#endif
}

void fiber::enter(unsigned high, unsigned low) {
  arrived();
  const auto me = (static_cast<std::uintptr_t>(high) << 32) | low;
  reinterpret_cast<fiber*>(me)->entry_();
  troupe::broken_invariant("a fiber's entry returned", TROUPE_HERE);
}

void fiber::arrived() {
  fiber& from = *leaving;
  fiber& to = *arriving;
  const void* bottom = nullptr;
  std::size_t size = 0;
  INTERLEAVE_FINISH_SWITCH(to.fake_stack_, &bottom, &size);
  if (!from.bottom_) {  // the stack that was there before us: learn where it is
    from.bottom_ = bottom;
    from.size_ = size;
  }
}

void fiber::jump(fiber& from, fiber& to, bool for_good) {
  leaving = &from;
  arriving = &to;
  INTERLEAVE_START_SWITCH(for_good ? nullptr : &from.fake_stack_, to.bottom_, to.size_);
  (void)for_good;
  (void)INTERLEAVE_TSAN((__tsan_switch_to_fiber(to.tsan_fiber_, 0), nullptr));
  ::swapcontext(&from.context_, &to.context_);
  arrived();
}

void fiber::change(fiber& from, fiber& to) { jump(from, to, false); }

void fiber::leave(fiber& from, fiber& to) {
  jump(from, to, true);
  troupe::broken_invariant("a fiber that left came back", TROUPE_HERE);
}

}  // namespace interleave
