#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <kv/verify/history.hpp>
#include <map>
#include <string>
#include <vector>

namespace kv_verify_history_test {

using namespace kv::verify;
using namespace std::chrono_literals;

namespace {

using store = std::map<std::string, std::string>;

answer ok_answer(answer::type kind, std::int64_t number = 0, std::string text = {}) {
  return {.how = ending::answered, .kind = kind, .number = number, .text = std::move(text)};
}

// A tiny server that is right.
answer serve(store& data, const request& r) {
  switch (r.what) {
    case action::get: {
      const auto found = data.find(r.name);
      return found == data.end() ? ok_answer(answer::type::null)
                                 : ok_answer(answer::type::bulk, 0, found->second);
    }
    case action::set:
      data[r.name] = r.value;
      return ok_answer(answer::type::status, 0, "OK");
    case action::del:
      return ok_answer(answer::type::integer, static_cast<std::int64_t>(data.erase(r.name)));
    case action::incr: {
      std::string& v = data[r.name];
      v = std::to_string(v.empty() ? 1 : std::stoll(v) + 1);
      return ok_answer(answer::type::integer, std::stoll(v));
    }
    case action::append:
      break;
  }
  return ok_answer(answer::type::integer, static_cast<std::int64_t>((data[r.name] += r.value).size()));
}

constexpr troupe::time_point start{};

// What the server does to a request besides serving it.
enum class fault { none, before, after, later, never_told };

}  // namespace

TEST_CASE("a right server is never blamed, whatever happens to the outcome of its writes") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    troupe::prng random(seed);
    history h("k:", 9);
    store data;
    std::vector<request> in_flight;
    troupe::time_point now = start;
    for (int i = 0; i < 3000; ++i) {
      now += 20ms;
      // A write whose outcome was unknown arrives late (K2), or not at all.
      if (!in_flight.empty() && random.below(20) == 0) {
        const auto which = static_cast<std::ptrdiff_t>(random.below(in_flight.size()));
        if (random.below(3) != 0) serve(data, in_flight[static_cast<std::size_t>(which)]);
        in_flight.erase(in_flight.begin() + which);
      }
      const auto r = h.next(random, now);
      if (!r) continue;
      answer a{.how = ending::closed};
      switch (static_cast<fault>(random.below(20))) {
        case fault::before:
          a.how = ending::refused;
          break;
        case fault::after:
          serve(data, *r);
          break;
        case fault::later:
          a.how = ending::unavailable;
          if (r->write != 0) in_flight.push_back(*r);
          break;
        case fault::never_told:
          a.how = ending::timeout;
          break;
        default:
          a = serve(data, *r);
      }
      const settled s = h.settle(*r, a, now);
      CAPTURE(seed);
      CAPTURE(s.text);
      REQUIRE(s.found.fine());
    }
    CHECK(h.acknowledged() > 500);
  }
}

TEST_CASE("a server that forgets one acknowledged write is always found out, on each kind of key") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    troupe::prng random(seed);
    history h("k:", 3);
    store data;
    const auto lost_at = 20 + random.below(200);
    bool forgotten = false;
    finding found;
    for (std::uint64_t i = 0; !forgotten; ++i) {
      const auto r = h.next(random, start);
      REQUIRE(r);
      const store before = data;
      const answer a = serve(data, *r);
      // Deleting what is not there changes nothing, so there is nothing to forget.
      if (i >= lost_at && r->write != 0 && data != before) {
        data = before;
        forgotten = true;
      }
      CHECK(h.settle(*r, a, start).found.fine());
    }
    for (std::size_t key = 0; key < h.keys(); ++key) {
      const request r = h.read_back(key);
      const settled s = h.settle(r, serve(data, r), start);
      found.lost += s.found.lost;
      found.wrong += s.found.wrong;
      CHECK(s.text.empty() == s.found.fine());
    }
    CAPTURE(seed);
    CHECK(found.lost > 0);
    CHECK(found.wrong == 0);
  }
}

TEST_CASE("a server that goes back to an old copy of its data loses more than one write") {
  troupe::prng random(3);
  history h("k:", 12);
  store data;
  store old;
  for (int i = 0; i < 2000; ++i) {
    if (i == 1900) old = data;
    const auto r = h.next(random, start);
    CHECK(h.settle(*r, serve(data, *r), start).found.fine());
  }
  data = old;
  std::uint64_t lost = 0;
  for (std::size_t key = 0; key < h.keys(); ++key) {
    const request r = h.read_back(key);
    lost += h.settle(r, serve(data, r), start).found.lost;
  }
  CHECK(lost > 30);
}

TEST_CASE("a server that applies a write twice is found out") {
  troupe::prng random(5);
  history h("k:", 3);
  store data;
  finding found;
  bool twice = false;
  for (int i = 0; i < 100; ++i) {
    const auto r = h.next(random, start);
    if (!twice && i > 50 && r->what == action::append) {
      twice = true;
      const answer a = serve(data, *r);
      serve(data, *r);
      CHECK(h.settle(*r, a, start).found.fine());
    } else {
      found.wrong += h.settle(*r, serve(data, *r), start).found.wrong;
    }
  }
  CHECK(twice);
  CHECK(found.wrong > 0);
}

