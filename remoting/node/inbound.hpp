// A connection that a peer has dialled: lets it in or turns it away, delivers its tells and asks, sends
// replies back.
//
// Rules
//  IN1 One lock a connection guards all of it; messages are posted and events published after it is released. Codecs are a
//      user's code, so they run without it, and one that throws costs its message only: a request is answered
//      `decode_error` or `invalid`.
//  IN2 Nothing is dispatched before the handshake; until then the connection costs what `handshake_guard`
//      allows (R6).
//  IN11 One thread at a time reads (`handling_`), and what only it touches, the reader and the routes, needs no lock; tells are decoded and
//      posted without one. It looks at `closing_` before each frame.
//  IN12 A route keeps the actor it has led to, until that has ended: then, and where no actor but a resolver is behind the path, each
//      message looks it up. There are `routes_max` of them, of bounded length (R8).
//  IN16 What is for an actor that the peer may not send to is refused before anything of it is decoded (peer_gate.hpp): an ask is answered
//      `not_permitted`, a tell is gone. That the peer may is found out once for a route.
//  IN3 Frames are decoded straight into the recipient's envelope, by the recipient's own table of messages: a
//      peer can only name what the recipient understands (R8). A frame that does not decode closes the
//      connection; a message that can't be delivered is answered with its reason, and the connection goes on.
//  IN4 Like a link, it writes in its own turn (peer_link.hpp, PL2).
//  IN13 What the peer cost before it had proved who it is counts as part of its handshake (R6), and its proof is held against its hello before
//      anything is done (LP3). One that fails is turned away with an event: over TLS it is told by TLS, if at all.
//  IN7 A connection that ends by anything but a goodbye or a stop is an event with its reason (R8).
//  IN6 Nothing is read while more than `unsent_max` bytes wait to be sent: a peer that asks and does not read the answers is slowed down. What it
//      has asked before is answered still, but where more than twice `unsent_max` waits with `overloaded` in place of the answer, which is a dead
//      letter. So what waits for it is bounded by that, an answer more, and a failure for each request that may be open (R8).
//  IN5 A peer that was let in and then sends nothing for `silence_limits` heartbeat limits is gone: the
//      connection is closed. (It pings at least once a heartbeat interval, see link_state.hpp, K6.) While IN6 holds nothing that it sends can be
//      seen: then it is there as long as it takes what waits for it.
//  IN8 Who works on a request hears of an asker who is gone as of one on his own node (RS4): when a cancel comes, when the connection
//      ends, and at the next look after the deadline, for peers that send no cancels. No answer is sent then. A cancel for what is
//      not open means nothing (R8); a request with the number of one that is open ends the connection.
//  IN10 A hello that keeps the rules is handed to the host, and until that has admitted the connection nothing else is read into
//      anything. What comes then is of its session (far_session.hpp): system frames are handled once, and said to have arrived when all
//      that was read has been handled.
//  IN14 A message of `sys::handle` to an actor that has it not in its own protocol is for the actor's system side (sys.hpp, SM3): refused
//      unless the node's options allow it, and by its interceptors.
//  IN15 What a peer offers (offer_queued.hpp) waits in the recipient's line with that of others. Of a connection there wait at most
//      `offers_max`, of `unsent_max` bytes; more are refused with `overloaded` (R8). Whoever gives one up, by IN8, takes it back first. Where
//      one waits, its recipient looks whether it waits for the sender (M7).
//  IN17 At most `requests_max` requests of a connection are open; more are refused with `overloaded` (R8). That bounds what they cost here beside
//      the messages themselves, which are bounded by their recipients' mailboxes (M8).
//  IN18 The host hears that a connection is over when nothing that came from it is being handled any more, be that later than its end.
//  IN19 Whoever was let in and would not be any more is sent away with an event: when the node has read anew whom it lets in, and, where that is
//      asked for, at the next look after its certificate has expired. It hears why when it comes again. What of it was read before and is not
//      begun is not (IN11).
//  IN20 An answer that can't leave, because the peer would not take one of its size or too much waits for it, is a failure in its place at once, which
//      names size and limit, and a dead letter here: nobody waits for his deadline (M5).
//  IN21 What the peer says of third nodes is handed to the host, for as long as the connection lasts (introductions.hpp, IT2); in front of an answer that
//      names such nodes goes what the peer needs to reach them (IT1).
//  IN22 It reads in turns of its own, like an actor, and not where the driver says that there is something: so several connections are read at once,
//      and who waits for the driver does not wait for decoders. A turn ends with the first read that brought a turn's messages or more, or after
//      `read_rounds_max`; while there is more the next turn is queued behind all else. Behind a turn's messages it gives way to whoever they are for
//      (scheduler.hpp, P12): these are handled on the same core, while they are in its cache, and a mailbox grows only when its actor is slower than
//      that. No other worker is woken for them as long as that does not take much longer than reading (P13, reading_pace.hpp). Then it looks for more
//      before it waits for the driver to say so: who sends so much has sent more by then.
//  IN24 Most of what comes is tells in a row by routes that have led to their actors before: those are taken ahead of all other cases. One with something
//      wrong or rare about it is left as it is to the way of all messages.
//  IN23 Messages in a row to one actor go there together (outbox.hpp): before anything else that others can see, and at the end of the turn.
//  IN9 A probe goes on with who has the request that it follows; one for what is not open means nothing. Who that is is looked up under
//      the lock: a request is given up only after it has been taken out (left_word.hpp: the asker is one thread at a time).
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/handle.hpp>
#include <troupe/cell/offers.hpp>
#include <troupe/delivery/route_book.hpp>
#include <troupe/link/handshake_guard.hpp>
#include <troupe/node/introductions.hpp>
#include <troupe/node/open_requests.hpp>
#include <troupe/node/options.hpp>
#include <troupe/node/pipe.hpp>
#include <troupe/node/reading_pace.hpp>
#include <troupe/node/wait_seals.hpp>
#include <troupe/wire/frame_reader.hpp>
#include <vector>

