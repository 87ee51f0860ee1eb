#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <troupe/basp/desk.hpp>
#include <troupe/basp/middleman.hpp>
#include <troupe/caf/interop.hpp>
#include <troupe/cell/caf_far.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/io/connect.hpp>
#include <troupe/node/options.hpp>

namespace troupe {

namespace {

caf::actor_system& caf_here() {
  auto* const system = cell::current()->env().caf();
  if (!system) throw failed{{errc::stopped, "the system has been shut down"}};
  return *system;
}

result<caf::strong_actor_ptr> published_handle(const any_ref& who) {
  if (!who) return error{errc::invalid, "an empty ref can't be published"};
  caf::strong_actor_ptr handle;
  try {
    handle = caf::actor_cast<caf::strong_actor_ptr>(caf_handle(*who.address()));
  } catch (const failed& e) {
    return e.why();
  }
  if (is_far(*handle))
    return error{errc::invalid, who.path() + " lives in another CAF system, which has to publish it itself"};
  return handle;
}

std::string at_address(const port::endpoint& at) { return "at " + port::to_string(at); }

}  // namespace

task<result<std::uint16_t>> basp_desk::on(basp_publish m) {
  auto handle = published_handle(m.who);
  if (!handle) co_return handle.error();
  auto asked = detail::open_port(caf_here(), *handle, m.port, options_->address, m.interface);
  const auto port = co_await asked;
  if (!port) co_return why_no_port(m.port, port.error());
  // The actor itself, not who holds a path now or later.
  const any_ref whom{caf_address_of(*handle)};
  published_[*port] = whom.address()->number();
  watch(whom);
  co_return *port;
}

error basp_desk::why_no_port(std::uint16_t port, const error& why) const {
  if (why.code == errc::broken_promise) return why;
  const port::endpoint at{options_->address, port};
  // CAF says only that it could not: the same again on our own transport says why.
  const auto tried = own_cell().env().platform().transport().listen(at);
  if (tried) return {errc::io, "CAF's middleman could not listen " + at_address(at)};
  return {tried.error().code, "nothing can be published " + at_address(at) + ": " + tried.error().text};
}

task<result<void>> basp_desk::on(basp_unpublish m) {
  if (published_.erase(m.port) == 0)
    co_return error{errc::not_found, "nothing is published at port " + std::to_string(m.port)};
  auto asked = detail::close_port(caf_here(), m.port);
  const auto done = co_await asked;
  if (!done) co_return done.error();
  co_return result<void>{};
}

task<result<any_ref>> basp_desk::on(basp_connect m) {
  if (m.at.is_local() || m.at.port == 0)
    co_return error{errc::invalid,
                    "CAF peers are at host:port, and " + port::to_string(m.at) + " is no such address"};
  if (!options_->insecure && !is_loopback(m.at))
    co_return error{errc::invalid, "connecting to " + port::to_string(m.at) +
                                       " needs basp.insecure = true: BASP has no authentication, and whoever "
                                       "answers there can send messages to every actor (R7)"};
  {
    auto dialled = io::connect(m.at, options_->connect_timeout);  // BD1
    const auto open = co_await dialled;
    if (!open)
      co_return error{open.error().code,
                      "no CAF peer can be reached " + at_address(m.at) + ": " + open.error().text};
  }
  environment& env = own_cell().env();
  const time_point until = env.from_now(options_->connect_timeout);
  error why{errc::would_block};
  while (why.code == errc::would_block) {
    const duration left = until - env.from_now(duration::zero());
    if (left <= duration::zero()) {
      why.code = errc::timeout;
      break;
    }
    auto asked = detail::find_actor(caf_here(), m.at, left, connecting_);
    auto found = co_await asked;
    if (found) co_return checked(*found, m);
    why = found.error();
  }
  if (why.code == errc::timeout)
    co_return error{errc::timeout,
                    "what listens " + at_address(m.at) + " did not say a word of BASP: is it a CAF program?"};
  if (why.code == errc::refused)
    co_return error{
        errc::refused,
        "what listens " + at_address(m.at) +
            " is no CAF 0.17 program, or one of another application (basp.applications): " + why.text};
  co_return error{why.code, "no CAF actor was found " + at_address(m.at) + ": " + why.text};
}

result<any_ref> basp_desk::checked(const detail::found_actor& found, const basp_connect& m) const {
  if (!found.who)
    return error{errc::not_found,
                 "a CAF program answers " + at_address(m.at) + ", and has no actor published"};
  if (!m.interface.empty() && !caf_here().assignable(found.interface, m.interface))
    return error{errc::invalid,
                 "the actor published " + at_address(m.at) + " has another interface than was asked for"};
  return any_ref{caf_address_of(found.who)};
}

void basp_desk::on_terminated(const terminated& news) {
  for (auto at = published_.begin(); at != published_.end();) {
    if (at->second != news.number()) {
      ++at;
      continue;
    }
    detail::close_port_unheard(caf_here(), at->first);
    at = published_.erase(at);
  }
}

}  // namespace troupe