TEST_CASE("H2: after an unknown outcome the key is read before it is written") {
  troupe::prng random(1);
  history h("k:", 1);
  store data;
  troupe::time_point now = start;
  std::optional<request> r;
  while ((r = h.next(random, now))->write == 0) h.settle(*r, serve(data, *r), now);
  h.settle(*r, {.how = ending::closed}, now);
  for (int i = 0; i < 5; ++i) {
    now += 10s;
    r = h.next(random, now);
    CHECK(r->what == action::get);
    h.settle(*r, {.how = ending::unavailable}, now);
  }
  now += 10s;
  r = h.next(random, now);
  CHECK(r->what == action::get);
  h.settle(*r, serve(data, *r), now);
  bool wrote = false;
  for (int i = 0; i < 50 && !wrote; ++i) wrote = h.next(random, now)->write != 0;
  CHECK(wrote);
}

TEST_CASE("H3: a key that could not be served rests, longer each time, up to a second") {
  troupe::prng random(1);
  history h("k:", 1);
  troupe::time_point now = start + 1h;
  for (const auto rest : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
    const auto r = h.next(random, now);
    REQUIRE(r);
    h.settle(*r, {.how = ending::unavailable}, now);
    CHECK(h.next_try() == now + rest);
    CHECK_FALSE(h.next(random, now + rest - 1ns));
    now += rest;
  }
  // Once it is served again, it is as good as new.
  store data;
  const auto r = h.next(random, now);
  h.settle(*r, serve(data, *r), now);
  const auto again = h.next(random, now);
  REQUIRE(again);
  h.settle(*again, {.how = ending::unavailable}, now);
  CHECK(h.next_try() == now + 100ms);
}

TEST_CASE("K2: a write that was never sent can't happen later") {
  troupe::prng random(1);
  history h("k:", 1);
  store data;
  std::optional<request> r;
  while ((r = h.next(random, start))->what != action::set) h.settle(*r, serve(data, *r), start);
  h.settle(*r, {.how = ending::refused}, start);
  serve(data, *r);
  const request read = h.read_back(0);
  CHECK_FALSE(h.settle(read, serve(data, read), start).found.fine());
}

TEST_CASE("an error that no cluster should give, and a reply of the wrong type, count as wrong") {
  troupe::prng random(1);
  history h("k:", 1);
  auto r = h.next(random, start);
  auto s = h.settle(*r, {.how = ending::failure, .text = "ERR no such command"}, start);
  CHECK(s.found.wrong == 1);
  CHECK(s.text.find("ERR no such command") != std::string::npos);
  CHECK_FALSE(s.acknowledged);

  r = h.next(random, start + 1s);
  s = h.settle(*r, ok_answer(answer::type::other), start);
  CHECK(s.found.wrong == 1);
  CHECK_FALSE(s.acknowledged);
}

TEST_CASE("only what was acknowledged is counted and needs to be read back") {
  troupe::prng random(2);
  history h("k:", 30);
  store data;
  std::uint64_t acknowledged = 0;
  for (int i = 0; i < 20; ++i) {
    const auto r = h.next(random, start);
    const settled s = h.settle(*r, serve(data, *r), start);
    CHECK(s.acknowledged == (r->write != 0));
    if (s.acknowledged) ++acknowledged;
  }
  CHECK(h.acknowledged() == acknowledged);
  std::size_t to_read = 0;
  for (std::size_t key = 0; key < h.keys(); ++key) to_read += h.has_acknowledged(key) ? 1 : 0;
  CHECK(to_read > 0);
  CHECK(to_read < 30);
}

TEST_CASE("values are only read back as whole as they were written") {
  for (const std::uint64_t write : {1u, 96u, 97u, 4'000'000'000u}) {
    const std::string text = register_value("k:r0", write);
    CHECK(parse_register("k:r0", text) == write);
    CHECK(parse_register("k:r1", text) == 0);
    CHECK(parse_register("k:r0", text + "=") == 0);
    CHECK(parse_register("k:r0", text.substr(0, text.size() - 1)) == 0);
  }
  CHECK(parse_register("k:r0", "") == 0);
  CHECK(log_item(17).size() == log_item_bytes);
  CHECK(parse_log(log_item(1) + log_item(9'999'999'999)) == std::vector<std::uint64_t>{1, 9'999'999'999});
  CHECK(parse_log("") == std::vector<std::uint64_t>{});
  CHECK_FALSE(parse_log(log_item(1) + "0"));
  CHECK_FALSE(parse_log("0000000001,"));
  CHECK_FALSE(parse_log("00000x0001;"));
}

TEST_CASE("errors are told apart by their first word") {
  CHECK(classify_error("UNAVAILABLE node n2 is down") == ending::unavailable);
  CHECK(classify_error("TIMEOUT") == ending::timeout);
  CHECK(classify_error("OVERLOADED shard 3") == ending::overloaded);
  CHECK(classify_error("LOADING x") == ending::loading);
  CHECK(classify_error("ERR UNAVAILABLE") == ending::failure);
  CHECK(classify_error("UNAVAILABLEx") == ending::failure);
  CHECK(classify_error("") == ending::failure);
  CHECK_FALSE(may_have_happened(ending::refused));
  CHECK_FALSE(may_have_happened(ending::answered));
  CHECK(may_have_happened(ending::unavailable));
  CHECK(may_have_happened(ending::failure));
  ending_counts counts{};
  counts[static_cast<std::size_t>(ending::answered)] = 5;
  CHECK(describe_errors(counts) == "none");
  counts[static_cast<std::size_t>(ending::closed)] = 3;
  counts[static_cast<std::size_t>(ending::unavailable)] = 12;
  CHECK(describe_errors(counts) == "closed 3, UNAVAILABLE 12");
}

}  // namespace kv_verify_history_test
