// The order in which frames leave (SQ1-SQ5), seen through the reader of the other side.
#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/delivery/send_queue.hpp>
#include <troupe/wire/bodies.hpp>
#include <troupe/wire/frame_reader.hpp>
#include <vector>

namespace delivery_send_queue_test {

using namespace troupe;
using wire::frame_kind;
using wire::lane;

namespace {

// A tell whose payload says which one it is.
std::string frame(const std::string& mark, std::size_t bytes = 0) {
  std::string out;
  (void)wire::tell{"/a", 1, 2, mark + std::string(bytes, '.')}.encode(out);
  return out;
}

// What the other side makes of a stream: the marks of tells, `ping` for a ping.
class other_side {
 public:
  other_side() { reader_.raise_limit(limits::frame_bytes_max, limits::frame_bytes_max); }

  void take(std::string_view bytes) {
    for (const char c : bytes) stream_ += c;
    reader_.feed(bytes);
    for (;;) {
      const auto next = reader_.next();
      REQUIRE(next.has_value());
      if (!*next) return;
      if ((*next)->kind == frame_kind::ping) {
        marks_.push_back("ping");
        continue;
      }
      const std::string payload{wire::tell::decode((*next)->body).value().payload};
      marks_.push_back(payload.substr(0, payload.find('.')));
      payloads_.push_back(payload);
    }
  }
  const std::vector<std::string>& marks() const { return marks_; }
  const std::string& stream() const { return stream_; }
  const std::vector<std::string>& payloads() const { return payloads_; }

