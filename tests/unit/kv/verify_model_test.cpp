#include <doctest/doctest.h>

#include <cstdint>
#include <kv/verify/key_model.hpp>
#include <vector>

namespace kv_verify_model_test {

using kv::verify::counter_model;
using kv::verify::finding;
using kv::verify::log_model;
using kv::verify::register_model;

namespace {

constexpr finding fine{};
constexpr finding lost(std::uint64_t n) { return {.lost = n, .wrong = 0}; }
constexpr finding wrong(std::uint64_t n) { return {.lost = 0, .wrong = n}; }

using items = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("K1: a register returns the last acknowledged write") {
  register_model m;
  CHECK(m.read(0) == fine);
  m.set_done(1);
  CHECK(m.read(1) == fine);
  m.set_done(2);
  CHECK(m.read(2) == fine);
  CHECK(m.delete_done(3, true) == fine);
  CHECK(m.read(0) == fine);
  CHECK(m.delete_done(4, false) == fine);
}

TEST_CASE("K4: a lost write is found: an older value, or none, in the place of the acknowledged one") {
  register_model m;
  m.set_done(1);
  m.set_done(2);
  CHECK(m.read(1) == lost(1));
  CHECK(m.read(1) == fine);  // counted once

  m.set_done(3);
  CHECK(m.read(0) == lost(1));
  CHECK(m.read(0) == fine);

  m.set_done(4);
  CHECK(m.delete_done(5, true) == fine);
  CHECK(m.read(4) == lost(1));
}

TEST_CASE("K4: DEL tells of a lost write by what it found") {
  register_model m;
  m.set_done(1);
  CHECK(m.delete_done(2, false) == lost(1));
  CHECK(m.delete_done(3, true) == lost(1));  // the deletion was undone

  register_model fresh;
  CHECK(fresh.delete_done(1, true) == wrong(1));
}

TEST_CASE("K4: a value that was never sent is wrong") {
  register_model m;
  m.set_done(1);
  CHECK(m.read(7) == wrong(1));
}

TEST_CASE("K2: an unknown SET may have happened or not, and may still happen after later writes") {
  register_model m;
  m.set_done(1);
  m.set_unknown(2);
  CHECK(m.read(1) == fine);
  m.set_done(3);
  CHECK(m.read(3) == fine);
  CHECK(m.read(2) == fine);  // it has happened only now
}

TEST_CASE("K3: an unknown SET that was seen can't happen again, nor can what it replaced come back") {
  register_model m;
  m.set_done(1);
  m.set_unknown(2);
  CHECK(m.read(2) == fine);
  CHECK(m.read(1) == lost(1));

  register_model n;
  n.set_unknown(1);
  CHECK(n.read(1) == fine);
  n.set_done(2);
  CHECK(n.read(1) == lost(1));
}

TEST_CASE("K2: an unknown DEL explains one disappearance, not two") {
  register_model m;
  m.set_done(1);
  m.delete_unknown();
  CHECK(m.read(1) == fine);
  CHECK(m.read(0) == fine);
  m.set_done(2);
  CHECK(m.read(0) == lost(1));

  register_model n;
  n.set_done(1);
  n.delete_unknown();
  CHECK(n.delete_done(2, false) == fine);
  n.set_done(3);
  CHECK(n.delete_done(4, false) == lost(1));
}

TEST_CASE("K2: DEL may find what an unknown SET has written") {
  register_model m;
  m.set_unknown(1);
  CHECK(m.delete_done(2, true) == fine);
}

TEST_CASE("K1, K4: a counter never goes back, and every step back is a lost write") {
  counter_model m;
  CHECK(m.read(0) == fine);
  CHECK(m.increment_done(1) == fine);
  CHECK(m.increment_done(2) == fine);
  CHECK(m.increment_done(3) == fine);
  CHECK(m.read(1) == lost(2));
  CHECK(m.read(1) == fine);
  CHECK(m.increment_done(1) == lost(1));
  CHECK(m.increment_done(3) == wrong(1));  // one that nobody sent, or one that happened twice
}

TEST_CASE("K2, K3: unknown increments make a range, and each of them counts once") {
  counter_model m;
  CHECK(m.increment_done(1) == fine);
  m.increment_unknown();
  m.increment_unknown();
  CHECK(m.read(1) == fine);
  CHECK(m.read(2) == fine);
  CHECK(m.increment_done(4) == fine);  // the second has happened by now
  CHECK(m.read(5) == wrong(1));

  counter_model n;
  n.increment_unknown();
  CHECK(n.increment_done(2) == fine);
  CHECK(n.read(1) == lost(1));
}

TEST_CASE("K1, K4: a log keeps each acknowledged item once and in order") {
  log_model m;
  CHECK(m.read({}) == fine);
  CHECK(m.append_done(1, 1) == fine);
  CHECK(m.append_done(2, 2) == fine);
  CHECK(m.append_done(3, 3) == fine);
  CHECK(m.read(items{1, 2, 3}) == fine);
  CHECK(m.read(items{1, 3}) == lost(1));
  CHECK(m.read(items{1, 3}) == fine);
  CHECK(m.read(items{3, 1}) == wrong(1));
  CHECK(m.read(items{3, 1, 1}) == wrong(1));
  CHECK(m.read({}) == lost(3));
  CHECK(m.append_done(4, 1) == fine);
  CHECK(m.read(items{4, 9}) == wrong(1));
}

TEST_CASE("K4: the length that APPEND returns tells of a loss at once") {
  log_model m;
  CHECK(m.append_done(1, 1) == fine);
  CHECK(m.append_done(2, 2) == fine);
  CHECK(m.append_done(3, 2) == lost(1));
  log_model n;
  CHECK(n.append_done(1, 2) == wrong(1));
}

TEST_CASE("K1: SET starts a log anew") {
  log_model m;
  CHECK(m.append_done(1, 1) == fine);
  m.restart_done(2);
  CHECK(m.append_done(3, 2) == fine);
  CHECK(m.read(items{2, 3}) == fine);
  m.restart_done(4);
  CHECK(m.read(items{2, 3}) == lost(1));
}

TEST_CASE("K2: an unknown APPEND may stand anywhere behind what was there when it was sent") {
  for (const items& seen : {items{1, 2, 3}, items{1, 9, 2, 3}, items{1, 2, 9, 3}, items{1, 2, 3, 9}}) {
    log_model m;
    CHECK(m.append_done(1, 1) == fine);
    m.append_unknown(9);
    CHECK(m.append_done(2, 2) == fine);
    CHECK(m.append_done(3, 4) == fine);
    CHECK(m.read(seen) == fine);
  }
  log_model m;
  CHECK(m.append_done(1, 1) == fine);
  m.append_unknown(9);
  CHECK(m.append_done(2, 2) == fine);
  CHECK(m.read(items{9, 1, 2}) == wrong(1));
}

TEST_CASE("K3: an unknown APPEND happens once, and not in the middle of what was read without it") {
  log_model m;
  m.append_unknown(9);
  CHECK(m.append_done(1, 1) == fine);
  CHECK(m.append_done(2, 2) == fine);
  CHECK(m.read(items{1, 2}) == fine);
  CHECK(m.read(items{1, 2, 9}) == fine);
  CHECK(m.read(items{1, 2, 9, 9}) == wrong(1));

  log_model n;
  n.append_unknown(9);
  CHECK(n.append_done(1, 1) == fine);
  CHECK(n.append_done(2, 2) == fine);
  CHECK(n.read(items{1, 2}) == fine);
  CHECK(n.read(items{1, 9, 2}) == wrong(1));
}

TEST_CASE("K2: an unknown restart cuts a log where it took place, never before it was sent") {
  for (const items& seen : {items{1, 2, 3}, items{9, 2, 3}, items{9, 3}, items{9}}) {
    log_model m;
    CHECK(m.append_done(1, 1) == fine);
    m.restart_unknown(9);
    CHECK(m.append_done(2, 2) == fine);
    CHECK(m.append_done(3, 2) == fine);  // either way is possible
    CHECK(m.read(seen) == fine);
  }
  log_model m;
  CHECK(m.append_done(1, 1) == fine);
  m.restart_unknown(9);
  CHECK(m.append_done(2, 2) == fine);
  CHECK(m.append_done(3, 3) == fine);
  CHECK(m.read(items{9, 2}) == lost(1));
  CHECK(m.read(items{9, 2}) == fine);
  CHECK(m.append_done(4, 2) == lost(1));

  log_model n;
  CHECK(n.append_done(1, 1) == fine);
  n.restart_unknown(9);
  CHECK(n.read(items{9, 1}) == wrong(1));
}

TEST_CASE("K2: an unknown write may come after an acknowledged restart, an unknown restart after both") {
  log_model m;
  CHECK(m.append_done(1, 1) == fine);
  m.append_unknown(7);
  m.restart_unknown(8);
  m.restart_done(9);
  CHECK(m.append_done(10, 2) == fine);
  CHECK(m.read(items{8, 10, 7}) == fine);
  CHECK(m.read(items{9, 10}) == lost(2));
}

TEST_CASE("K2: an unknown restart stands only at the front, an unknown APPEND only once") {
  log_model m;
  CHECK(m.append_done(1, 1) == fine);
  m.restart_unknown(9);
  CHECK(m.read(items{1, 9}) == wrong(1));

  log_model n;
  CHECK(n.append_done(1, 1) == fine);
  n.append_unknown(9);
  CHECK(n.read(items{1, 9, 9}) == wrong(1));
}

}  // namespace kv_verify_model_test
