#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <troupe/caf/caf_asker.hpp>
#include <troupe/cell/caf_errors.hpp>

namespace troupe {

void settle_from_caf(engine::reply_slot& slot, caf::type_erased_tuple& content) noexcept {
  if (content.match_elements<caf::error>()) {
    slot.fail(from_caf_error(content.get_as<caf::error>(0)));
    return;
  }
  const message_type& type = slot.reply_type();
  try {
    auto e = engine::allocate_envelope(type);
    if (type.from_caf && type.from_caf(e->payload(), content)) {
      e->type = &type;
      slot.complete(std::move(e));
      return;
    }
    slot.fail({errc::decode_error,
               "the CAF actor replied " + content.stringify() + ", expected a " + std::string{type.name}});
  } catch (...) {
    slot.fail(current_exception_error(errc::decode_error));
  }
}

namespace {

class caf_asker final : public caf::monitorable_actor {
 public:
  caf_asker(caf::actor_config& config, engine::reply_slot_ptr slot, cell_ptr from)
      : monitorable_actor(config), slot_(std::move(slot)), from_(std::move(from)) {}

  const char* name() const override { return "troupe.asker"; }

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override {
    if (what && what->mid.is_response())
      settle_from_caf(*slot_, what->content());
    else if (what && from_)
      from_->enqueue(std::move(what), host);
  }

  void on_destroy() override {
    slot_->fail({errc::broken_promise, "the CAF actor dropped the request without a reply"});
    cleanup({}, nullptr);
    monitorable_actor::on_destroy();
  }

 private:
  engine::reply_slot_ptr slot_;
  cell_ptr from_;
};

}  // namespace

caf::strong_actor_ptr make_caf_asker(caf::actor_system& system, engine::reply_slot_ptr slot, cell_ptr from) {
  caf::actor_config config;
  return caf::make_actor<caf_asker, caf::strong_actor_ptr>(system.next_actor_id(), system.node(), &system,
                                                           config, std::move(slot), std::move(from));
}

}  // namespace troupe
