// The outgoing association with one peer at work: carries out what `link_state` decides, sends tells and
// asks, and brings replies home.
//
// Rules
//  PL1 One lock a link guards all of it. Nothing is settled, published or posted under it: that is collected
//      and done after it is released, so no two locks of this room are ever held together.
//  PL2 The link is a runnable: whoever has appended a frame schedules it, and it writes in its own turn, right
//      after the sender's. So the frames of a turn share one write, and nothing is held back by a timer (M3). Who sends very much in a turn writes
//      himself whenever `write_at_once_bytes` wait: the peer has something to do meanwhile, and the bytes are still in the cache.
//  PL3 An ask's slot waits in `pending_` under its request id until the reply comes or the link is cut (M5).
//      Slots that were settled otherwise are swept at each tick.
//  PL7 Whoever asks through a link and gives up, at his deadline or before, is told to the peer by a `cancel` behind the ask, where the
//      peer knows such frames (M6). It takes the place of the slot in `pending_`, so what waits to be sent stays bounded.
//  PL5 Codecs run outside of the lock (encoded.hpp, EN1), so a reply that is slow to decode holds up nobody who sends.
//  PL6 An exact ref is bound to one run of the peer (L5): a message for another is refused with `stopped`.
//  PL8 Who watches an actor of the peer hears of its end once: from the peer, or when that is declared down (watch_book.hpp). What the peer
//      is to hear of ends here goes out behind what has been sent before (M9), and is kept until it has arrived (outgoing.hpp).
//  PL18 What waits for another run of the peer than the link is with (PL8) is counted in bytes, and goes when that run's session is over. Past
//      `unsent_max` the peer is given up, as it is for what it does not acknowledge (outgoing.hpp, DL4).
//  PL11 Links between actors here and there (LB1-LB4): either side's end goes to the other as watches' ends do, and so does what is asked for and
//      given up. When the peer is declared down, or its run or its session is over, those here hear `unreachable`. A peer that does not know
//      links is not asked: who asks for one here hears why at once.
//  PL12 What comes from the peer is held against what it may do here (peer_gate.hpp): a link that it asks for, where no actor here has asked for one
//      with the same, and refs in replies. A link that is not allowed ends at once, `gone` and `not_permitted`.
//  PL20 Who wants an actor of the peer to stop asks for a link in the name of `/user`, and ends it at once with a mark (stop_wanted.hpp). There it
//      needs what a link needs (PL12), and stops the actor; with a link that only he had asked for it is an end like any other. What comes of
//      nothing, because it may not or the peer is down, is a dead letter here.
//  PL9 A message is encoded before the lock is taken; under it it gets its route and its place in the queue. A capability that the
//      encoding depends on is looked at without the lock: what it comes to is looked at again under it.
//  PL14 An offer that finds too much waiting in its lane, more than `unsent_max`, waits as well (waiting_offers.hpp): it leaves when half of that
//      has, and fails when the connection is lost. Everything else is refused then with `overloaded`. Each lane has that room to itself: what is
//      large and waits does not have refused what is small and goes to others.
//  PL15 Where both say which contracts they have, the peer is up when they are known to be the same or have been compared: nothing leaves before. A
//      message that the peer would misread, or whose reply this node would, is refused with `not_understood` and the difference (agreement.hpp);
//      which these are is told once for each run of the peer.
//  PL16 What comes of a part (W5) is a sign of life (K6) before its frame is whole: a large reply may be under way for longer than a peer may be silent.
//      Nor is an acknowledgement overdue then (DL7): a peer that has much to say reads nothing (inbound.hpp, IN6). What comes of anything else is none:
//      behind a length that was spoilt on the way all that follows would be (decision 0022).
//  PL17 A peer that does not dial this node, and says so by the epoch 0 of its welcome, can tell it of no ends (R3). It is sent no watch and no link: who
//      asks for one hears `unreachable` at once, with what to set.
//  PL19 The time that an asker has left goes with the ask (M6). Who waits for as long as it takes says so, by the longest time that there is: so
//      the peer does not give the ask up before he does (M5).
//  PL21 Where the peer compares contracts and this node has said none, that is a warning, once a peer: nobody is kept from misreading then.
//  PL22 Where the peer would not be believed any more to be who it was when it was dialled (inbound.hpp, IN19), the connection ends, and it is dialled anew
//      soon: who has a new certificate by then is believed, who has none is refused like any other.
//  PL25 It reads in turns of its own, one at a time, and not where the driver says that there is something: who waits for the driver does not wait for
//      an answer's decoder. What the stream says meanwhile, of this connection or the next, is looked at when the turn is over.
//  PL26 What a handler tells one actor of the peer one after the other is encoded and framed at once, and kept in its worker's outbox (message_row.hpp; outbox.hpp,
//      OB5) until there are some, or something else is sent: who hands them over takes the lock once for all of them. Two workers that send to one
//      peer meet in this lock, and in what it guards, as seldom.
//  PL4 While the peer is not up, a message is refused at once: `unreachable` with the reason. Where an attempt is under way that is awaited (link_state.hpp,
//      K12, K13), it waits for that as in PL24.
//  PL24 A peer that was introduced (known_peers.hpp, KP6) is dialled when something is to be sent to one of its actors, watched or linked
//      (link_state.hpp, K12). What is sent while it is being reached waits, encoded, in the order it was sent, up to `unsent_max`
//      bytes: it leaves behind the watches and links that were asked for, and in front of all else, when the peer is up, and is refused with the reason when that comes to nothing. Where several say where the peer
//      is, the next address is for the next attempt; at most `told_max` are kept.
//  PL23 In front of a message that has refs to actors of other nodes goes what its receiver needs to reach these (introductions.hpp, IT1), where it knows
//      such frames.
//  PL10 What a connection took with it is one event when the next one is up (M4): how many, and of the last of them types and senders
//      (sent_lately.hpp). Who sent them is looked up for who sees the event.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <troupe/agreement/agreement.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/delivery/outgoing.hpp>
#include <troupe/delivery/overdue.hpp>
#include <troupe/delivery/sent_lately.hpp>
#include <troupe/link/link_state.hpp>
#include <troupe/node/introductions.hpp>
#include <troupe/node/link_book.hpp>
#include <troupe/node/numbered_frame.hpp>
#include <troupe/node/options.hpp>
#include <troupe/node/peer_gate.hpp>
#include <troupe/node/peer_status.hpp>
#include <troupe/node/pipe.hpp>
#include <troupe/node/ready_message.hpp>
#include <troupe/node/remote_target.hpp>
#include <troupe/node/wait_seals.hpp>
#include <troupe/node/waiting_offers.hpp>
#include <troupe/node/watch_book.hpp>
#include <troupe/wire/frame_reader.hpp>
#include <unordered_map>

