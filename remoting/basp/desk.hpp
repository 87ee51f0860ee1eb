// The actor `/system/basp`: publishes actors and finds those of others. Threads that are no actors use the functions of `basp` instead; an actor
// asks it.
//
//     auto port = co_await ask<troupe::basp_publish>(desk, 5s, ledger, std::uint16_t{4711});
//     auto far = co_await ask<troupe::basp_connect>(desk, 5s, troupe::port::endpoint{"127.0.0.1", 4711});    // result<any_ref>
//     if (far) troupe::ref<deposit, balance> ledger{far->address()};
//
// Rules
//  BD1 What CAF would block on is not given to CAF: whether anybody listens at an address is found out by our own transport, within
//      `connect_timeout`. (CAF's connect has no limit, and whoever asks CAF next waits for it, a shutdown included.)
//  BD2 The port of an actor that ends is closed. A restart is no end (S6).
//  BD3 Each question is answered (M5): what goes wrong in CAF comes back as an error that names the address and what to do.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <troupe/actor/actor.hpp>
#include <troupe/basp/options.hpp>
#include <troupe/port/transport.hpp>

namespace troupe {

/// Publishes an actor of this process, one of ours or a plain CAF actor, at a TCP port of `basp_options::address`. Answered with the real port.
/// `invalid`: it can't be published, and why; `not_found`: there is no such actor here; `already_exists`: the port is taken.
struct basp_publish {
  any_ref who;
  std::uint16_t port = 0;  ///< 0: any that is free
  /// What a typed handle in the other program asks for: `sys.caf().message_types<that_handle>()`; empty: a `caf::actor` there.
  std::set<std::string> interface = {};
  using reply = std::uint16_t;
};

/// Takes back what was published at `port`: connections that are there stay. `not_found`: nothing was.
struct basp_unpublish {
  std::uint16_t port = 0;
};

/// Finds what a CAF program has published at `at`. `unreachable`, `timeout`: nobody answers there; `refused`: what answers is no CAF 0.17 program,
/// or one of another application; `not_found`: nothing is published there; `invalid`: it may not be connected to, or is not of that interface.
struct basp_connect {
  port::endpoint at;
  /// As in `basp_publish`, of the actor that is expected; empty: whatever it is.
  std::set<std::string> interface = {};
  using reply = any_ref;
};

namespace detail {
struct found_actor;
class connecting;
}  // namespace detail

/// See above (BD1-BD3).
class basp_desk : public actor<basp_publish, basp_unpublish, basp_connect> {
 public:
  using interleaved = messages<basp_publish, basp_unpublish, basp_connect>;

  /// `all` is asked whether a connection may begin (middleman.hpp, MM3).
  basp_desk(std::shared_ptr<const basp_options> options, std::shared_ptr<detail::connecting> all)
      : options_(std::move(options)), connecting_(std::move(all)) {}

  /// The handlers: `on` of each message.
  task<result<std::uint16_t>> on(basp_publish m);
  task<result<void>> on(basp_unpublish m);
  task<result<any_ref>> on(basp_connect m);
  void on_terminated(const terminated& news) override;

 private:
  error why_no_port(std::uint16_t port, const error& why) const;
  result<any_ref> checked(const detail::found_actor& found, const basp_connect& m) const;

  const std::shared_ptr<const basp_options> options_;
  const std::shared_ptr<detail::connecting> connecting_;
  std::map<std::uint16_t, std::uint64_t> published_;  // ports, and the numbers of the actors
};

}  // namespace troupe
