#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <memory>
#include <troupe/basp/middleman.hpp>
#include <troupe/caf/scheduler_module.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/contract/message_type_of.hpp>

namespace troupe::detail {

namespace {

/// What stands for the middleman where there can be none.
class no_middleman final : public caf::actor_system::module {
 public:
  void start() override {}
  void stop() override {}
  void init(caf::actor_system_config&) override {}
  id_t id() const override { return network_manager; }  // CAF 0.17 has none of its own
  void* subtype_ptr() override { return this; }
};

/// An answer that is owed to a coroutine; `broken_promise` when the last copy goes without one.
template <class R>
class owed {
 public:
  explicit owed(boost::intrusive_ptr<cell_slot> to) noexcept : to_(std::move(to)) {}
  owed(const owed&) = delete;
  owed& operator=(const owed&) = delete;
  ~owed() { to_->fail({errc::broken_promise, "CAF's middleman did not answer"}); }

  /// False: nobody waits any more.
  bool reply(R value) const {
    return to_->complete(engine::make_envelope<R>(message_type_of<R>, std::move(value)));
  }
  void fail(const caf::error& why) const { to_->fail(error_of(why)); }

 private:
  static error error_of(const caf::error& why) {
    using caf::sec;
    errc code = errc::unreachable;
    if (why == sec::disconnect_during_handshake || why == sec::incompatible_versions ||
        why == sec::incompatible_application_ids || why == sec::malformed_basp_message ||
        why == sec::serializing_basp_payload_failed)
      code = errc::refused;
    if (why == sec::no_actor_published_at_port || why == sec::cannot_close_invalid_port)
      code = errc::not_found;
    // CAF cuts a connection whose handshake is not over when its heartbeat is due.
    if (why == sec::connection_timeout) code = errc::would_block;
    if (why == sec::cannot_open_port) code = errc::io;
    return {code, caf::to_string(why)};
  }

  const boost::intrusive_ptr<cell_slot> to_;
};

/// Puts one question to the middleman, and lives as long as that takes.
template <class R, class Ask>
class question final : public caf::event_based_actor {
 public:
  question(caf::actor_config& config, Ask ask, std::shared_ptr<const owed<R>> owes)
      : event_based_actor(config), ask_(std::move(ask)), owes_(std::move(owes)) {}

  caf::behavior make_behavior() override {
    ask_(this, owes_);
    owes_ = nullptr;  // the answer's now
    return {};
  }

 private:
  const Ask ask_;
  std::shared_ptr<const owed<R>> owes_;
};

/// Makes the slot of one question; `ask` puts it to CAF, from an actor of CAF's.
template <class R, class Ask>
boost::intrusive_ptr<cell_slot> put_question(caf::actor_system& system, Ask ask) {
  cell* const here = cell::current();
  if (!here)
    throw failed{{errc::invalid, "CAF's middleman is asked by actors: the answer comes in their turns"}};
  boost::intrusive_ptr<cell_slot> slot{new cell_slot{message_type_of<R>, *here}};
  system.spawn<question<R, Ask>, caf::hidden>(std::move(ask), std::make_shared<const owed<R>>(slot));
  return slot;
}

}  // namespace

void load_middleman(caf::actor_system_config& config) {
  config.module_factories.push_back([](caf::actor_system& system) -> caf::actor_system::module* {
    environment* const env = environment_of(system);
    if (env && env->platform().stepper()) return new no_middleman;
    return caf::io::middleman::make(system, caf::detail::type_list<>{});
  });
}

asking<std::uint16_t> open_port(caf::actor_system& system, caf::strong_actor_ptr whom, std::uint16_t port,
                                std::string address, std::set<std::string> interface) {
  return asking<std::uint16_t>{
      put_question<std::uint16_t>(system, [=](caf::event_based_actor* self, const auto& owes) {
        self->request(self->system().middleman().actor_handle(), caf::infinite, caf::publish_atom::value,
                      port, whom, interface, address, true)
            .then(
                [self, owes](std::uint16_t real) {
                  if (!owes->reply(real)) close_port_unheard(self->system(), real);  // MM2
                },
                [owes](const caf::error& why) { owes->fail(why); });
      })};
}

asking<unit> close_port(caf::actor_system& system, std::uint16_t port) {
  return asking<unit>{put_question<unit>(system, [=](caf::event_based_actor* self, const auto& owes) {
    self->request(self->system().middleman().actor_handle(), caf::infinite, caf::close_atom::value, port)
        .then([owes] { owes->reply({}); }, [owes](const caf::error& why) { owes->fail(why); });
  })};
}

void close_port_unheard(caf::actor_system& system, std::uint16_t port) {
  caf::anon_send(system.middleman().actor_handle(), caf::close_atom::value, port);
}

asking<found_actor> find_actor(caf::actor_system& system, const port::endpoint& at, duration limit,
                               const std::shared_ptr<connecting>& all) {
  auto one = connecting::begin(all);
  if (!one) {
    boost::intrusive_ptr<cell_slot> no{new cell_slot{message_type_of<found_actor>, *cell::current()}};
    no->fail({errc::stopped, "the system goes down"});
    return asking<found_actor>{std::move(no)};
  }
  auto slot = put_question<found_actor>(system, [host = at.host, port = at.port, one = std::move(one)](
                                                    caf::event_based_actor* self, const auto& owes) {
    self->request(self->system().middleman().actor_handle(), caf::infinite, caf::connect_atom::value, host,
                  port)
        .then(
            [owes, one](const caf::node_id&, const caf::strong_actor_ptr& who,
                        const std::set<std::string>& interface) {
              owes->reply({who, interface});
            },
            [owes, one](const caf::error& why) { owes->fail(why); });
  });
  environment& env = cell::current()->env();
  env.timers().arm(*slot, env.from_now(limit));
  return asking<found_actor>{std::move(slot)};
}

}  // namespace troupe::detail