namespace troupe {

namespace wire {
struct link;
struct linked;
struct link_end;
struct unlink;
}  // namespace wire

namespace detail {

class sent_request;
struct message_row;

/// How a node knows a peer.
enum class known_by : std::uint8_t {
  settings,      ///< it is one of `node.peers`
  hello,         ///< it has said hello
  introduction,  ///< another peer says where it is
};

/// What a link needs of its node.
class link_host {
 public:
  /// What it dials with.
  virtual port::transport& transport() noexcept = 0;
  /// When a peer that is declared down may be dialled, if it is due now (dial_pace.hpp).
  virtual time_point dial_turn(time_point now) noexcept = 0;
  /// Why who has proved `proof` may not be `node` now; empty: it may (admission_policy.hpp). Called under the link's lock.
  virtual std::string objection_to(const port::peer_proof& proof, std::string_view node) const = 0;
  /// Why who was let in with `proof` has to go by now; empty: he has not. Called as above.
  virtual std::string objection_to_age(const port::peer_proof& proof) const = 0;
  /// The same for one that was introduced and is wanted for the first time.
  virtual time_point meet_turn(time_point now) noexcept = 0;
  /// Where somebody that near may dial that node; nothing: it is not known here, or not in a way that helps him.
  virtual std::optional<std::string> address_for(std::string_view node, nearness whom) const = 0;
  /// `by`, which is that near, says on that connection where a third node is.
  virtual void introduced(const introductions::connection& on, const std::string& by, nearness from,
                          const wire::introduction& what) = 0;
  /// What was said on that connection counts no more.
  virtual void introducer_gone(const introductions::connection& on) = 0;
  /// That peer can be reached from now on.
  virtual void met(const std::string& peer) = 0;
  /// That peer is declared down, with all its runs, or that run of it alone: calls `then` when nothing that came from it is being handled
  /// any more.
  virtual void declared_down(const std::string& peer, const link_effect::declare_down& how,
                             std::function<void()> then) = 0;

