// Whatever a message can be sent to: a cell in this process, a name that is looked up on each use, a path on
// another node.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstdint>
#include <string>
#include <troupe/engine/envelope.hpp>

namespace troupe {

class cell;
class environment;

/// The target behind a ref. Reference counted; all functions are thread-safe.
class address {
 public:
  /// Sends. Never blocks and never throws (M2): what can't be delivered becomes a dead letter, and its reply
  /// slot is settled with the reason.
  virtual void post(engine::envelope_ptr e) noexcept = 0;

  /// The actor's path, with the node in front when it lives elsewhere: `/user/bank`, `n2:/user/bank`.
  virtual std::string path() const = 0;

  /// The cell behind it right now, null if there is none in this process.
  virtual boost::intrusive_ptr<cell> here() noexcept = 0;

  /// The cell whose mailbox an offer of `e` is for (M8), null if there is none in this process: `here()`, but for an address that
  /// stands for several.
  virtual boost::intrusive_ptr<cell> offered(engine::envelope& e) noexcept;

  /// The system it belongs to, null if it belongs to none.
  virtual environment* home() const noexcept = 0;

  /// Has `watcher` sent one `terminated` when the actor stops, or no longer (L4), for an actor that is no cell of this
  /// process. Returns the number that message carries; 0, the default, when it can't be watched from here.
  virtual std::uint64_t watch_from_outside(address& watcher, bool yes);

  /// One more owner.
  virtual void add_reference() noexcept = 0;
  /// One owner less.
  virtual void release_reference() noexcept = 0;

  friend void intrusive_ptr_add_ref(address* a) noexcept { a->add_reference(); }
  friend void intrusive_ptr_release(address* a) noexcept { a->release_reference(); }

 protected:
  ~address() = default;
};

/// A shared address.
using address_ptr = boost::intrusive_ptr<address>;

}  // namespace troupe
