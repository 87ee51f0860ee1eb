#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/delivery/send_queue.hpp>
#include <troupe/wire/routed_bodies.hpp>
#include <utility>

namespace troupe {

namespace {

using wire::lane;
using wire::part_bytes_max;

// An idle connection keeps no more than this.
constexpr std::size_t kept_bytes_max = 4096;

constexpr lane all_lanes[] = {lane::ordinary, lane::bulk};

}  // namespace

void send_queue::add(lane in, std::string_view frames) {
  lane_queue& q = of(in);
  if (frames.size() > q.small.capacity() - q.small.size()) [[unlikely]]
    make_room(q, frames.size());
  q.small += frames;
  q.added += frames.size();
  waiting_bytes_ += frames.size();
}

// Where `small` has memory there is room in its piece as well: it has no more than a piece's.
void send_queue::make_room(lane_queue& q, std::size_t more) {
  if (!q.small.empty() && q.small.size() + more > part_bytes_max) close_small(q);
  // Many small ones are coming: growing step by step would copy them all again.
  if (q.small.size() + more > kept_bytes_max) q.small.reserve(part_bytes_max);
}

void send_queue::add(lane in, std::string bytes, std::size_t begin) {
  add(in, std::vector{blob{std::move(bytes)}.slice(begin)});
}

void send_queue::add(lane in, std::vector<blob> places) {
  lane_queue& q = of(in);
  close_small(q);
  unit u{std::move(places)};
  for (const blob& b : u.places) u.size += b.size();
  q.added += u.size;
  waiting_bytes_ += u.size;
  q.units.push_back(std::move(u));
}

void send_queue::close_small(lane_queue& q) {
  if (q.small.empty()) return;
  const std::size_t size = q.small.size();
  q.units.push_back({{blob{std::exchange(q.small, {})}}, size});
}

void send_queue::add_behind(std::string frames) {
  waiting_bytes_ += frames.size();
  behind_.push_back({std::move(frames), {end(lane::ordinary), end(lane::bulk)}});
}

void send_queue::hand_out(std::string own, std::vector<blob> shared, std::size_t bytes) {
  out_bytes_ += own.size() + bytes;
  out_.push_back({std::move(own), std::move(shared), bytes});
}

// So many bytes from where it has not been handed out.
std::vector<blob> send_queue::take_front(unit& u, std::size_t bytes) {
  std::vector<blob> out;
  while (bytes > 0) {
    blob& b = u.places[u.first];
    if (b.size() <= bytes) {
      bytes -= b.size();
      out.push_back(std::move(b));
      ++u.first;
    } else {
      out.push_back(b.slice(0, bytes));
      b = b.slice(bytes);
      bytes = 0;
    }
  }
  return out;
}

// As one piece: there may be very many small ones, all at once.
bool send_queue::hand_out_followers() {
  const auto may_leave = [this] {
    const auto& after = behind_.front().after;
    return std::all_of(std::begin(all_lanes), std::end(all_lanes),
                       [&](lane in) { return of(in).handed_out >= after[static_cast<std::size_t>(in)]; });
  };
  std::string together;
  while (!behind_.empty() && together.size() < part_bytes_max && may_leave()) {
    waiting_bytes_ -= behind_.front().frames.size();
    together += behind_.front().frames;
    behind_.pop_front();
  }
  if (together.empty()) return false;
  hand_out(std::move(together));
  return true;
}

// One unit, or one part of it.
bool send_queue::hand_out_from(lane in) {
  lane_queue& q = of(in);
  std::size_t counts = 0;
  if (!q.units.empty()) {
    unit& u = q.units.front();
    bool over = true;
    if (!may_cut_ || u.size <= part_bytes_max) {
      counts = u.size;
      hand_out({}, std::move(u.places), counts);
    } else {
      const bool first = q.cut_to == 0;
      counts = std::min(part_bytes_max, u.size - q.cut_to);
      hand_out(wire::part_front(in, u.size, counts, first), take_front(u, counts), counts);
      over = (q.cut_to += counts) == u.size;
    }
    if (over) {
      q.units.pop_front();
      q.cut_to = 0;
    }
  } else if (!q.small.empty()) {
    counts = q.small.size();
    hand_out(std::exchange(q.small, {}));
  } else {
    return false;
  }
  out_.back().in = in;
  out_.back().counts = counts;
  q.handed_out += counts;
  waiting_bytes_ -= counts;
  return true;
}

std::span<const std::string_view> send_queue::next() {
  while (out_bytes_ - first_written_ < batch_bytes_max) {
    bool any = !urgent_.empty();
    if (any) hand_out(std::exchange(urgent_, {}));
    any |= hand_out_followers();
    for (const lane in : all_lanes) any |= hand_out_from(in);
    if (!any) break;
  }
  views_.clear();
  std::size_t skip = first_written_;
  const auto see = [&](std::string_view part) {
    const std::size_t gone = std::min(skip, part.size());
    part.remove_prefix(gone);
    skip -= gone;
    if (!part.empty()) views_.push_back(part);
  };
  for (const piece& p : out_) {
    see(p.own);
    for (const blob& b : p.shared) see(b.text());
  }
  return views_;
}

void send_queue::wrote(std::size_t bytes) {
  first_written_ += bytes;
  while (!out_.empty() && first_written_ >= out_.front().own.size() + out_.front().bytes) {
    piece& p = out_.front();
    const std::size_t size = p.own.size() + p.bytes;
    first_written_ -= size;
    out_bytes_ -= size;
    of(p.in).gone += p.counts;
    // The next small frames go where these were.
    if (std::string& next = of(p.in).small;
        next.empty() && next.capacity() < p.own.capacity() && p.own.capacity() <= kept_bytes_max) {
      next = std::move(p.own);
      next.clear();
    }
    out_.pop_front();
  }
  check(!out_.empty() || first_written_ == 0, "SQ5: no more is written than was handed out");
}

void send_queue::forget() noexcept {
  for (lane_queue& q : lanes_) {
    const std::uint64_t added = q.added;
    q = {};
    q.added = q.handed_out = q.gone = added;
  }
  urgent_ = {};
  behind_.clear();
  out_.clear();
  out_bytes_ = first_written_ = waiting_bytes_ = 0;
}

}  // namespace troupe