 protected:
  ~link_host() = default;
};

/// A link to a peer. Thread-safe.
class peer_link final : public engine::runnable, public engine::timer {
 public:
  /// `options`, `seals` and `host` must outlive it. `gate`: what the peer may do here; `address`: where the peer can dial this node; `how`:
  /// the peer is known; `epoch`: the first.
  peer_link(environment& env, const node_options& options, node_identity self, const wait_seals& seals,
            link_host& host, std::string peer, peer_gate_ptr gate, port::endpoint at, std::string address,
            known_by how, std::uint64_t epoch);
  virtual ~peer_link() = default;

  /// What is wrong with the settings for whatever peer there may be; also one that is known later, by its hello (N1).
  static result<void> check(const node_options& options, const node_identity& self, std::string address);

  /// Starts dialling.
  void start() { happened(link_event::start{}); }
  /// Says goodbye and closes for good.
  void stop();

  /// Sends `e` to an actor on the peer, or refuses it (PL4, PL6), or keeps an offer back (PL14). `routes` are those to it, which this link alone
  /// uses (PL9); `by` has both.
  void send(engine::envelope_ptr e, address& by, const remote_target& to, target_routes& routes) noexcept;

  /// The asker of that request has given up (PL7). Nothing for one that is not open.
  void cancel(std::uint64_t request) noexcept;

  /// Whether all that was sent in that lane up to `end` has left (sent_request.hpp, SR2).
  bool has_left(wire::lane in, std::uint64_t end) noexcept;
  /// Sends a probe behind that request, if it is open and the peer knows probes. One that does not find room is given up: what waits to
  /// be sent stays bounded (far_probe.hpp, FP5).
  void follow(std::uint64_t request, far_path path) noexcept;

  /// Has `watcher` sent one `terminated` when the actor `who`, which is `to`, has ended (PL8). Returns the number it will carry.
  std::uint64_t watch(address& watcher, address_ptr who, const remote_target& to);
  /// No longer. Returns the number of the watch, 0: there was none.
  std::uint64_t unwatch(address& watcher, const remote_target& to);
  /// The peer says that the actor of that watch has ended.
  void bury(std::uint64_t id, exit_reason why);
  /// An actor here has ended that the run `incarnation` of the peer watches as `id`. Where the link is with another run still, it waits until
  /// it is with that one (PL8).
  void tell_end(std::uint64_t incarnation, std::uint64_t id, const exit_reason& why);

  /// The number that the actor here keeps its link to `to` under; with `make` one for a new link, else 0, where there is none.
  std::uint64_t link_number(const cell& linker, const remote_target& to, bool make) const;
  /// The actor here asks for a link to `far`, which is `to`, as `ask`; kept as `number` (PL11). In its turn.
  void link(cell& linker, address_ptr far, const remote_target& to, std::uint64_t number, std::uint32_t ask);
  /// It gives that link, or that ask, up. In its turn.
  void unlink(cell& linker, std::uint64_t number, std::uint32_t ask);
  /// An actor here has ended that is linked to `to`.
  void end_link(const link_ended& news, const remote_target& to);
  /// Somebody here wants the actor `far`, which is `to`, to stop (PL20).
  void want_end(address_ptr far, const remote_target& to);
  /// What that run of the peer has to say of links; one call at a time for each run.
  void linked_from(const peer_run& of, const wire::link& m);
  void unlinked_from(const peer_run& of, const wire::unlink& m);  ///< as above
  void link_is_to(const peer_run& of, const wire::linked& m);     ///< as above
  void link_ended_from(const peer_run& of, wire::link_end m);     ///< as above
  /// Nothing more comes from that run of the peer in that epoch.
  void session_over(const peer_run& of);

