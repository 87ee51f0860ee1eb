// The numbers that stand for paths and types on one connection, as its sending side gives them out (wire/routed_bodies.hpp, W4).
//
// Rules
//  RB1 What is sent once is spelled out: a number costs a frame of its own. From the second time on it has one; where that frame does not
//      matter, at once.
//  RB2 There are `routes_max` numbers for each lane's half of them. When all are taken the one that was given out first is given to
//      another; who had it notices at its next use.
//  RB3 A mark is kept by whoever sends, and means nothing on another connection.
//
// Pure. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <troupe/wire/frame.hpp>
#include <vector>

namespace troupe {

/// What a sender knows of its route (RB3). A value.
struct route_mark {
  std::uint64_t connection = 0;  ///< 0: it has none
  std::uint64_t holder = 0;      ///< who has the number, while that is so; 0: nobody, it has been used once
  std::uint32_t number = 0;
};

/// Judges the numbers of the routes that come: they are given out one after the other, in each lane (wire/routed_bodies.hpp, W6).
class route_order {
 public:
  /// Whether `number` is the one whose turn it is.
  bool comes(std::uint32_t number) noexcept {
    std::uint32_t& next = next_[number % wire::lanes];
    if (number / wire::lanes != next) return false;
    next = (next + 1) % (wire::routes_max / wire::lanes);
    return true;
  }

 private:
  std::array<std::uint32_t, wire::lanes> next_{};
};

/// See above.
class route_book {
 public:
  /// What to do for a message.
  enum class how : std::uint8_t {
    spelled_out,  ///< with path and type
    defined,      ///< by the mark's number, behind a route frame that says what it is
    routed,       ///< by the mark's number
  };

  /// A message is sent by the route of `mark` in that lane; `at_once`: that it has none yet does not matter. REQUIRES: a mark is for one
  /// lane.
  how use(route_mark& mark, wire::lane in, bool at_once = false) {
    if (mark.connection != connection_) {
      mark = {connection_, 0, 0};
      if (!at_once) return how::spelled_out;
    }
    half& h = halves_[static_cast<std::size_t>(in)];
    if (has(mark, in)) return how::routed;
    const std::uint32_t place = h.next++ % per_lane;
    if (place == h.holders.size()) h.holders.push_back(0);
    h.holders[place] = mark.holder = ++last_holder_;
    mark.number = place * static_cast<std::uint32_t>(wire::lanes) + static_cast<std::uint32_t>(in);
    return how::defined;
  }

  /// Whether a message of that mark in that lane is `routed`, without more ado.
  bool has(const route_mark& mark, wire::lane in) const noexcept {
    return mark.connection == connection_ && mark.holder != 0 &&
           halves_[static_cast<std::size_t>(in)].holders[mark.number / wire::lanes] == mark.holder;
  }

  /// Another connection: no number is taken.
  void begin_anew() noexcept {
    ++connection_;
    for (half& h : halves_) h = {};
  }

 private:
  static constexpr std::uint32_t per_lane = wire::routes_max / wire::lanes;

  struct half {
    std::vector<std::uint64_t> holders;  // by place
    std::uint32_t next = 0;
  };

  std::uint64_t connection_ = 1;
  std::uint64_t last_holder_ = 0;
  std::array<half, wire::lanes> halves_;
};

}  // namespace troupe