namespace troupe::detail {

class inbound;
class encoded;
class far_session;
using inbound_ptr = boost::intrusive_ptr<inbound>;

/// An offer of a peer that may wait for room at a cell (IN15).
struct parked_offer {
  offer_ptr what = {};  ///< null: none
  cell_ptr at = {};
  std::size_t bytes = 0;
  bool counts = false;  ///< it is one, though it may wait somewhere else
};

/// What an inbound connection needs of its node.
class inbound_host {
 public:
  /// Whether that incarnation of that peer is known to be over.
  virtual bool is_replaced(std::string_view node, std::uint64_t incarnation) const = 0;
  /// That connection brought that hello: calls its `admitted` or `turned_away`.
  virtual void admit(inbound& connection, const wire::hello& theirs) = 0;
  /// Why who has proved `proof` may not be `node` now; empty: it may (admission_policy.hpp). Called under the connection's lock.
  virtual std::string objection_to(const port::peer_proof& proof, std::string_view node) const = 0;
  /// Why who was let in with `proof` has to go by now; empty: he has not. Called as above.
  virtual std::string objection_to_age(const port::peer_proof& proof) const = 0;
  /// As `link_host::address_for`.
  virtual std::optional<std::string> address_for(std::string_view node, nearness whom) const = 0;
  /// As `link_host::introduced`. What was said counts until `forget`.
  virtual void introduced(const introductions::connection& on, const std::string& by, nearness from,
                          const wire::introduction& what) = 0;
  /// The connection is over, and nothing that came from it is being handled any more (IN18).
  virtual void forget(inbound& connection, const std::string& peer) = 0;

 protected:
  ~inbound_host() = default;
};

/// An accepted connection. Thread-safe.
class inbound final : public engine::runnable, public engine::timer {
 public:
  /// `options`, `self` and `seals` must outlive it.
  inbound(environment& env, const node_options& options, const node_identity& self, const wait_seals& seals,
          inbound_host& host, std::unique_ptr<port::stream> stream);
  virtual ~inbound() = default;

