// libFuzzer target for what a peer says about its services, contracts and the actors that it wants spawned (HO1-HO3, AG1-AG4, NS1, CN1): ordinary messages,
// which are judged by more than their fields (R8). The first byte says which it is. Build with -fsanitize=fuzzer,address,undefined.
//
// What must hold for any input:
//  - what decodes is written again as what decodes to the same bytes;
//  - offers that are heard stay within the limit, each actor's once a service, and an answer that is refused changes nothing;
//  - sets of contracts compare in both directions, and a set agrees with itself.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <troupe/agreement/agreement.hpp>
#include <troupe/contract/pack.hpp>
#include <troupe/node/child_messages.hpp>
#include <troupe/node/spawn_messages.hpp>
#include <troupe/services/heard_offers.hpp>
#include <utility>
#include <vector>

#include "cells.hpp"
#include "choices.hpp"

namespace {

using namespace troupe;
using fuzz::choices;
using fuzz::require;

template <class M>
std::optional<M> read(std::string_view bytes) {
  auto first = unpack<M>(bytes);
  if (!first) {
    require(first.error().code == errc::decode_error && !first.error().text.empty());
    return {};
  }
  const std::string written = pack(*first);
  const auto second = unpack<M>(written);
  require(second.has_value() && pack(*second) == written);
  return std::move(*first);
}

// ---- services

constexpr std::size_t offers_max = 4;

void check_offers(const services::heard_offers& heard) {
  const std::vector<service_offer> all = heard.all();
  require(all.size() == heard.size() && all.size() <= offers_max);
  std::map<std::pair<std::string, any_ref>, int> times;
  for (std::size_t i = 0; i < all.size(); ++i) {
    require(i == 0 || all[i - 1].number < all[i].number);
    require(++times[{all[i].name, all[i].who}] == 1);
  }
}

// Answers one behind the other: each is as long as two bytes in front of it say.
void hear(choices from) {
  services::heard_offers heard{offers_max};
  while (from.any()) {
    const std::size_t bytes = from.below(256) << 8 | from.below(256);
    const bool at_once = from.below(2) == 1;
    const auto m = read<services_told>(from.bytes(bytes));
    if (!m) continue;
    const auto before = heard.all();
    const auto asked = heard.question();
    const auto news = heard.take(*m, at_once, [](const told_offer& o) { return bool(o.who); });
    check_offers(heard);
    if (!news) {
      require(news.error().code == errc::invalid && heard.all() == before && heard.question() == asked);
      continue;
    }
    // What was there, less what has gone, and what has come, is what is there.
    std::map<std::uint64_t, service_offer> now;
    for (const auto& o : before) now[o.number] = o;
    for (const auto& o : news->gone) {
      const bool was = now.erase(o.number) == 1;
      bool is_new = false;  // what came and went again in one answer
      for (const auto& c : news->come) is_new |= c.number == o.number;
      require(was || is_new);
    }
    for (const auto& o : news->come) now[o.number] = o;
    std::vector<service_offer> expected;
    for (auto& [number, o] : now) expected.push_back(std::move(o));
    require(expected == heard.all());
  }
}

// ---- contracts

void compare(choices from) {
  const std::size_t bytes = from.below(256) << 8 | from.below(256);
  const auto a = read<schema::contract_set>(from.bytes(bytes));
  const auto b = read<schema::contract_set>(from.bytes(SIZE_MAX));
  for (const auto* mine : {&a, &b}) {
    if (!*mine) continue;
    const agreement with_itself = agree(**mine, **mine);
    require(with_itself.misread.empty() && with_itself.differ == 0);
    require((digest_of(**mine) == 0) == (*mine)->messages.empty());
  }
  if (!a || !b) return;
  const agreement here = agree(*a, *b), there = agree(*b, *a);
  for (const agreement* const all : {&here, &there})
    for (const auto& [hash, m] : all->misread) {
      require(find(a->messages, m.name) && find(b->messages, m.name) && !m.changes.empty());
      require(to_line(m, 100).size() <= 100);
    }
}

// ---- spawning

void spawn(std::string_view bytes) {
  read<spawn_request>(bytes);
  read<spawn_kept>(bytes);
  read<spawned_actor>(bytes);
  read<child_request>(bytes);
}

}  // namespace

/// What libFuzzer calls.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const choices rest{data + 1, size - 1};
  switch (data[0] % 3) {
    case 0:
      hear(rest);
      break;
    case 1:
      compare(rest);
      break;
    default:
      spawn({reinterpret_cast<const char*>(data + 1), size - 1});
  }
  return 0;
}