  /// The peer dials us, and says that it can be dialled at `at`; `moves`: it is dialled there from now on. Returns this side's epoch.
  std::uint64_t seen(const wire::hello& theirs, const std::optional<port::endpoint>& at, bool moves);
  /// Others say that the peer is there (PL24). REQUIRES: one at least.
  void learn(const std::vector<told_address>& where);
  /// Where somebody that near to this node may dial the peer (IT1).
  std::optional<port::endpoint> address_for(nearness whom) const;
  /// The peer has no connection to us any more.
  void unheard() { happened(link_event::unheard{}); }
  /// Whether that incarnation is known to be over (R2).
  bool is_replaced(std::uint64_t incarnation) const;

  /// Ends the connection if the peer would not be believed now (PL22). Returns whether it did.
  bool recheck();
  /// Declares the peer down, for that reason.
  void give_up(std::string reason) { happened(link_event::give_up{std::move(reason)}); }
  /// The same, and does not dial it any more until it shows itself.
  void forget(std::string reason);
  /// Whether the peer is declared down, and has not shown itself since.
  bool is_declared_down() const;
  /// Whether whoever asks has the only reference to it.
  bool is_referred_to_once() const noexcept {
    // acquire: who is alone sees what the others did before they let go.
    return references_.load(std::memory_order_acquire) == 1;
  }
  /// This side's epoch with it.
  std::uint64_t epoch() const;
  /// What is known of the peer now.
  peer_status status() const;
  /// The system it belongs to.
  environment& env() const noexcept { return *env_; }
  /// The peer's name.
  const std::string& peer() const noexcept { return peer_; }