  /// Starts reading.
  void start();
  /// How near the peer is. Never changes.
  nearness near() const noexcept { return near_; }
  /// Whether it ends, or has ended. Thread-safe.
  bool is_over() const noexcept {
    // acquire: pairs with who sets it, before the host is told.
    return closing_.load(std::memory_order_acquire);
  }
  /// The peer's name; empty until it is let in.
  std::string peer();
  /// What it may have of what it names; null before it is let in. Thread-safe.
  std::shared_ptr<const ref_guest> guest();
  /// Sends the peer away if it would not be let in now (IN19). Returns whether it did.
  bool recheck();
  /// Says goodbye and closes. The host is not called any more.
  void stop();
  /// What comes is of that session (IN10); `epoch` is that of this side.
  void admitted(std::shared_ptr<far_session> session, std::uint64_t epoch);
  /// It is not let in.
  void turned_away(const wire::reject& why);
  /// It has to go before it is let in, to make room, and is not told: whoever means well comes again at once (K7).
  void gives_way(std::string why);
  /// Closes it for that reason, which is an event, and calls `then` when nothing that came from it is being handled any more: now, or on the thread that does.
  void cut(std::string why, std::function<void()> then);

  /// The same for a peer that is declared down: says goodbye with `why` first.
  void dismiss(const std::string& why, std::function<void()> then);

  /// Sends a reply (an envelope) or an error, if the request is open still (IN8).
  void answer(remote_request& to, engine::outcome what) noexcept;

