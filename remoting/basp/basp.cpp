#include <caf/actor_system_config.hpp>
#include <caf/timespan.hpp>
#include <troupe/actor/spawn.hpp>
#include <troupe/basp/basp.hpp>
#include <troupe/basp/middleman.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/system/system.hpp>

namespace troupe {

/// They stay where they are while the extension is moved into its system.
class basp::parts {
 public:
  explicit parts(basp_options o) : options(std::make_shared<const basp_options>(std::move(o))) {}

  const std::shared_ptr<const basp_options> options;
  const std::shared_ptr<detail::connecting> connecting = std::make_shared<detail::connecting>();
  ref<basp_desk> desk;
};

basp::basp(basp_options options) {
  if (std::string why = mistake_in(options); !why.empty()) throw failed{{errc::invalid, std::move(why)}};
  parts_ = std::make_unique<parts>(std::move(options));
}
basp::basp(basp&&) noexcept = default;
basp::~basp() = default;

void basp::configure(caf::actor_system_config& config) {
  const basp_options& o = *parts_->options;
  const auto span = [](duration d) { return caf::timespan{duration_cast<std::chrono::nanoseconds>(d)}; };
  if (!o.applications.empty()) config.set("middleman.app-identifiers", o.applications);
  config.set("middleman.heartbeat-interval", span(o.heartbeat_interval));
  config.set("middleman.connection-timeout", span(o.connection_timeout));
  o.types.announce(config);
  if (o.configure) o.configure(config);
  detail::load_middleman(config);
}

void basp::start(system& sys) {
  if (sys.platform().stepper())
    throw failed{
        {errc::invalid,
         "a simulated system can have no troupe::basp: CAF's middleman has a thread and sockets of its own, "
         "which no seed decides over (D2); leave the extension out there, or put an actor in its place"}};
  parts_->desk = ref<basp_desk>{detail::start_below(
      *sys.system_root(),
      props_of<basp_desk>(sys.env(), spawn_options{.name = "basp"}, parts_->options, parts_->connecting))};
}

// Whoever is asked now is in /system, which goes next; ports and connections go with CAF's modules, when all that was published has ended, and
// no connection is being made (MM3).
void basp::stop(system&) noexcept {
  parts_->connecting->close(parts_->options->heartbeat_interval + seconds{1});
}

ref<basp_desk> basp::desk() const { return parts_->desk; }

future<std::uint16_t> basp::publish(const any_ref& who, std::uint16_t port, duration timeout) const {
  return parts_->desk.ask(basp_publish{who, port, {}}, timeout);
}

future<unit> basp::unpublish(std::uint16_t port, duration timeout) const {
  return parts_->desk.ask(basp_unpublish{port}, timeout);
}

basp& basp_of(system& sys) {
  if (auto* const found = sys.find_extension<basp>()) return *found;
  throw failed{{errc::invalid, "this system has no CAF peers: construct it with troupe::basp{...}"}};
}

}  // namespace troupe
