#include <atomic>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/attachable.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/sec.hpp>
#include <troupe/caf/caf_asker.hpp>
#include <troupe/caf/far_asker.hpp>
#include <troupe/cell/caf_far.hpp>
#include <troupe/cell/far_probe.hpp>

namespace troupe {

namespace {

class far_asker;

/// What is left in the slot, so that the asker's giving up is heard of (FA1). Nobody sends it anything.
class asker_word final : public far_holder {
 public:
  explicit asker_word(far_asker& of) noexcept;

  void asker_gave_up(engine::reply_slot&) noexcept override;
  bool has_left() const noexcept override { return false; }  // its way is CAF's: no walk goes there
  void follow(far_path) noexcept override {}
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  void run_turn() override {}
  engine::pushed accept(const engine::chain<engine::envelope>&) noexcept override {
    return engine::pushed::refused;
  }
  void schedule() noexcept override {}
  void refuse(const engine::chain<engine::envelope>&) noexcept override {}

 private:
  virtual ~asker_word() = default;

  const caf::strong_actor_ptr asker_;  // a far_asker
  std::atomic<unsigned> references_{0};
};

/// Belongs to the actor that was asked.
class end_of_asked final : public caf::attachable {
 public:
  explicit end_of_asked(far_asker& asker) noexcept;

  static token of(const far_asker& asker) noexcept { return {subtype, &asker}; }
  void actor_exited(const caf::error& why, caf::execution_unit*) override;
  bool matches(const token& what) override { return what.subtype == subtype && what.ptr == asker_->get(); }

 private:
  static constexpr std::size_t subtype = 0x61736b;  // none of CAF's

  const caf::strong_actor_ptr asker_;
};

class far_asker final : public caf::monitorable_actor, public engine::timer {
 public:
  far_asker(caf::actor_config& config, environment& env, caf::strong_actor_ptr asked,
            engine::reply_slot_ptr slot, cell_ptr from)
      : monitorable_actor(config),
        env_(&env),
        asked_(std::move(asked)),
        slot_(std::move(slot)),
        from_(std::move(from)) {}

  const char* name() const override { return "troupe.far_asker"; }

  /// Once it can be referred to.
  void begin() {
    word_ = new asker_word{*this};
    word_->add_reference();  // ours
    word_->add_reference();  // the slot's
    if (!slot_->leave_word(*word_, engine::word_kind::works, nullptr)) {
      word_->release_reference();
      if (slot_->is_settled()) return end();
      // Another one's word is there: so it goes by the clock, if not with the answer.
      if (slot_->deadline != never) env_->timers().arm(*this, slot_->deadline);
    }
    asked_->get()->attach(caf::attachable_ptr{new end_of_asked{*this}});  // at once if it has ended
    if (over_.load()) asked_->get()->detach(end_of_asked::of(*this));     // it has ended meanwhile: FA1
  }

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override {
    if (!what) return;
    if (what->mid.is_response()) {
      settle(what->content());
      end();
    } else if (from_) {
      from_->enqueue(std::move(what), host);
    } else {
      caf::detail::sync_request_bouncer bounce{caf::make_error(caf::sec::unexpected_message)};
      bounce(*what);
    }
  }

  void asked_ended(const caf::error& why) {
    if (why == caf::exit_reason::remote_link_unreachable) {
      slot_->fail(lost());
      end();
    } else if (!over_.load() && env_->open()) {
      env_->timers().cancel(*this);
      env_->timers().arm(*this, env_->from_now(answer_grace));  // FA2
    }
  }

  void fired() noexcept override {
    if (asked_->get()->getf(caf::abstract_actor::is_terminated_flag))
      slot_->fail({errc::stopped, caf_name_of(*asked_, true) + " has ended"});
    end();
  }
  void timer_add_ref() noexcept override { caf::intrusive_ptr_add_ref(ctrl()); }
  void timer_release() noexcept override { caf::intrusive_ptr_release(ctrl()); }

  /// FA1, however it came. Thread-safe.
  void end() noexcept {
    const caf::strong_actor_ptr self{ctrl()};  // others let go of it here
    if (over_.exchange(true)) return;
    if (slot_->word_of(*word_) && slot_->take_word_back()) word_->release_reference();  // the slot's
    word_->release_reference();                                                         // ours
    env_->timers().cancel(*this);
    asked_->get()->detach(end_of_asked::of(*this));
    cleanup({}, nullptr);
  }

  void on_destroy() override {
    slot_->fail({errc::broken_promise, "the request was dropped without a reply"});
    cleanup({}, nullptr);
    monitorable_actor::on_destroy();
  }

 private:
  error lost() const {
    return {errc::unreachable,
            "the connection to the CAF system of " + caf_name_of(*asked_, true) + " was lost"};
  }

  void settle(caf::type_erased_tuple& content) noexcept {
    // What CAF says of a request for an actor that is not there, and of one for a system that is not there.
    if (content.match_elements<caf::error>() &&
        content.get_as<caf::error>(0) == caf::sec::request_receiver_down && has_lost_connection(*asked_))
      slot_->fail(lost());
    else
      settle_from_caf(*slot_, content);
  }

  const boost::intrusive_ptr<environment> env_;
  const caf::strong_actor_ptr asked_;
  const engine::reply_slot_ptr slot_;
  const cell_ptr from_;
  asker_word* word_ = nullptr;  // set before anybody else knows this one
  std::atomic<bool> over_{false};
};

asker_word::asker_word(far_asker& of) noexcept : asker_(of.ctrl()) {}

void asker_word::asker_gave_up(engine::reply_slot&) noexcept {
  static_cast<far_asker*>(asker_->get())->end();
  release_reference();
}

end_of_asked::end_of_asked(far_asker& asker) noexcept : asker_(asker.ctrl()) {}

void end_of_asked::actor_exited(const caf::error& why, caf::execution_unit*) {
  static_cast<far_asker*>(asker_->get())->asked_ended(why);
}

}  // namespace

caf::strong_actor_ptr make_far_asker(environment& env, const caf::strong_actor_ptr& asked,
                                     engine::reply_slot_ptr slot, cell_ptr from) {
  caf::actor_config config;
  caf::actor_system& system = *asked->home_system;
  auto made = caf::make_actor<far_asker, caf::strong_actor_ptr>(
      system.next_actor_id(), system.node(), &system, config, env, asked, std::move(slot), std::move(from));
  static_cast<far_asker*>(made->get())->begin();
  return made;
}

}  // namespace troupe