  void run_turn() override;
  void fired() noexcept override;
  void timer_add_ref() noexcept override { intrusive_ptr_add_ref(this); }
  void timer_release() noexcept override { intrusive_ptr_release(this); }
  friend void intrusive_ptr_add_ref(inbound* i) noexcept {
    i->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(inbound* i) noexcept {
    // acq_rel: the last owner sees what the others did.
    if (i->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete i;
  }

 private:
  using later = std::vector<std::function<void()>>;

  static constexpr int silence_limits = 3;   // IN5
  static constexpr int read_rounds_max = 4;  // before others have their turn
  static constexpr std::size_t behind_place =
      4096;  // read behind what goes to its place: the front of the next part, and small frames between parts
  static constexpr std::size_t offers_max = 1024;  // IN15

  /// What became of a request that came.
  enum class opening : std::uint8_t {
    open,
    closed,  ///< so is the connection
    full,    ///< IN17
  };
  /// Where a message is for, and what it is.
  struct destination {
    std::string_view path;
    std::uint64_t type_hash = 0;
    address* to = nullptr;   // null: there is nobody
    cell* at = nullptr;      // the same, where a route has led to it before
    address_ptr found = {};  // the same, where none has
    const message_type* type = nullptr;
    bool is_system_side = false;  // IN14
    bool is_permitted = false;    // IN16
  };
  /// A message that has come.
  struct arrived {
    std::optional<std::uint64_t> request = {};  // none: nobody waits for an answer
    duration time_left = {};
    std::uint64_t cause = 0;
    std::string_view payload = {};
  };
  struct known_route {
    std::string path;  // empty: it was not given out
    std::uint64_t type_hash = 0;
    cell_ptr to;  // null: not looked up yet, or to be looked up each time
    const message_type* type = nullptr;
    bool is_permitted = false;  // as far as is known: what is not is looked at each time
  };

  void wait_readable();
  void read_turn();
  bool read_some(const result<void>& how, later& after);
  void take_frames(later& after);
  std::optional<wire::reject> costs_too_much(std::span<const std::byte> bytes);
  void find_session();
  void watch_silence();
  void first_frame(const wire::frame& f, later& after);
  void handle(const wire::frame& f, later& after);
  void take_tells();
  bool tell_at_once(const wire::frame& f);
  result<bool> message(const wire::frame& f);
  result<void> define(const wire::frame& f);
  bool is_route(std::uint32_t number) const noexcept;
  void by_route(std::uint32_t number, const arrived& m);
  void deliver(const destination& where, const arrived& m);
  void find(destination& where);
  std::string type_name(const destination& where) const;
  static void find_system_side(destination& where);
  void refuse(const destination& where, const arrived& m, errc code, std::string text);
  void refuse_more(const destination& where, const arrived& m);
  void forbid(const destination& where, const arrived& m);
  void answer_no(const arrived& m, error why);
  void offer(const destination& where, const arrived& m, std::size_t bytes, engine::envelope_ptr e);
  bool has_room_for_offer(std::size_t bytes);
  parked_offer unparked(std::uint64_t request) noexcept;
  void probe(const wire::frame& f, later& after);
  void system_frame(const wire::frame& f, later& after);
  template <class Body, class Do>
  void once(const wire::frame& f, later& after, Do what);
  void contracts_wanted(const wire::frame& f, later& after);
  void introduction_came(const wire::frame& f, later& after);
  std::vector<wire::introduction> nodes_named_in(const encoded& payload);
  void acknowledge();
  opening opens(const remote_request_ptr& request, parked_offer offered = {});
  result<void> can_leave(std::size_t reply_bytes) const;
  bool has_too_much_to_say() const noexcept;
  void give_up(std::vector<remote_request_ptr> all, errc code, std::string_view text, later& after);
  void append(wire::lane in, const std::string& frame);
  void tell_refused(std::string who, std::string why, later& after);
  void send_away(std::string why, later& after);
  void turn_away(const wire::reject& why, later& after);
  void close(later& after);
  void lose(later& after, std::string why);
  void write(later& after);
  void schedule() noexcept;

  std::atomic<unsigned> references_{0};
  boost::intrusive_ptr<environment> env_;
  const node_options& options_;
  const wait_seals& seals_;
  const nearness near_;
  inbound_host* host_;  // guarded by mutex_; null once stopped

  std::mutex mutex_;
  pipe pipe_{mutex_};
  handshake_guard guard_;
  open_requests open_;
  std::map<std::uint64_t, parked_offer> offers_;  // those among the open ones, by their numbers
  std::size_t offered_bytes_ = 0;
  introduced_nodes introduced_;
  std::optional<wire::welcome> answer_;   // to it
  std::shared_ptr<far_session> session_;  // once admitted
  later drained_;                         // what waits until nothing is being handled
  bool counted_proof_ = false;            // IN13
  bool handling_ = false;                 // a thread is in `read_turn`
  bool said_contracts_ = false;           // the list of them
  bool owes_word_ = false;                // system frames have come since the last `received`
  std::string peer_;                      // empty until it is let in
  time_point heard_at_{};
  std::size_t takes_max_ = 0;               // bytes of a reply, at most
  std::atomic<std::uint64_t> both_can_{0};  // relaxed: capabilities of the connection, from the welcome on
  std::atomic<bool> closing_{
      false};  // changes under the lock; acquire without it: what is closed is not read on
  bool waiting_for_room_ = false;
  bool waiting_for_bytes_ = false;  // or handling those that came: one thread at a time is in `reader_`

  // IN22
  class reading final : public engine::runnable {
   public:
    explicit reading(inbound& of) noexcept : of_(of) {}
    void run_turn() override { of_.read_turn(); }

   private:
    inbound& of_;
  };
  reading reading_{*this};

  // Of the thread that reads (IN11).
  result<void> ready_;           // what the stream said last
  std::uint64_t handed_on_ = 0;  // messages of this turn
  reading_pace pace_;
  wire::frame_reader reader_;
  std::optional<wire::trace> next_trace_;  // of the tell or ask that comes next
  bool next_is_offer_ = false;             // the ask that comes next
  std::uint64_t next_packed_ =
      0;  // what the payload of the tell or ask that comes next unpacks to; 0: it is not packed
  std::vector<known_route> routes_;  // by number
  route_order route_order_;
  far_session* reads_for_ = nullptr;  // the session, once it is admitted
  std::uint64_t read_ = 0;            // messages that it has not been told of

  std::atomic<bool> scheduled_{false};  // seq_cst: set by who appends, cleared by run_turn before it looks
};

}  // namespace troupe::detail
