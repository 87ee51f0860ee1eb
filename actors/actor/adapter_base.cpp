#include <algorithm>
#include <troupe/actor/adapter_list.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/lost_address.hpp>
#include <troupe/cell/terminated.hpp>
#include <utility>

namespace troupe::detail {

void end_adapted(void* at) noexcept { static_cast<adapted_message*>(at)->~adapted_message(); }

void relocate_adapted(void* to, void* from) noexcept {
  ::new (to) adapted_message{std::move(*static_cast<adapted_message*>(from))};
  end_adapted(from);
}

engine::envelope_ptr adapted_envelope(engine::envelope& outer, const message_type& type) {
  const engine::envelope_options* const rare = outer.options();
  engine::envelope_ptr e = engine::allocate_envelope(type, rare != nullptr);
  if (rare) *e->options() = *rare;
  e->cause = outer.cause;
  return e;
}

namespace {

/// The asker's end of a request whose answer is to be turned (AD3). It is the signal that brings the answer to the owner, and holds the
/// asker's request meanwhile: nobody sends it anything.
class turned_slot final : public engine::reply_slot, public signal, public engine::recipient {
 public:
  using engine::reply_slot::operator new;
  using engine::reply_slot::operator delete;

  turned_slot(const message_type& inner, engine::reply_slot_ptr asker, adapter_ptr via, answer_turner how)
      : reply_slot(inner), asker_(std::move(asker)), via_(std::move(via)), how_(how) {
    deadline = asker_->deadline;
  }

  /// Has itself given up when the asker gives up (RS4).
  void follow_asker() noexcept {
    add_reference();  // the word's
    if (!asker_->leave_word(*this, engine::word_kind::works, nullptr)) release_reference();
  }

  void asker_gave_up(engine::reply_slot&) noexcept override {
    abandon({errc::cancelled, "the asker gave up"});
    release_reference();
  }
  bool is_cell() const noexcept override { return false; }
  void add_reference() noexcept override { intrusive_ptr_add_ref(static_cast<reply_slot*>(this)); }
  void release_reference() noexcept override { intrusive_ptr_release(static_cast<reply_slot*>(this)); }
  void run_turn() override {}
  engine::pushed accept(const engine::chain<engine::envelope>&) noexcept override {
    return engine::pushed::refused;
  }
  void schedule() noexcept override {}
  void refuse(const engine::chain<engine::envelope>&) noexcept override {}

  void deliver(cell& at) override {
    // A failed object waits for its end: its functions are not called any more.
    if (via_->over() || !at.runs_tasks()) {
      asker_->fail(
          {errc::restarted, "the actor's adapter ended before the answer was turned", {}, at.path()});
      return;
    }
    try {
      asker_->complete(how_(*via_, *answer_));
    } catch (...) {
      error why = current_exception_error(errc::handler_failed);
      why.path = at.path();
      asker_->fail(std::move(why));
      throw;  // the actor's failure (AD2)
    }
  }
  void refused(cell& at) noexcept override {
    asker_->fail({errc::stopped, "the actor stopped before its answer was turned", {}, at.path()});
  }
  void dispose() noexcept override { intrusive_ptr_release(static_cast<reply_slot*>(this)); }

 private:
  void settled() noexcept override {
    // Nobody else has it now but who settled it, unless the asker is about to give up.
    if (asker_->take_word_back()) release_reference();
    engine::outcome what = take();
    if (auto* const why = std::get_if<error>(&what)) {
      asker_->fail(std::move(*why));
    } else if (!how_) {
      asker_->complete(engine::make_envelope<unit>(message_type_of<unit>));
    } else {
      answer_ = std::move(std::get<engine::envelope_ptr>(what));
      intrusive_ptr_add_ref(static_cast<reply_slot*>(this));  // the lane's; dispose gives it back
      via_->owner().send(this);
    }
  }

