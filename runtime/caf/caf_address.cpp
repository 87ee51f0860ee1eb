#include <caf/actor_system.hpp>
#include <caf/attachable.hpp>
#include <caf/exit_reason.hpp>
#include <caf/mailbox_element.hpp>
#include <troupe/caf/caf_address.hpp>
#include <troupe/caf/caf_asker.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/terminated.hpp>

namespace troupe {

namespace {

/// Numbers of plain CAF actors in `terminated`: above those of all cells.
constexpr std::uint64_t caf_number = std::uint64_t{1} << 63;

exit_reason reason_of(const caf::error& why) {
  if (!why) return {exit_kind::normal, {}};
  const error text{errc::stopped, caf::to_string(why)};
  if (why == caf::exit_reason::user_shutdown) return {exit_kind::shutdown, text};
  if (why == caf::exit_reason::kill) return {exit_kind::killed, text};
  return {exit_kind::failed, text};
}

/// Tells a watcher of the end (L4).
class end_watch final : public caf::attachable {
 public:
  end_watch(address& watcher, terminated news) : watcher_(&watcher), news_(std::move(news)) {}

  void actor_exited(const caf::error& why, caf::execution_unit*) override {
    news_.reason = reason_of(why);
    auto e = engine::make_envelope<terminated>(terminated_type, news_);
    e->counted = false;  // M9
    watcher_->post(std::move(e));
  }
  bool matches(const token& what) override {
    return what.subtype == token::anonymous && what.ptr == watcher_.get();
  }

 private:
  address_ptr watcher_;
  terminated news_;
};

}  // namespace

std::string caf_address::path() const { return "caf:" + std::to_string(to_->id()); }

cell_ptr caf_address::here() noexcept { return {}; }

std::uint64_t caf_address::watch_from_outside(address& watcher, bool yes) {
  const std::uint64_t number = caf_number | to_->id();
  to_->get()->detach(caf::attachable::token{caf::attachable::token::anonymous, &watcher});
  if (yes) to_->get()->attach(caf::attachable_ptr{new end_watch{watcher, {number, path(), {}}}});
  return number;
}

void caf_address::refuse(engine::envelope_ptr e, std::string text) noexcept {
  const auto slot = std::move(e->reply);
  env_->dead_letter(std::move(e), path(), errc::invalid);
  if (slot) slot->fail({errc::invalid, std::move(text), {}, path()});
}

void caf_address::post(engine::envelope_ptr e) noexcept {
  engine::worker::send_kept();
  caf::actor_system* const system = env_->caf();
  if (!system || to_->get()->getf(caf::abstract_actor::is_terminated_flag))
    return env_->dead_letter(std::move(e), path(), errc::stopped);  // CA3
  const message_type& type = *e->type;
  if (!type.to_caf)
    return refuse(std::move(e),
                  "the message " + std::string{type.name} +
                      " can't be copied, so it can't go to a plain CAF actor (troupe::caf_copyable)");
  caf::message content;
  try {
    type.to_caf(e->payload(), content);
  } catch (...) {
    const error why = current_exception_error(errc::invalid);
    return refuse(std::move(e),
                  "copying the message " + std::string{type.name} + " into CAF threw: " + why.text);
  }
  cell* const self = cell::current();
  const cell_ptr from{self && &self->env() == env_.get() ? self : nullptr};
  caf::strong_actor_ptr sender;
  caf::message_id id;
  if (e->reply) {
    sender = make_caf_asker(*system, std::move(e->reply), from);
    id = caf_asker_request;
  } else if (from) {
    sender = caf::strong_actor_ptr{from->ctrl()};
  }
  to_->enqueue(caf::make_mailbox_element(std::move(sender), id, {}, std::move(content)), nullptr);
}

}  // namespace troupe
