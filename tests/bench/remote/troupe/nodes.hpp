// The scenarios between two nodes of troupe: written as a user would, with default settings apart from the number of workers.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <troupe/node/remoting.hpp>
#include <troupe/troupe.hpp>

#include "halves/half.hpp"
#include "halves/payload.hpp"
#include "halves/work.hpp"
#include "measure/finish.hpp"
#include "measure/latency.hpp"
#include "measure/program.hpp"

namespace bench::remote {

/// A message one way, or to be sent back.
struct item {
  std::string payload;
};
TROUPE_CONTRACT(item, "bench.item", 1, payload)
/// The same of `blob_bytes_min` or more: a number, and bytes that its sender has and shares.
struct bulk_item {
  std::uint64_t number;
  troupe::blob rest;
};
TROUPE_CONTRACT(bulk_item, "bench.bulk_item", 1, number, rest)
inline constexpr std::size_t blob_bytes_min = 10u << 10;  // as SHARED_BYTES_MIN in erlang/remote.hrl
/// What is to be answered with the same.
struct echo {
  std::string payload;
  using reply = std::string;
};
TROUPE_CONTRACT(echo, "bench.echo", 1, payload)
/// The same of much.
struct bulk_echo {
  troupe::blob payload;
  using reply = troupe::blob;
};
TROUPE_CONTRACT(bulk_echo, "bench.bulk_echo", 1, payload)
/// So many items have come in all.
struct grant {
  std::uint64_t received;
};
TROUPE_CONTRACT(grant, "bench.grant", 1, received)
/// To a sink: what comes, and who is granted more.
struct expect_items {
  std::uint64_t bytes;
  std::uint64_t each_grant;
  std::uint64_t count;
  troupe::ref<grant> from;
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(expect_items, "bench.expect_items", 1, bytes, each_grant, count, from)
/// To a mirror: whom it sends items back to.
struct reflect {
  troupe::ref<item> to;
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(reflect, "bench.reflect", 1, to)
/// Whether the other side can be asked.
struct knock {
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(knock, "bench.knock", 1)
/// To a porter: whether it can ask back.
struct knock_back {
  troupe::ref<knock> at;
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(knock_back, "bench.knock_back", 1, at)

/// Takes items, checks each, and grants more.
using sink_ref = troupe::ref<item, bulk_item, expect_items>;
/// Sends items back.
using mirror_ref = troupe::ref<item, reflect>;

/// The near node, met with the far one: refs both ways work. Lives as long as the process. `by_tls`: with the node that the far half has started
/// second, which the scenario `tls` has.
troupe::system& meet(far_half& far, const settings& s, const std::string& scenario = {}, bool by_tls = false);
/// The files of that node, in both halves of the scenario `tls`.
troupe::port::credential_files credentials_of(const std::string& node);
/// An actor of the far node.
template <class... Ts>
troupe::ref<Ts...> at_far(troupe::system& sys, const std::string& path) {
  return troupe::node(sys, "far").ref<Ts...>(path);
}

/// What the far half has: a porter, `pairs_max` sinks, a mirror, one that answers; for `connections` peers only.
void start_far(const std::string& scenario, const settings& s);
/// The far half of `connections`.
void start_peers(const settings& s);
/// Lets this process open as many descriptors as it ever may.
void allow_descriptors();

/// Has `pairs` senders send `count` items in all, and waits until all have arrived and been checked.
/// Returns how long that took.
std::chrono::nanoseconds send_items(troupe::system& sys, const flow& f, std::uint64_t pairs,
                                    std::uint64_t count);
/// Sends items to the mirror and back, `a_tick` due at each tick, until `goes_on` is false for the next one; reports their times.
void mirror_times(troupe::system& sys, const char* name, std::uint64_t a_tick,
                  std::chrono::nanoseconds interval, const std::function<bool(std::uint64_t sent)>& goes_on);

void roundtrip(const settings& s);
void oneway1(const settings& s);
void oneway5(const settings& s);
void payload_100b(const settings& s);
void payload_1k(const settings& s);
void payload_10k(const settings& s);
void payload_1m(const settings& s);
void payload_60m(const settings& s);
void payload_100m(const settings& s);
void tls(const settings& s);
void latency(const settings& s);
void heartbeat(const settings& s);
void connections(const settings& s);

}  // namespace bench::remote
