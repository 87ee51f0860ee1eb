// What all message adapters are, whatever they adapt (adapter.hpp has the rules).
//
//  AB4 An adapter is an address that anybody may hold, and two functions that belong to the actor's turns. The address lives until its
//      last reference, the functions until the adapter's end; the actor has a list of the living ones and counts no references.
//  AB5 Whoever lets the last reference go sends the adapter itself as a signal to the actor, which ends and frees it in its turn.
#pragma once

#include <atomic>
#include <boost/intrusive/list_hook.hpp>
#include <mutex>
#include <string>
#include <string_view>
#include <troupe/cell/address.hpp>
#include <troupe/cell/body.hpp>
#include <troupe/cell/signal.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <vector>

namespace troupe::detail {

class adapter_base;
class adapter_list;
/// A shared adapter.
using adapter_ptr = boost::intrusive_ptr<adapter_base>;

/// Where one message that came to an adapter waits for its turn: in an envelope that has its asker, its cause and its name.
struct adapted_message {
  adapter_ptr via;
  engine::envelope_ptr inner;
};

/// Ends an `adapted_message`: what tells such envelopes from all others.
void end_adapted(void* at) noexcept;
/// Moves one.
void relocate_adapted(void* to, void* from) noexcept;

/// The descriptor of an `M` on its way through an adapter. It has the name of `M`, for dead letters and failures.
template <class M>
inline constexpr message_type adapted_type{type_name_of<M>,
                                           0,
                                           sizeof(adapted_message),
                                           alignof(adapted_message),
                                           &relocate_adapted,
                                           &end_adapted,
                                           nullptr,
                                           nullptr,
                                           nullptr,
                                           nullptr};

/// Whether it is the descriptor of a message on its way through an adapter.
inline bool is_adapted(const message_type& type) noexcept { return type.destroy == &end_adapted; }

/// What an adapter of that type takes, and the descriptors of those messages under way, in the same order.
struct adapter_kind {
  const actor_class* type;
  const message_type* const* wrapped;
};

/// Turns the answer of the actor into what the asker wants. In the owner's turn.
using answer_turner = engine::envelope_ptr (*)(adapter_base& self, engine::envelope& answer);

/// An envelope for a `type` that came as `outer`: with its cause, and its deadline where that is its own.
engine::envelope_ptr adapted_envelope(engine::envelope& outer, const message_type& type);

/// The address. Thread-safe where it says nothing else.
class adapter_base
    : public address,
      public signal,
      public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  using signal::operator new;
  using signal::operator delete;

  // ---- address
  void post(engine::envelope_ptr e) noexcept override;
  /// The owner's path and the adapter's number, `/user/shop/$17`.
  std::string path() const override;
  cell_ptr here() noexcept override { return {}; }
  environment* home() const noexcept override;
  std::uint64_t number() const noexcept override { return number_; }
  const actor_class* understands() noexcept override { return kind_.type; }
  address_ptr offered(engine::envelope_ptr& e) noexcept override;
  std::uint64_t waiting() noexcept override;
  std::string token() override;
  std::uint64_t watch_from_outside(address& watcher, bool yes) override;
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override;

  // ---- for its owner, in its turns
  /// Makes the message that is to be handled of `outer`, an `adapted_message`. Null, and `refused` set, when the function returned an
  /// error (AD2). Throws what the function does.
  virtual engine::envelope_ptr turn(engine::envelope& outer, error& refused) = 0;
  /// Ends it (AD4); its functions too, now or, if they may be running, in a later turn.
  void end(bool functions_now) noexcept;
  /// Whether it has ended.
  bool over() const noexcept { return over_.load(std::memory_order_acquire); }
  /// The actor it leads to.
  cell& owner() const noexcept { return *owner_; }

 protected:
  adapter_base(cell& owner, adapter_list& all, const adapter_kind& kind);
  ~adapter_base() override = default;

  /// Whose answer, an `inner` one, goes to `asker` by way of the owner's turn; `how` null: as `unit`.
  engine::reply_slot_ptr answer_through(const message_type& inner, engine::reply_slot_ptr asker,
                                        answer_turner how);
  /// Destroys the functions.
  virtual void end_functions() noexcept = 0;

 private:
  // signal (AB5)
  void deliver(cell& at) override;
  void dispose() noexcept override { delete this; }

  engine::envelope_ptr wrap(engine::envelope_ptr e) noexcept;
  void refuse(engine::envelope_ptr e, errc why) const noexcept;
  void tell_end(address& watcher) const;

  std::atomic<unsigned> references_{0};
  std::atomic<bool> over_{false};  // release: set by its end, before the functions go
  cell_ptr owner_;
  const std::uint64_t number_;
  const adapter_kind& kind_;
  std::mutex mutex_;                   // guards what is below, and `over_` becoming true
  bool exposed_ = false;               // it is among the names of its system
  std::vector<address_ptr> watchers_;  // who is told of its end
};

/// Makes the message that an adapter gets for `self` the one in `d`. False: there is nothing to handle, it was refused. Throws what
/// the adapter's function does, and then `d` is as it was.
bool turn_adapted(cell& self, delivery& d);

/// Ends the adapter behind `who` if it is one of `self`. False: it is none, or has ended.
bool release_adapter(cell& self, address* who) noexcept;

}  // namespace troupe::detail
