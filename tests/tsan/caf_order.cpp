// ThreadSanitizer sees the atomics of code that was compiled for it. libcaf_core is a package and was not: to the tool, a
// CAF actor reads messages that nobody handed to it, and the last owner of an object frees it under the others. Here the
// functions of CAF that hand something over say so, and go on to CAF's own. What each says is what CAF's
// atomics do and no more, so that a real race of ours with a CAF actor is still found:
//
//   CO1  a message: whoever puts its element into a mailbox releases it, whoever takes it out acquires it.
//   CO2  a turn: what a CAF actor did before it sleeps comes before the enqueue that wakes it.
//   CO3  a start: what launches an event-based actor comes before its first step.
//   CO4  a reference count: each release of a reference comes before the destruction. These functions are written here again.
//   CO5  a message that is no longer shared: what the others did with it comes before what its last owner does to it.
//
// Every program of the tsan preset links this file: the dynamic linker finds these before libcaf_core's. The work stealing
// of CAF's own scheduler isn't covered: a test that runs one asks for the sharing policy.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <atomic>
#include <caf/actor_control_block.hpp>
#include <caf/blocking_actor.hpp>
#include <caf/detail/message_data.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/ref_counted.hpp>
#include <caf/scheduled_actor.hpp>

namespace {

// libcaf_core's own function of that name.
template <class F>
F* next(const char* symbol) {
  return reinterpret_cast<F*>(dlsym(RTLD_NEXT, symbol));
}

void hand_over(const void* what) {
  __tsan_acquire(const_cast<void*>(what));
  __tsan_release(const_cast<void*>(what));
}

// A unique_ptr parameter is passed by its address.
using element_ptr = caf::mailbox_element_ptr*;

}  // namespace

// NAME stands for a member function of CAF: the first parameter is its `this`.
#define TROUPE_CAF(NAME, RESULT, SYMBOL, PARAMETERS) RESULT NAME PARAMETERS asm(SYMBOL)
#define TROUPE_NEXT(NAME, SYMBOL) static const auto real = next<decltype(NAME)>(SYMBOL)

#define ENQUEUE(CLASS) \
  "_ZN3caf" CLASS "7enqueueESt10unique_ptrINS_15mailbox_elementENS_6detail8disposerEEPNS_14execution_unitE"
#define LAUNCH "_ZN3caf15scheduled_actor6launchEPNS_14execution_unitEbb"
#define ACTIVATE "_ZN3caf15scheduled_actor8activateEPNS_14execution_unitE"
#define REACTIVATE "_ZN3caf15scheduled_actor10reactivateERNS_15mailbox_elementE"
#define VISIT "_ZN3caf14blocking_actor15mailbox_visitorclERNS_15mailbox_elementE"
#define DEREF "_ZNK3caf11ref_counted5derefEv"
#define RELEASE "_ZN3caf21intrusive_ptr_releaseEPNS_19actor_control_blockE"
#define SHARED "_ZNK3caf6detail12message_data6sharedEv"
#define SHARED_AS_TUPLE "_ZThn16_NK3caf6detail12message_data6sharedEv"
#define RELEASE_WEAK "_ZN3caf26intrusive_ptr_release_weakEPNS_19actor_control_blockE"

namespace troupe_tsan {

TROUPE_CAF(enqueue_event, void, ENQUEUE("15scheduled_actor"),
           (void* self, element_ptr what, caf::execution_unit* on));
TROUPE_CAF(enqueue_blocking, void, ENQUEUE("14blocking_actor"),
           (void* self, element_ptr what, caf::execution_unit* on));
TROUPE_CAF(launch, void, LAUNCH, (void* self, caf::execution_unit* on, bool lazy, bool hide));
TROUPE_CAF(activate, bool, ACTIVATE, (void* self, caf::execution_unit* on));
TROUPE_CAF(reactivate, int, REACTIVATE, (void* self, caf::mailbox_element& what));
TROUPE_CAF(visit, int, VISIT, (void* visitor, caf::mailbox_element& what));
TROUPE_CAF(deref, void, DEREF, (const caf::ref_counted* object));
TROUPE_CAF(release, void, RELEASE, (caf::actor_control_block * block));
TROUPE_CAF(release_weak, void, RELEASE_WEAK, (caf::actor_control_block * block));
TROUPE_CAF(shared, bool, SHARED, (const caf::detail::message_data* data));
TROUPE_CAF(shared_as_tuple, bool, SHARED_AS_TUPLE, (const caf::type_erased_tuple* data));

void enqueue_event(void* self, element_ptr what, caf::execution_unit* on) {
  TROUPE_NEXT(enqueue_event, ENQUEUE("15scheduled_actor"));
  __tsan_release(what->get());  // CO1
  hand_over(self);              // CO2
  real(self, what, on);
}

void enqueue_blocking(void* self, element_ptr what, caf::execution_unit* on) {
  TROUPE_NEXT(enqueue_blocking, ENQUEUE("14blocking_actor"));
  __tsan_release(what->get());  // CO1
  real(self, what, on);
}

void launch(void* self, caf::execution_unit* on, bool lazy, bool hide) {
  TROUPE_NEXT(launch, LAUNCH);
  __tsan_release(self);  // CO3
  real(self, on, lazy, hide);
}

bool activate(void* self, caf::execution_unit* on) {
  TROUPE_NEXT(activate, ACTIVATE);
  __tsan_acquire(self);  // CO3
  const bool done = real(self, on);
  __tsan_release(self);  // CO2: it makes its behaviour in here
  return done;
}

int reactivate(void* self, caf::mailbox_element& what) {
  TROUPE_NEXT(reactivate, REACTIVATE);
  __tsan_acquire(&what);  // CO1
  __tsan_acquire(self);   // CO2
  const int done = real(self, what);
  __tsan_release(self);  // CO2
  return done;
}

int visit(void* visitor, caf::mailbox_element& what) {
  TROUPE_NEXT(visit, VISIT);
  __tsan_acquire(&what);  // CO1
  return real(visitor, what);
}

// CO4. To say it before or after CAF's own decrement would leave a gap, in which the other one's may fall: so these do what
// CAF's do, with atomics that the tool sees. References are taken inline, or where somebody holds one.

/// Opens the count of a `caf::ref_counted`, which only what derives from it may touch.
struct counted : caf::ref_counted {
  static std::atomic<std::size_t>& of(const caf::ref_counted& object) {
    return const_cast<caf::ref_counted&>(object).*(&counted::rc_);  // mutable, which a pointer to it forgets
  }
};

void deref(const caf::ref_counted* object) {
  auto& count = counted::of(*object);
  if (count.load(std::memory_order_acquire) == 1)
    object->request_deletion(false);
  else if (count.fetch_sub(1, std::memory_order_acq_rel) == 1)
    object->request_deletion(true);
}

void release(caf::actor_control_block* block) {
  if (block->strong_refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  block->data_dtor(block->get());
  release_weak(block);
}

void release_weak(caf::actor_control_block* block) {
  if (block->weak_refs.load(std::memory_order_acquire) == 1 ||
      block->weak_refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    block->block_dtor(block);
}

bool shared(const caf::detail::message_data* data) {
  return counted::of(*data).load(std::memory_order_acquire) != 1;  // CO5
}

bool shared_as_tuple(const caf::type_erased_tuple* data) {
  return shared(static_cast<const caf::detail::message_data*>(data));
}

}  // namespace troupe_tsan
