#include <caf/actor_system.hpp>
#include <caf/attachable.hpp>
#include <caf/system_messages.hpp>
#include <troupe/caf/caf_address.hpp>
#include <troupe/caf/outgoing.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/caf_errors.hpp>
#include <troupe/cell/caf_far.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/link_ended.hpp>
#include <troupe/cell/terminated.hpp>

namespace troupe {

namespace {

/// Where a plain CAF actor was: its name is left, and what is sent there is a dead letter (CA3).
class late_caf_address final : public address {
 public:
  late_caf_address(environment& env, std::string path) : env_(&env), path_(std::move(path)) {}

  void post(engine::envelope_ptr e) noexcept override {
    env_->dead_letter(std::move(e), path_, errc::stopped);
  }
  std::string path() const override { return path_; }
  cell_ptr here() noexcept override { return {}; }
  environment* home() const noexcept override { return env_.get(); }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<unsigned> references_{0};
  const boost::intrusive_ptr<environment> env_;
  const std::string path_;
};

/// Tells a watcher of the end (L4). Belongs to the actor, so it must not keep the actor: it has an address without it.
class end_watch final : public caf::attachable {
 public:
  end_watch(address& watcher, std::uint64_t number, address_ptr late)
      : watcher_(&watcher), late_(std::move(late)), number_(number) {}

  void actor_exited(const caf::error& why, caf::execution_unit*) override {
    auto e = engine::make_envelope<terminated>(terminated_type, number_, late_, from_caf_exit(why));
    e->counted = false;  // M9
    watcher_->post(std::move(e));
  }
  bool matches(const token& what) override {
    return what.subtype == token::anonymous && what.ptr == watcher_.get();
  }

 private:
  const address_ptr watcher_;
  const address_ptr late_;
  const std::uint64_t number_;
};

/// Tells an actor that is linked to it of the end (CA4). As above.
class end_of_link final : public caf::attachable {
 public:
  end_of_link(cell& linked, std::uint64_t number, address_ptr late, std::uint32_t id)
      : linked_(&linked), late_(std::move(late)), number_(number), id_(id) {}

  /// What finds it.
  static token of(const cell& linked) noexcept { return {subtype, &linked}; }

  void actor_exited(const caf::error& why, caf::execution_unit*) override {
    auto e = engine::make_envelope<link_ended>(link_ended_type, number_, late_, from_caf_exit(why),
                                               link_ids{id_, 0});
    e->counted = false;  // M9
    linked_->post(std::move(e));
  }
  bool matches(const token& what) override { return what.subtype == subtype && what.ptr == linked_.get(); }

 private:
  static constexpr std::size_t subtype = 0x6c696e6b;  // none of CAF's

  const cell_ptr linked_;
  const address_ptr late_;
  const std::uint64_t number_;
  const std::uint32_t id_;
};

/// What CAF knows of the end of one of ours (CA4).
caf::mailbox_element_ptr exit_of(const link_ended& news) {
  const cell_ptr who = news.who()->here();
  const caf::strong_actor_ptr from{who ? who->ctrl() : nullptr};
  caf::exit_msg out{caf::actor_cast<caf::actor_addr>(from), to_caf_exit(news.kind())};
  return caf::make_mailbox_element(from, caf::make_message_id(), {}, std::move(out));
}

}  // namespace

std::string caf_address::path() const { return caf_name_of(*to_, far_); }

cell_ptr caf_address::here() noexcept { return {}; }

std::uint64_t caf_address::number() const noexcept { return caf_number_of(*to_, far_); }

std::uint64_t caf_address::watch_from_outside(address& watcher, bool yes) {
  to_->get()->detach(caf::attachable::token{caf::attachable::token::anonymous, &watcher});
  if (yes) {
    address_ptr late{new late_caf_address{*env_, path()}};
    to_->get()->attach(caf::attachable_ptr{new end_watch{watcher, number(), std::move(late)}});
  }
  return number();
}

bool caf_address::link_from_outside(cell& linker, std::uint64_t, std::uint32_t id, bool yes) {
  to_->get()->detach(end_of_link::of(linker));
  if (!yes) linker.remove_link(to_->get());  // one that CAF had made
  if (yes) {
    address_ptr late{new late_caf_address{*env_, path()}};
    to_->get()->attach(caf::attachable_ptr{new end_of_link{linker, number(), std::move(late), id}});
  }
  return true;
}

void caf_address::post(engine::envelope_ptr e) noexcept {
  engine::worker::send_kept();
  if (e->type == &link_ended_type) {
    const auto& news = e->as<link_ended>();
    if (const cell_ptr who = news.who()->here())
      to_->get()->detach(end_of_link::of(*who));  // or each that ends would stay with one that does not
    return to_->enqueue(exit_of(news), nullptr);
  }
  if (to_->get()->getf(caf::abstract_actor::is_terminated_flag))
    return env_->dead_letter(std::move(e), path(),
                             has_lost_connection(*to_) ? errc::unreachable : errc::stopped);  // CA3
  cell* const self = cell::current();
  const cell_ptr from{self && &self->env() == env_.get() ? self : nullptr};
  if (auto element = outgoing_element(*env_, std::move(e), from, *this, to_))
    to_->enqueue(std::move(element), nullptr);
}

}  // namespace troupe
