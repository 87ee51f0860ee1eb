// Plain CAF peers: programs on unmodified CAF 0.17 reach actors of this system, and it reaches theirs, by CAF's own protocol.
//
//     troupe::basp_options peers;
//     peers.types.protocol<ledger>();
//     troupe::system sys{troupe::config::from(argc, argv), troupe::basp{peers}};
//     auto port = troupe::basp_of(sys).publish(ledger, 4711).get();          // a CAF program: remote_actor("127.0.0.1", 4711)
//     auto clock = troupe::basp_of(sys).connect<tick>({"127.0.0.1", 4712});  // result<ref<tick>>: tell, ask, watch and link work on it
//
// Rules
//  BP1 What is promised of a plain CAF actor of this process (runtime/caf) is promised of one of a CAF peer: order, watches, links, asks that
//      always complete. When the connection is lost its actors are `unreachable`, and stay so: a ref to one is not bound to a new connection.
//  BP2 Only messages that were announced go there (types.hpp); another is refused, to a sender here as `invalid`, to a peer that waits for it
//      as an answer as CAF's `runtime_error`, with one line that names the type.
//  BP3 It opens no port by itself, and connects to nobody by itself. It needs no `remoting` and does not disturb it.
//  BP4 A simulated system refuses it: CAF's middleman has a thread and sockets of its own (D2).
//  BP5 A peer is trusted: R6 and R8 are not promised, since CAF reads what peers send (docs/guide/security.md).
#pragma once

#include <memory>
#include <string>
#include <troupe/basp/desk.hpp>
#include <troupe/basp/options.hpp>
#include <troupe/ref/future.hpp>
#include <troupe/system/extension.hpp>

namespace troupe {

/// The extension (BP1-BP5). Its functions are thread-safe while its system runs.
class basp final : public extension {
 public:
  /// Throws `failed` with `invalid` for options that make no sense.
  explicit basp(basp_options options = {});
  basp(basp&&) noexcept;
  ~basp() override;

  void configure(caf::actor_system_config& config) override;
  void start(system& sys) override;
  void stop(system& sys) noexcept override;

  /// The actor that does it, for other actors to ask (desk.hpp).
  ref<basp_desk> desk() const;

  /// Publishes an actor of this process. For threads that are no actors; the future's outcome is that of `basp_publish`.
  future<std::uint16_t> publish(const any_ref& who, std::uint16_t port = 0,
                                duration timeout = seconds{20}) const;
  /// Takes back what was published at `port`, as `basp_unpublish`.
  future<unit> unpublish(std::uint16_t port, duration timeout = seconds{20}) const;
  /// Finds what a CAF program has published at `at`, and waits for that: for threads that are no actors. Errors as of `basp_connect`. It can't
  /// be checked whether the actor understands `Ts`: what it refuses comes back as CAF's error.
  template <class... Ts>
  result<ref<Ts...>> connect(const port::endpoint& at, duration timeout = seconds{20}) const {
    auto found = desk().ask(basp_connect{at, {}}, timeout).get();
    if (!found) return found.error();
    return ref<Ts...>{found->address()};
  }

 private:
  class parts;
  std::unique_ptr<parts> parts_;
};

/// The extension of a system. Throws `failed` with `invalid` when it has none.
basp& basp_of(system& sys);

}  // namespace troupe
