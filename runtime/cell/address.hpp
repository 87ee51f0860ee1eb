// Whatever a message can be sent to: a cell in this process, a name that is looked up on each use, a path on
// another node.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/cell/handle.hpp>
#include <troupe/engine/envelope.hpp>

namespace troupe {

struct actor_class;
class address;
/// A shared address.
using address_ptr = boost::intrusive_ptr<address>;

/// The target behind a ref. Reference counted; all functions are thread-safe.
class address {
 public:
  /// Sends. Never blocks and never throws (M2): what can't be delivered becomes a dead letter, and its reply
  /// slot is settled with the reason.
  virtual void post(engine::envelope_ptr e) noexcept = 0;

  /// The actor's path, with the node in front when it lives elsewhere: `/user/bank`, `n2:/user/bank`.
  virtual std::string path() const = 0;

  /// The cell behind it right now, null if there is none in this process.
  virtual cell_ptr here() noexcept = 0;

  /// The system it belongs to, null if it belongs to none.
  virtual environment* home() const noexcept = 0;

  /// Has `watcher` sent one `terminated` when the actor stops, or no longer (L4), for an actor that is no cell of this
  /// process. Returns the number that message carries; 0, the default, when it can't be watched from here.
  virtual std::uint64_t watch_from_outside(address& watcher, bool yes);

  /// The number that `linker` keeps its link to the actor under, for an actor that is no cell of this process; with `make` one to make a
  /// link under, when there is none. The actor's own, the default, where that tells it apart from all others. 0: no link, and none can be.
  virtual std::uint64_t link_number(cell& linker, bool make);

  /// `linker` asks for a link to the actor, kept under `number`, as its ask `id`, or gives it up (link_list.hpp), for an actor that is no cell
  /// of this process. From then on each side's end is sent to the other as a `link_ended`; here, by `post`. False, the default, when it can't
  /// be linked from here. In the turn of `linker`.
  virtual bool link_from_outside(cell& linker, std::uint64_t number, std::uint32_t id, bool yes);

  /// The actor's number: unique in its system, in order of creation (D1). 0, the default, for what has none: a path that is
  /// looked up on each use, say.
  virtual std::uint64_t number() const noexcept { return 0; }

  /// The run of the system it lives in (names.hpp): with its number it tells actors of all systems apart. 0: unknown.
  virtual std::uint64_t run() const noexcept;

  /// Whether it leads to another node: then `post` takes everything there, the messages of the system side (actors/sys) as well.
  virtual bool is_elsewhere() noexcept { return false; }

  /// The messages that are understood there, null when it is not known.
  virtual const actor_class* understands() noexcept;

  /// Whose mailbox takes what is offered to this address (M8), with `e` made what that one takes: a cell of this process, or an address
  /// that `is_elsewhere`; null when there is nobody. It is itself, but for an address that stands for another or for several.
  virtual address_ptr offered(engine::envelope_ptr& e) noexcept;

  /// How many messages wait there, as of now; 0 where that is not known.
  virtual std::uint64_t waiting() noexcept;

  /// What names it outside of its system, without the node's name (ref_token.hpp); empty, the default, for what can't be named
  /// there. It is reachable from outside by that name from now on.
  virtual std::string token();

  /// One more owner.
  virtual void add_reference() noexcept = 0;
  /// One owner less.
  virtual void release_reference() noexcept = 0;

  friend void intrusive_ptr_add_ref(address* a) noexcept { a->add_reference(); }
  friend void intrusive_ptr_release(address* a) noexcept { a->release_reference(); }

 protected:
  ~address() = default;
};

}  // namespace troupe