  void run_turn() override;
  void fired() noexcept override;
  void timer_add_ref() noexcept override { intrusive_ptr_add_ref(this); }
  void timer_release() noexcept override { intrusive_ptr_release(this); }
  friend void intrusive_ptr_add_ref(peer_link* l) noexcept {
    l->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(peer_link* l) noexcept {
    // acq_rel: the last owner sees what the others did.
    if (l->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete l;
  }

 private:
  using later = std::vector<std::function<void()>>;

  struct open_ask {
    engine::reply_slot_ptr slot;
    wire::lane in;  // that it went in
  };

  struct held_frames {
    std::vector<numbered_frame> all;
    std::size_t bytes = 0;
  };

  waiting_offers& offers_in(wire::lane in) noexcept { return offers_[static_cast<std::size_t>(in)]; }
  const waiting_offers& offers_in(wire::lane in) const noexcept {
    return offers_[static_cast<std::size_t>(in)];
  }

  struct effect_visitor;

  // PL25
  class reading final : public engine::runnable {
   public:
    explicit reading(peer_link& of) noexcept : of_(of) {}
    void run_turn() override { of_.read_turn(); }

   private:
    peer_link& of_;
  };
  struct readiness {
    std::uint64_t attempt;  // whose stream
    result<void> how;
  };

  // What the outboxes of workers know of it (PL26).
  class row_end final : public engine::recipient {
   public:
    explicit row_end(peer_link& of) noexcept : of_(of) {}
    engine::pushed accept(const engine::chain<engine::envelope>& row) noexcept override {
      return of_.take_row(row);
    }
    void schedule() noexcept override { of_.end_rows(); }
    void refuse(const engine::chain<engine::envelope>&) noexcept override {}  // REQUIRES: never called
    void asker_gave_up(engine::reply_slot&) noexcept override {}              // the same
    bool is_cell() const noexcept override { return false; }
    void add_reference() noexcept override { intrusive_ptr_add_ref(&of_); }
    void release_reference() noexcept override { intrusive_ptr_release(&of_); }
    void run_turn() override {}  // REQUIRES: never called

   private:
    peer_link& of_;
  };

  void happened(const link_event::any& what);
  void apply(const link_event::any& what, later& after);
  void carry_out(link_effect::any& effect, later& after);
  void dial(std::uint64_t attempt, duration timeout);
  void dialled(std::uint64_t attempt, result<std::unique_ptr<port::stream>> stream);
  void wait_readable();
  void ready(std::uint64_t attempt, const result<void>& how);
  void read_turn();
  void readable(std::uint64_t attempt, const result<void>& how);
  void heard_bytes(std::uint64_t attempt, const wire::frame_reader& reader, later& after);
  void handle(const wire::frame& f, later& after);
  void write(later& after);
  void schedule() noexcept;
  bool is_there(const remote_target& to) const noexcept;
  bool is_full(wire::lane in) const noexcept;
  void send_offer(waiting_offer& one) noexcept;
  void let_offers_out(later& after);
  void let_offers_out(wire::lane in, later& after);
  bool compares(const wire::welcome& theirs) const noexcept;
  void warn_of_none(const wire::hello& theirs, later& after);
  void contracts_frame(const wire::frame& f, later& after);
  void compare_contracts(std::uint64_t attempt, std::string_view set);
  void welcome_held(later& after);
  const misread_message* misread(const message_type& type) const noexcept;
  std::optional<error> why_misread(const message_type& type) const;
  std::optional<error> why_too_large(std::size_t payload_bytes, const remote_target& to) const;
  void let_go_of_offers(later& after);
  void give_offers_up(const std::string& reason, later& after);
  std::optional<error> encode(ready_message& m) noexcept;
  void leave_now(ready_message& m, bool has_waited) noexcept;
  bool keep_in_row(ready_message& m) noexcept;
  engine::envelope_ptr begin_row(ready_message& m);
  void settle_rows() noexcept;
  engine::pushed take_row(const engine::chain<engine::envelope>& row) noexcept;
  std::optional<error> leave_in_row(message_row& row);
  void leave_anew(message_row& row);
  void leave_anew(const message_row& row, std::string_view payload);
  void end_rows() noexcept;
  void refuse_row(message_row& row) noexcept;
  bool leave_at_once(ready_message& m);
  bool send_at_once(ready_message& m);
  boost::intrusive_ptr<sent_request> prepare(ready_message& m);
  std::optional<error> leave(ready_message& m, sent_request* word, bool has_waited,
                             engine::reply_slot_ptr& slot);
  result<void> put(ready_message& m);
  const route_mark* take_route(target_routes& routes, std::uint64_t hash, const remote_target& to,
                               bool at_once = false);
  void want(later& after);
  std::optional<error> wait_for_peer(ready_message& m);
  void let_first_out(later& after);
  void give_first_up(const std::string& reason, later& after);
  void try_next_address(later& after);
  void introduction_came(const wire::frame& f, later& after);
  void introductions_over(std::uint64_t attempt, later& after);
  void open(std::uint64_t request, sent_request* word, engine::reply_slot_ptr slot, wire::lane in);
  void say_cancelled(std::uint64_t request, wire::lane in);
  void come_up(const link_effect::peer_up& e, later& after);
  void tell_lost(std::uint64_t count, later& after);
  void go_down(link_effect::declare_down& e, later& after);
  void tell_watch(far_watch& one, later& after);
  std::optional<error> why_no_ends() const;
  void keep(std::string frame, std::optional<wire::lane> in, later& after);
  void hold(std::uint64_t incarnation, numbered_frame frame, later& after);
  void say(std::uint64_t incarnation, numbered_frame frame, std::optional<wire::lane> in, later& after);
  static void settle(const far_watch& one, const exit_reason& why);
  void tell_link(std::uint64_t id, later& after);
  void say_link(const far_link& one, later& after);
  void say_link_end(const far_link& one, const exit_reason& why, later& after);
  void forget_wish(const wire::link_end& m, later& after);
  static void settle(const far_link& one, const exit_reason& why);
  static void settle_later(std::vector<far_link> all, error why, later& after);
  void refuse(engine::envelope_ptr e, const std::string& path, error why) noexcept;
  error why_not(const remote_target& to) const;
  void accept_reply(const engine::reply_slot_ptr& slot, std::uint64_t hash, std::string_view payload,
                    std::uint64_t packed, bytes_keeper& keeper) const;

  std::atomic<unsigned> references_{0};
  row_end row_end_{*this};
  boost::intrusive_ptr<environment> env_;
  const node_options& options_;
  const wait_seals& seals_;
  link_host& host_;
  const std::string peer_;
  const peer_gate_ptr gate_;

  static constexpr std::size_t told_max = 4;  // PL24
  static constexpr std::size_t write_at_once_bytes = 64u
                                                     << 10;  // so much is not left for the link's turn (PL2)

  mutable std::mutex mutex_;
  port::endpoint at_;
  std::optional<port::endpoint> says_;  // where it can be dialled by others
  std::vector<told_address> told_;  // where others say it is, `at_` among them; empty: it needs none of them
  std::deque<waiting_message> first_;  // what waits for the peer to be reached (PL24)
  std::size_t first_bytes_ = 0;
  introduced_nodes introduced_;  // on this connection
  link_state state_;
  outgoing outgoing_;
  sent_lately lately_;
  overdue overdue_;
  watch_book book_;
  link_book links_;
  std::uint32_t last_wish_ = 0;  // as `/user` asks for links (PL20)
  std::deque<std::pair<std::uint32_t, std::string>>
      wishes_;                                 // those the peer may still object to, with whom they are about
  std::map<std::uint64_t, held_frames> held_;  // by incarnation
  pipe pipe_{mutex_};
  reading reading_{*this};
  std::optional<readiness> ready_;  // what a stream has said and nobody has looked at
  bool reads_ = false;              // `reading_` is queued, or at work
  std::shared_ptr<wire::frame_reader> reader_ =
      std::make_shared<wire::frame_reader>();  // a new one each connection
  std::unordered_map<std::uint64_t, open_ask> pending_;
  route_book routes_;
  std::array<waiting_offers, wire::lanes> offers_;
  engine::envelope* rows_over_ = nullptr;       // to be ended without the lock, the last one first (PL26)
  std::optional<wire::welcome> held_welcome_;   // until the contracts are known (PL15)
  bool contracts_wanted_ = false;               // the peer's list is under way
  bool warned_of_none_ = false;                 // PL21
  std::shared_ptr<const agreement> agreement_;  // null: they have the same
  std::uint64_t compared_run_ = 0;              // the run of the peer that was told last
  std::size_t takes_max_ = 0;                   // bytes of a message, at most
  std::uint64_t next_packed_ = 0;  // what the payload of the next reply unpacks to; 0: it is not packed
  std::atomic<std::uint64_t> next_request_{1};  // relaxed: only has to be unique
  std::atomic<std::uint64_t> up_run_{
      0};  // release: the run of the peer that is up, with `both_can_`; 0: none is
  std::atomic<nearness> near_{nearness::elsewhere};  // relaxed: of where it was dialled last
  std::atomic<std::uint64_t> both_can_{
      0};  // relaxed: capabilities of the connection; changes before `up_run_` does
  bool waiting_for_room_ = false;
  bool ticked_ = false;
  std::atomic<bool> scheduled_{false};  // seq_cst: set by who appends, cleared by run_turn before it looks
};

using peer_link_ptr = boost::intrusive_ptr<peer_link>;

}  // namespace detail
}  // namespace troupe