 private:
  wire::frame_reader reader_;
  std::vector<std::string> marks_, payloads_;
  std::string stream_;
};

// Writes one batch, at most `most` bytes. False: there was none.
bool write_batch(send_queue& q, other_side& to, std::size_t most = ~std::size_t{0}) {
  std::size_t wrote = 0;
  bool any = false;
  for (const std::string_view piece : q.next()) {
    any = true;
    REQUIRE_FALSE(piece.empty());
    const auto some = piece.substr(0, most - wrote);
    to.take(some);
    wrote += some.size();
    if (wrote == most) break;
  }
  q.wrote(wrote);
  return any;
}

void write_all(send_queue& q, other_side& to) {
  while (write_batch(q, to)) {
  }
  CHECK(q.unsent() == 0);
}

using marks = std::vector<std::string>;

}  // namespace

TEST_CASE("SQ1, M3: frames of a lane leave in the order they came, copied or handed over") {
  send_queue q;
  other_side to;
  q.add(lane::ordinary, frame("1"));
  q.add(lane::ordinary, "rubbish" + frame("2", 5000), 7);
  q.add(lane::ordinary, frame("3"));
  q.add(lane::ordinary, frame("4"));
  write_all(q, to);
  CHECK(to.marks() == marks{"1", "2", "3", "4"});
}

TEST_CASE("SQ1: what is urgent overtakes what waits, but not what has been handed out") {
  send_queue q;
  other_side to;
  q.cut(true);
  for (int i = 0; i < 10; ++i) q.add(lane::ordinary, frame("large " + std::to_string(i), 60'000), 0);
  REQUIRE(write_batch(q, to, 10));
  wire::ping{1}.encode(q.urgent());
  write_all(q, to);
  REQUIRE(to.marks().size() == 11);
  std::size_t at = 0;
  while (to.marks()[at] != "ping") ++at;
  CHECK(at <= send_queue::batch_bytes_max / 60'000 + 1);
}

TEST_CASE("SQ1: the lanes take turns, so neither waits for all of the other") {
  send_queue q;
  other_side to;
  q.cut(true);
  q.add(lane::bulk, frame("bulk", 10 << 20), 0);
  q.add(lane::ordinary, frame("ordinary", 1 << 20), 0);
  q.add(lane::bulk, frame("more bulk"));
  q.add(lane::ordinary, frame("more ordinary"));
  write_all(q, to);
  CHECK(to.marks() == marks{"ordinary", "more ordinary", "bulk", "more bulk"});
}

TEST_CASE("SQ1: a busy ordinary lane does not keep bulk from leaving") {
  send_queue q;
  other_side to;
  q.cut(true);
  for (int i = 0; i < 100; ++i) q.add(lane::ordinary, frame("ordinary", 60'000), 0);
  q.add(lane::bulk, frame("bulk"));
  REQUIRE(write_batch(q, to));
  CHECK(std::count(to.marks().begin(), to.marks().end(), "bulk") == 1);
  write_all(q, to);
  CHECK(to.marks().size() == 101);
}

TEST_CASE("SQ3: what fits a piece is not cut") {
  send_queue q;
  other_side to;
  q.cut(true);
  const std::string fits = frame("fits", 60'000);
  q.add(lane::bulk, fits, 0);
  write_all(q, to);
  CHECK(to.stream() == fits);
}

TEST_CASE("SQ3: what is larger than a piece comes in parts where the peer joins them, whole otherwise") {
  for (const bool joins : {true, false}) {
    send_queue q;
    other_side to;
    q.cut(joins);
    const std::string large = frame("large", 300'000);
    q.add(lane::ordinary, large, 0);
    write_all(q, to);
    CHECK(to.marks() == marks{"large"});
    CHECK((to.stream() == large) == !joins);
    CHECK(to.stream().size() <= large.size() + 100);
  }
}

TEST_CASE(
    "SQ2, M9: what is behind follows all that was there when it came, and nothing that came later has to "
    "wait for it") {
  send_queue q;
  other_side to;
  q.cut(true);
  q.add(lane::bulk, frame("bulk", 1 << 20), 0);
  q.add(lane::ordinary, frame("before"));
  q.add_behind(frame("end 1"));
  q.add(lane::ordinary, frame("after"));
  q.add_behind(frame("end 2"));
  q.add(lane::bulk, frame("bulk after"));
  write_all(q, to);
  CHECK(to.marks() == marks{"before", "after", "bulk", "end 1", "end 2", "bulk after"});
}

TEST_CASE("SQ2: of very many that are behind each leaves once and in order, in few pieces") {
  send_queue q;
  other_side to;
  marks expected;
  for (int i = 0; i < 5000; ++i) {
    if (i % 1000 == 0) {
      q.add(lane::ordinary, frame("before " + std::to_string(i)));
      expected.push_back("before " + std::to_string(i));
    }
    q.add_behind(frame(std::to_string(i)));
  }
  for (int i = 0; i < 5000; ++i) expected.push_back(std::to_string(i));
  CHECK(q.next().size() < 10);
  write_all(q, to);
  CHECK(to.marks() == expected);
}

TEST_CASE("SQ2: with empty lanes what is behind leaves at once") {
  send_queue q;
  other_side to;
  q.add_behind(frame("end"));
  write_all(q, to);
  CHECK(to.marks() == marks{"end"});
}

TEST_CASE("SQ5: bytes leave as they are however few are written at a time, and whatever is added meanwhile") {
  prng random{7};
  for (int round = 0; round < 30; ++round) {
    send_queue q;
    other_side to;
    q.cut(random.below(4) != 0);
    std::deque<std::string> sent[2];
    std::uint64_t bytes = 0;
    for (int step = 0; step < 200; ++step) {
      const auto in = static_cast<lane>(random.below(2));
      const std::string mark = std::to_string(static_cast<int>(in)) + " " + std::to_string(step);
      if (random.below(3) == 0) {
        std::string f = frame(mark, random.below(4) == 0 ? random.below(200'000) : 5000);
        bytes += f.size();
        q.add(in, std::move(f), 0);
      } else {
        const std::string f = frame(mark, random.below(100));
        bytes += f.size();
        q.add(in, f);
      }
      sent[static_cast<int>(in)].push_back(mark);
      if (random.below(2) == 0) write_batch(q, to, 1 + random.below(100'000));
    }
    CHECK(q.end(lane::ordinary) + q.end(lane::bulk) == bytes);
    write_all(q, to);
    CHECK(q.gone(lane::ordinary) == q.end(lane::ordinary));
    CHECK(q.gone(lane::bulk) == q.end(lane::bulk));
    for (const std::string& mark : to.marks()) {
      auto& of_lane = sent[mark[0] - '0'];
      REQUIRE(!of_lane.empty());
      REQUIRE(of_lane.front() == mark);
      of_lane.pop_front();
    }
    CHECK(sent[0].empty());
    CHECK(sent[1].empty());
  }
}

TEST_CASE("what has been forgotten counts as gone, and nothing of it leaves") {
  send_queue q;
  other_side to;
  q.cut(true);
  q.add(lane::bulk, frame("bulk", 1 << 20), 0);
  q.add(lane::ordinary, frame("small"));
  q.add_behind(frame("end"));
  wire::ping{1}.encode(q.urgent());
  const auto end = q.end(lane::bulk);
  CHECK(q.gone(lane::bulk) == 0);
  q.forget();
  CHECK(q.unsent() == 0);
  CHECK(q.next().empty());
  CHECK(q.end(lane::bulk) == end);
  CHECK(q.gone(lane::bulk) == end);
  q.add(lane::bulk, frame("another"));
  write_all(q, to);
  CHECK(to.marks() == marks{"another"});
}

TEST_CASE("SR2: bytes of a lane are gone when they have left, not when they are handed out") {
  send_queue q;
  other_side to;
  q.add(lane::ordinary, frame("1"));
  const auto end = q.end(lane::ordinary);
  (void)q.next();
  CHECK(q.gone(lane::ordinary) < end);
  q.wrote(1);
  CHECK(q.gone(lane::ordinary) < end);
  q.wrote(end - 1);
  CHECK(q.gone(lane::ordinary) == end);
}

TEST_CASE(
    "SQ4: a frame that lies in several places leaves as one that lies in one, however it is cut and "
    "written") {
  prng random{11};
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    send_queue whole, in_places;
    other_side to_whole, to_places;
    const bool joins = round % 2 == 0;
    whole.cut(joins);
    in_places.cut(joins);
    std::vector<std::string> sent(4, "small");
    for (int i = 0; i < 4; ++i) {
      const lane in = random.below(2) ? lane::bulk : lane::ordinary;
      std::string payload = "large" + std::to_string(i) + ".";
      for (std::size_t n = random.below(400'000); n > 0; --n) payload += static_cast<char>(random.below(256));
      std::string large;
      (void)wire::tell{"/a", 1, 2, payload}.encode(large);
      sent.push_back(payload);
      std::vector<blob> places;
      for (std::size_t at = 0; at < large.size();) {
        const std::size_t bytes = std::min<std::size_t>(large.size() - at, 1 + random.below(150'000));
        places.push_back(blob::copy_of(std::string_view{large}.substr(at, bytes)));
        at += bytes;
      }
      whole.add(in, large, 0);
      in_places.add(in, std::move(places));
      whole.add(in, frame("small"));
      in_places.add(in, frame("small"));
      CHECK(whole.unsent() == in_places.unsent());
    }
    write_all(whole, to_whole);
    while (write_batch(in_places, to_places, 1 + random.below(100'000))) {
    }
    CHECK(in_places.unsent() == 0);
    CHECK(to_places.stream() == to_whole.stream());
    auto came = to_places.payloads();
    std::sort(came.begin(), came.end());
    std::sort(sent.begin(), sent.end());
    CHECK(came == sent);
    for (const lane in : {lane::ordinary, lane::bulk}) CHECK(in_places.gone(in) == in_places.end(in));
  }
}

TEST_CASE("SQ4: what was handed over goes when it has been written, and not before") {
  auto owner = std::make_shared<const std::string>(frame("large", 200'000));
  const std::weak_ptr<const std::string> watched = owner;
  send_queue q;
  other_side to;
  q.cut(true);
  q.add(lane::ordinary, std::vector{blob{owner, *owner}});
  owner.reset();
  for (std::size_t wrote = 0; wrote < 190'000; wrote += 10'000) {
    REQUIRE(write_batch(q, to, 10'000));
    REQUIRE_FALSE(watched.expired());
  }
  write_all(q, to);
  CHECK(watched.expired());
  CHECK(to.marks() == marks{"large"});
}

}  // namespace delivery_send_queue_test
