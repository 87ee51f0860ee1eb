// libFuzzer target for what two nodes keep of each other's system frames and messages (DL1-DL6) and for the order in which frames leave (SQ1-SQ3):
// each byte is a choice of what happens next. Build with -fsanitize=fuzzer,address,undefined.
//
// What must hold for any input:
//  - each system frame is handled once, in whatever way connections end and acknowledgements get lost;
//  - the messages that a connection took with it are counted exactly;
//  - what a queue hands out, however it is written, is what was put in: each lane in its order, whole frames, parts joined.
#include <array>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <troupe/base/blob.hpp>
#include <troupe/delivery/incoming.hpp>
#include <troupe/delivery/outgoing.hpp>
#include <troupe/delivery/send_queue.hpp>
#include <troupe/wire/bodies.hpp>
#include <troupe/wire/frame_reader.hpp>
#include <vector>

#include "choices.hpp"

namespace {

using namespace troupe;
using fuzz::choices;
using fuzz::require;

/// One side that sends and one that receives, with a connection that ends as it likes.
class association {
 public:
  void step(choices& from) {
    switch (from.below(8)) {
      case 0:
      case 1:
        return send_frame();
      case 2:
        ++sent_messages_;
        out_.count_message();
        under_way_.push_back(0);
        return;
      case 3:
      case 4:
        return arrive();
      case 5:
        acknowledged_ = in_.system_frames();
        return;
      case 6:
        return require(out_.acknowledged(acknowledged_));
      default:
        return reconnect();
    }
  }

 private:
  void send_frame() {
    const std::uint64_t number = out_.next_number();
    if (!out_.keep(std::string(8, 'f'))) {
      require(out_.unacknowledged() == frames_max);  // DL4
      return;
    }
    under_way_.push_back(number);
  }
  void arrive() {
    if (under_way_.empty()) return;
    const std::uint64_t number = under_way_.front();
    under_way_.pop_front();
    if (number == 0) {
      in_.messages(1);
      ++arrived_messages_;
      return;
    }
    const arrival how = in_.system_frame(number);
    require(how == (number > handled_ ? arrival::fresh : arrival::repeated));
    if (number > handled_) require(number == ++handled_);
  }
  void reconnect() {
    const std::uint64_t lost_now = sent_messages_ - arrived_messages_ - lost_;
    under_way_.clear();
    require(out_.goes_on(in_.system_frames(), in_.messages()));
    require(!out_.goes_on(out_.next_number(), in_.messages()));
    std::string again;
    require(out_.go_on(in_.system_frames(), in_.messages(), again) == lost_now);
    lost_ += lost_now;
    acknowledged_ = in_.system_frames();
    require(again.size() == 8 * out_.unacknowledged());
    for (std::uint64_t number = in_.system_frames() + 1; number < out_.next_number(); ++number)
      under_way_.push_back(number);
  }