  const engine::reply_slot_ptr asker_;
  const adapter_ptr via_;
  const answer_turner how_;
  engine::envelope_ptr answer_;  // while it is on its way to the owner
};

}  // namespace

// ---- the adapter

adapter_base::adapter_base(cell& owner, adapter_list& all, const adapter_kind& kind)
    : owner_(&owner), number_(owner.env().next_id()), kind_(kind) {
  all.add(*this);
}

environment* adapter_base::home() const noexcept { return &owner_->env(); }

std::uint64_t adapter_base::waiting() noexcept { return owner_->mailbox_depth(); }

std::string adapter_base::path() const { return owner_->path() + "/$" + std::to_string(number_); }

void adapter_base::refuse(engine::envelope_ptr e, errc why) const noexcept {
  engine::worker::send_kept();
  owner_->env().dead_letter(std::move(e), path(), why);
}

engine::envelope_ptr adapter_base::wrap(engine::envelope_ptr e) noexcept {
  const message_type* const* const first = kind_.type->accepts;
  const message_type* const* const last = first + kind_.type->accepts_count;
  const auto found = std::find(first, last, e->type);
  const errc no = over() ? errc::stopped : errc::not_understood;
  if (no == errc::stopped || found == last) {
    refuse(std::move(e), no);
    return {};
  }
  const message_type& type = *kind_.wrapped[found - first];
  engine::envelope_ptr outer = adapted_envelope(*e, type);
  outer->reply = std::move(e->reply);
  outer->counted = e->counted;
  ::new (outer->payload()) adapted_message{adapter_ptr{this}, std::move(e)};
  outer->type = &type;
  return outer;
}

void adapter_base::post(engine::envelope_ptr e) noexcept {
  if (engine::envelope_ptr outer = wrap(std::move(e))) owner_->post(std::move(outer));
}

address_ptr adapter_base::offered(engine::envelope_ptr& e) noexcept {
  if (over()) return {};
  e = wrap(std::move(e));
  return e ? address_ptr{owner_} : address_ptr{};
}

std::string adapter_base::token() {
  {
    const std::lock_guard hold{mutex_};
    if (!over() && !exposed_) {
      exposed_ = home()->names().expose(number_, address_ptr{this});
      if (!exposed_) return {};
    }
  }
  return std::to_string(number_) + path();
}

std::uint64_t adapter_base::watch_from_outside(address& watcher, bool yes) {
  {
    const std::lock_guard hold{mutex_};
    const auto at = std::find(watchers_.begin(), watchers_.end(), &watcher);
    if (!over()) {
      if (yes && at == watchers_.end()) watchers_.emplace_back(&watcher);
      if (!yes && at != watchers_.end()) watchers_.erase(at);
      return number_;
    }
  }
  if (yes) tell_end(watcher);
  return number_;
}

void adapter_base::tell_end(address& watcher) const {
  // Not its own address: nobody may have a reference to that any more.
  const address_ptr late{new lost_address{owner_->env(), path(), lost_why::actor_gone}};
  auto e = engine::make_envelope<terminated>(terminated_type, number_, late, exit_kind::normal);
  e->counted = false;  // M9
  watcher.post(std::move(e));
}

engine::reply_slot_ptr adapter_base::answer_through(const message_type& inner, engine::reply_slot_ptr asker,
                                                    answer_turner how) {
  const boost::intrusive_ptr<turned_slot> made{
      new turned_slot{inner, std::move(asker), adapter_ptr{this}, how}};
  made->follow_asker();
  return made;
}

// ---- its end

void adapter_base::release_reference() noexcept {
  // acq_rel: the owner's turn sees what the others did.
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  // AB5. A signal must not keep the cell in whose lane it waits.
  const cell_ptr to = std::move(owner_);
  to->send(this);
}

void adapter_base::deliver(cell& at) {
  owner_ = cell_ptr{&at};
  end(true);
}

void adapter_base::end(bool functions_now) noexcept {
  std::vector<address_ptr> watchers;
  bool exposed = false, first = false;
  {
    const std::lock_guard hold{mutex_};
    first = !over_.exchange(true, std::memory_order_acq_rel);
    watchers.swap(watchers_);
    exposed = std::exchange(exposed_, false);
  }
  if (first) {
    for (const address_ptr& w : watchers) tell_end(*w);
    if (!functions_now)
      owner_->run_inside([self = adapter_ptr{this}](cell&) {
        self->end_functions();
        self->unlink();
      });
  }
  if (functions_now) {
    end_functions();
    unlink();
  }
  if (exposed) home()->names().hide(number_);  // last: it may be the last reference
}

bool turn_adapted(cell& self, delivery& d) {
  const adapter_ptr via = d->as<adapted_message>().via;
  if (via->over()) {
    self.env().dead_letter(d.keep(), via->path(), errc::stopped);
    return false;
  }
  error refused;
  engine::envelope_ptr made = via->turn(*d, refused);
  if (made) {
    d.replace(std::move(made));
    return true;
  }
  const auto slot = std::move(d->reply);
  self.env().dead_letter(d.keep(), via->path(), refused.code);  // counted before the asker is told
  if (slot) slot->fail(std::move(refused));
  return false;
}

bool release_adapter(cell& self, address* who) noexcept {
  auto* const one = dynamic_cast<adapter_base*>(who);
  if (!one || &one->owner() != &self || one->over()) return false;
  one->end(false);
  return true;
}

}  // namespace troupe::detail
