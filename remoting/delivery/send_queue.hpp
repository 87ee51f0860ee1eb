// What waits to be written to a peer, and in which order it leaves.
//
// Rules
//  SQ1 Frames of one lane leave in the order they came. Urgent ones (handshake, signs of life, acknowledgements) overtake both lanes;
//      both lanes take turns, a piece each. So a heartbeat waits for what has been handed out, at most `batch_bytes_max` and a piece.
//  SQ2 What is `behind` leaves in its own order, each behind all that both lanes held when it came: obituaries follow what their subject
//      has sent (M9).
//  SQ3 What is handed over and larger than a piece is cut into parts, where the peer joins them; otherwise it leaves whole (W5).
//  SQ4 Small frames are gathered into pieces by copying; a large one that is handed over stays where it lies until it is written, in one place or
//      in several.
//  SQ5 What `next` hands out stays where it is until `wrote` or `forget`, whatever is added meanwhile.
//
// Pure. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <troupe/base/blob.hpp>
#include <troupe/wire/frame.hpp>
#include <vector>

namespace troupe {

/// See above.
class send_queue {
 public:
  /// As much as `next` hands out, and a piece (SQ1).
  static constexpr std::size_t batch_bytes_max = std::size_t{256} << 10;
  /// Frames from this size on are better handed over than copied (SQ4).
  static constexpr std::size_t worth_moving = std::size_t{32} << 10;

  /// Whole urgent frames are appended to this (SQ1).
  std::string& urgent() noexcept { return urgent_; }
  /// Adds whole frames, none of them larger than a piece, by copying.
  void add(wire::lane in, std::string_view frames);
  /// Adds whole frames, a large one last, which begin at `begin` of `bytes`.
  void add(wire::lane in, std::string bytes, std::size_t begin);
  /// The same of frames that lie here and there, in this order. None of the places is empty.
  void add(wire::lane in, std::vector<blob> places);
  /// Adds frames behind all there is (SQ2).
  void add_behind(std::string frames);
  /// Whether the peer joins frames that come in parts (SQ3).
  void cut(bool may) noexcept { may_cut_ = may; }

  /// The next bytes to write, in order; empty when there are none.
  std::span<const std::string_view> next();
  /// So many of them have been written.
  void wrote(std::size_t bytes);
  /// Forgets everything that has not been written.
  void forget() noexcept;

  /// Bytes that have not been written.
  std::size_t unsent() const noexcept {
    return urgent_.size() + waiting_bytes_ + out_bytes_ - first_written_;
  }
  /// The same of that lane's frames; a piece counts until all of it has been written.
  std::size_t unsent(wire::lane in) const noexcept {
    return static_cast<std::size_t>(of(in).added - of(in).gone);
  }
  /// How many bytes of that lane's frames have left, or were forgotten, since it was made. Counts a piece when it is over.
  std::uint64_t gone(wire::lane in) const noexcept { return of(in).gone; }
  /// What that will be when all that has been added is.
  std::uint64_t end(wire::lane in) const noexcept { return of(in).added; }

 private:
  // Frames that are written as they are, or in parts.
  struct unit {
    std::vector<blob> places;
    std::size_t size = 0;   // of all
    std::size_t first = 0;  // the place of what has not been handed out
  };
  struct lane_queue {
    std::string small;       // the last unit, while it can grow
    std::deque<unit> units;  // in front of `small`
    std::size_t cut_to = 0;  // of the first unit: how much of it has been handed out in parts
    std::uint64_t added = 0, handed_out = 0, gone = 0;
  };
  struct piece {
    std::string own;  // in front of
    std::vector<blob> shared;
    std::size_t bytes = 0;  // of all
    wire::lane in = wire::lane::ordinary;
    std::size_t counts = 0;  // bytes of the lane's frames
  };
  struct follower {
    std::string frames;
    std::array<std::uint64_t, wire::lanes> after;
  };

  lane_queue& of(wire::lane in) noexcept { return lanes_[static_cast<std::size_t>(in)]; }
  const lane_queue& of(wire::lane in) const noexcept { return lanes_[static_cast<std::size_t>(in)]; }
  static void close_small(lane_queue& q);
  static void make_room(lane_queue& q, std::size_t more);
  void hand_out(std::string own, std::vector<blob> shared = {}, std::size_t bytes = 0);
  static std::vector<blob> take_front(unit& u, std::size_t bytes);
  bool hand_out_followers();
  bool hand_out_from(wire::lane in);

  bool may_cut_ = false;
  std::string urgent_;
  std::array<lane_queue, wire::lanes> lanes_;
  std::deque<follower> behind_;
  std::deque<piece> out_;          // handed out
  std::size_t out_bytes_ = 0;      // of it, with what is written of the first
  std::size_t first_written_ = 0;  // of the first piece
  std::size_t waiting_bytes_ = 0;  // of lanes and followers
  std::vector<std::string_view> views_;
};

}  // namespace troupe