  static constexpr std::size_t frames_max = 64;
  outgoing out_{8 * frames_max};
  incoming in_{1};
  std::deque<std::uint64_t> under_way_;  // numbers of system frames; 0: a message
  std::uint64_t sent_messages_ = 0, arrived_messages_ = 0, lost_ = 0;
  std::uint64_t handled_ = 0, acknowledged_ = 0;
};

/// A queue that is written in pieces of any size, and a reader behind it.
class queue {
 public:
  explicit queue(bool cuts) {
    queue_.cut(cuts);
    reader_.raise_limit(limits::frame_bytes_max, limits::frame_bytes_max);
  }
  void step(choices& from) {
    switch (from.below(6)) {
      case 0:
      case 1:
      case 2:
        return add(from, from.below(16) == 0 ? large(from) : from.below(256));
      case 3:
        wire::ping{++pings_}.encode(queue_.urgent());
        return;
      case 4: {
        std::string frame;
        wire::goodbye{std::to_string(++behind_)}.encode(frame);
        behind_after_[behind_] = {added_[0], added_[1]};
        return queue_.add_behind(std::move(frame));
      }
      default:
        return write(from.below(400'000));
    }
  }
  void finish() {
    while (queue_.unsent() > 0) write(1u << 20);
    require(came_[0] == added_[0] && came_[1] == added_[1] && pings_came_ == pings_ &&
            behind_came_ == behind_);
    for (const auto in : {wire::lane::ordinary, wire::lane::bulk}) require(queue_.gone(in) == queue_.end(in));
  }

 private:
  // About as large as what is worth moving or as one, two or four parts, and now and then of any size. Two in a run, for they cost a hundred times
  // as much as the others.
  std::uint64_t large(choices& from) {
    if (++large_ > 2) return from.below(300);
    constexpr std::array<std::uint64_t, 4> edges = {send_queue::worth_moving, wire::part_bytes_max,
                                                    2 * wire::part_bytes_max, 4 * wire::part_bytes_max};
    const std::uint64_t which = from.below(64);
    if (which == 63) return from.below(300'000);
    return edges[which < 48 ? 0 : which < 60 ? 1 : which - 59] - 64 + from.below(128);
  }
  // A tell whose cause is its number in its lane: copied, handed over, or lying in several places.
  void add(choices& from, std::uint64_t bytes) {
    const wire::lane in = from.below(2) ? wire::lane::bulk : wire::lane::ordinary;
    const auto place = static_cast<std::size_t>(in);
    static const std::string all_there_is(300'000, 'p');
    std::string frame = "front";
    require(wire::tell{.path = place ? "/user/bulk" : "/user/one",
                       .cause = ++added_[place],
                       .payload = std::string_view{all_there_is}.substr(0, bytes)}
                .encode(frame)
                .has_value());
    if (frame.size() < send_queue::worth_moving) return queue_.add(in, std::string_view{frame}.substr(5));
    const std::uint64_t places = from.below(4);
    if (places == 0) return queue_.add(in, std::move(frame), 5);
    const blob bytes_of_it{std::move(frame)};
    std::vector<blob> lie;
    std::size_t at = 5;
    for (std::uint64_t left = places; left > 1; --left) {
      const std::size_t taken = 1 + from.below(bytes_of_it.size() - at - left);
      lie.push_back(bytes_of_it.slice(at, taken));
      at += taken;
    }
    lie.push_back(bytes_of_it.slice(at));
    queue_.add(in, std::move(lie));
  }
  void write(std::uint64_t most) {
    std::size_t wrote = 0;
    for (const std::string_view piece : queue_.next()) {
      const std::string_view part = piece.substr(0, most - wrote);
      reader_.feed(part);
      read();
      wrote += part.size();
      if (wrote == most) break;
    }
    queue_.wrote(wrote);
  }
  void read() {
    for (;;) {
      const auto next = reader_.next();
      require(next.has_value());
      if (!*next) return;
      if ((*next)->kind == wire::frame_kind::ping) {
        require(wire::ping::decode((*next)->body).value().number == ++pings_came_);
      } else if ((*next)->kind == wire::frame_kind::goodbye) {
        require(wire::goodbye::decode((*next)->body).value().text == std::to_string(++behind_came_));
        for (const std::size_t in : {0u, 1u}) require(came_[in] >= behind_after_[behind_came_][in]);  // SQ2
      } else {
        const auto body = wire::tell::decode((*next)->body);
        require(body.has_value());
        require(body->cause == ++came_[body->path == "/user/bulk" ? 1 : 0]);
      }
    }
  }

  send_queue queue_;
  wire::frame_reader reader_;
  std::array<std::uint64_t, 2> added_{}, came_{};
  std::uint64_t pings_ = 0, pings_came_ = 0, behind_ = 0, behind_came_ = 0, large_ = 0;
  std::map<std::uint64_t, std::array<std::uint64_t, 2>> behind_after_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  choices from{data, size};
  if (const auto which = from.below(3); which == 0) {
    association a;
    while (from.any()) a.step(from);
  } else {
    queue q{which == 1};
    for (int steps = 0; from.any() && steps < 100; ++steps) q.step(from);  // large ones take their time
    q.finish();
  }
  return 0;
}
