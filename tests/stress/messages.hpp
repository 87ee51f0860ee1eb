// What the actors of a round say to each other. Whatever is counted carries a stamp.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/ref/ref.hpp>
#include <vector>

namespace stress {

struct life;
struct seat;
struct note;
struct parcel;
struct question;
struct roll_call;

/// A ref to any actor of a round.
using anyone = troupe::ref<note, parcel, question, roll_call>;

/// Somebody one knows: an exact ref to one life, or a named ref to a seat (`who` is null).
struct peer {
  anyone to;
  life* who = nullptr;
  seat* at = nullptr;
};

/// Which message of its sender to this recipient it is, from 1.
struct stamp {
  std::uint64_t from = 0;    ///< the sender's life and incarnation
  std::uint32_t number = 0;  ///< of all
  std::uint32_t tells = 0;   ///< of the tells, up to here: an ask in between may expire, a tell may not
  bool named = false;        ///< through a named ref: a channel of its own
};

/// Small: header and all in two cache lines. Introduces somebody.
struct note {
  stamp mark;
  peer meet;
};

/// With memory of its own, so that a message that is lost or destroyed twice is found by the sanitizers as well.
struct parcel {
  stamp mark;
  std::string text;
  std::vector<std::uint64_t> numbers;
};

/// Wants its own number back.
struct question {
  using reply = std::uint64_t;
  stamp mark;
};

/// Goes to everybody who lives when all is quiet: whoever watches one of the half that has been stopped has heard of it by
/// now. It is not part of the traffic.
struct roll_call {};

/// The reply to a question.
inline std::uint64_t answer_to(const stamp& s) noexcept { return s.from * 31 + s.number; }

}  // namespace stress
