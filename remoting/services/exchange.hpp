// The actor that shares services with other nodes: `/user/services`, on nodes that share any (`node.services`, `node.rights.NAME.services`).
//
// Rules
//  SX4 It tells a peer of actors of its own node only, of services that are shared with that peer, and where their messages can cross and a ref can
//      be written that leads here. So nothing goes on from node to node, and each node has what it hears from the node it is about.
//  SX5 Of a peer's answer it believes the services that are shared with it, and refs to actors of that very peer; what else is said of services
//      is passed over, and a ref to anybody else is refused and told of. At most `node.services_max` offers are taken.
//  SX6 What was heard of a peer is listed while the question to it is open: from its first answer after the nodes have met until the question
//      fails, because they have lost each other or the other exchange has ended. It is kept meanwhile, so meeting again costs one answer, and
//      forgotten when the peer is declared down (R5).
//  SX7 There is no polling: it asks when the nodes meet, and after each answer. A question that fails while the peer can be reached is asked again
//      after `retry_time`; one that was refused when the nodes meet again. Of a peer at most an answer each `answer_interval` is taken, so a
//      burst of changes comes in few of them.
//  SX9 One that has failed and is made anew (S6) begins as the first did: under another epoch, with what the receptionist has, and with questions to
//      the peers that can be reached now. What it had open is over: peers whose questions it has dropped ask again, first after
//      `retry_min`, then after twice as long each time, up to `retry_time`. What was enlisted is told once, also when news of it waits still.
//  SX8 A peer has one question open here: a new one takes the place of the one before, whose connection is over.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <troupe/actor/actor.hpp>
#include <troupe/pattern/receptionist.hpp>
#include <troupe/services/exchange_host.hpp>
#include <troupe/services/heard_offers.hpp>
#include <troupe/services/offer_log.hpp>
#include <troupe/services/shared_services.hpp>

namespace troupe::services {

/// The nodes have met. In this process only.
struct peer_met {
  std::string peer;
};
/// The peer has been declared down. In this process only.
struct peer_lost {
  std::string peer;
};

/// What is enlisted here has changed, as the exchange hears of it that has asked for it in the life `of`. In this process only.
struct enlisted_here {
  std::uint64_t of = 0;
  offers_changed what = {};
};

/// See above (SX1-SX9).
class exchange : public actor<services_wanted, enlisted_here, peer_met, peer_lost, list_shared> {
 public:
  static constexpr duration answer_interval = milliseconds{20};
  static constexpr duration retry_min = milliseconds{100};
  static constexpr duration retry_time = seconds{10};
  static constexpr duration question_time = hours{1};  ///< then it is asked anew
  static constexpr std::size_t name_bytes_max = 512;   ///< of a service's name
  static constexpr std::size_t protocol_bytes_max = 4096;

  /// `host` outlives it.
  explicit exchange(exchange_host* host);

  /// Follows the receptionist, and asks whom the node has met (SX9).
  void on_start();
  /// SX1.
  promise<services_told> on(const services_wanted& m);
  /// What is enlisted here.
  void on(const enlisted_here& m);
  /// See there.
  void on(const peer_met& m);
  /// See there.
  void on(const peer_lost& m);
  /// See there.
  std::vector<shared_with> on(const list_shared& m) const;

 private:
  // A question that waits for news.
  struct open_question {
    promise<services_told> who = {};
    std::uint64_t after = 0;
    rights::rights_of_peer may = {};
  };
  // A peer that is asked.
  struct known_peer {
    rights::rights_of_peer may = {};
    heard_offers heard;
    std::uint64_t met = 0;       // how often
    bool is_asked = false;       // a question is open, or about to be
    bool is_listed = false;      // SX6
    bool is_down = false;        // and not met since
    duration retry = retry_min;  // after a question that was dropped (SX9)
    std::string why_not = {};
  };

  services_told page(std::uint64_t after, bool anew, const rights::rights_of_peer& may) const;
  bool has_news(std::uint64_t after, const rights::rights_of_peer& may) const;
  std::string why_not_told(const service_offer& o) const;
  void answer_open();
  task<void> ask_peer(std::string peer);
  bool take(const std::string& peer, known_peer& p, const services_told& m, bool at_once);
  void begin(const std::string& peer, known_peer& p);
  bool is_believed(const std::string& peer, const known_peer& p, const told_offer& o) const;
  void lose(const std::string& peer, known_peer& p, const error& why);
  void list(const std::string& peer, bool anew, std::vector<ended_offer> gone,
            std::vector<service_offer> come) const;

  exchange_host* const host_;
  std::uint64_t epoch_ = 0;
  offer_log log_;
  ref<follow_offers, offers_elsewhere> desk_;
  std::map<std::string, open_question> open_;
  std::map<std::string, known_peer> peers_;
};

}  // namespace troupe::services
