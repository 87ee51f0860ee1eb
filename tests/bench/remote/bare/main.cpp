// remote_bare: the same bytes between two processes without actors, with blocking reads and writes.
//
// roundtrip: 32 bytes there and back. latency: the same, due at fixed times. oneway, payload: a write for each payload, and the
// windows that all have; the receiver reads a small one out of what has come, and a large one into its place.
#include <algorithm>
#include <thread>
#include <vector>

#include "bare/socket.hpp"
#include "halves/half.hpp"
#include "halves/pace.hpp"
#include "halves/payload.hpp"
#include "halves/work.hpp"
#include "measure/finish.hpp"
#include "measure/latency.hpp"

namespace bench::remote {
namespace {

constexpr std::size_t read_bytes = 64u << 10;  // as much as troupe reads at once

struct ordered {
  std::uint64_t bytes;  // of each payload; 0: whatever comes goes back
  std::uint64_t grant;
  std::uint64_t count;
};

void reflect_all(bare_stream& stream) {
  std::vector<char> buffer(read_bytes);
  while (const std::size_t n = stream.read_some(buffer.data(), buffer.size()))
    stream.write_all(buffer.data(), n);
}

void take_items(bare_stream& stream, const ordered& what) {
  const payload_pattern pattern{what.bytes};
  std::vector<char> buffer(std::max(read_bytes, what.bytes));
  std::size_t have = 0;
  for (std::uint64_t received = 0; received < what.count;) {
    const std::size_t n = stream.read_some(buffer.data() + have, buffer.size() - have);
    expect(n > 0, "the sender stays");
    have += n;
    std::size_t at = 0;
    for (; have - at >= what.bytes; at += what.bytes) {
      expect(pattern.read({buffer.data() + at, what.bytes}) == received, "items out of order");
      ++received;
      if (received % what.grant == 0 || received == what.count) stream.write_all(&received, sizeof received);
    }
    std::copy(buffer.data() + at, buffer.data() + have, buffer.data());
    have -= at;
  }
}

void serve(bare_stream stream) {
  ordered what{};
  if (!stream.read_all(&what, sizeof what)) return;
  if (what.bytes == 0)
    reflect_all(stream);
  else
    take_items(stream, what);
}

void far(const std::string&, const settings&) {
  auto& listener = immortal<bare_listener>();
  say(listener.port());
  std::thread([&listener] {
    for (;;) std::thread([stream = listener.accept()]() mutable { serve(std::move(stream)); }).detach();
  }).detach();
}

bare_stream mirror(std::uint16_t port) {
  bare_stream out = bare_stream::to(port);
  const ordered what{};
  out.write_all(&what, sizeof what);
  return out;
}

void send_items(std::uint16_t port, const flow& f, std::uint64_t count) {
  bare_stream to = bare_stream::to(port);
  const ordered what{f.bytes, f.grant, count};
  to.write_all(&what, sizeof what);
  std::string payload = payload_pattern{f.bytes}.make(0);
  std::uint64_t granted = 0;
  const auto hear_grant = [&] { expect(to.read_all(&granted, sizeof granted), "the receiver stays"); };
  for (std::uint64_t sent = 0; sent < count; ++sent) {
    if (sent - granted == f.window) hear_grant();
    std::memcpy(payload.data(), &sent, sizeof sent);
    to.write_all(payload.data(), payload.size());
  }
  while (granted < count) hear_grant();
}

std::chrono::nanoseconds time_of(const char* name, const settings& s, const flow& f, std::uint64_t pairs) {
  far_half other{name, s};
  const auto port = static_cast<std::uint16_t>(other.hear());
  const stopwatch time;
  std::vector<std::thread> senders;
  for (std::uint64_t i = 0; i < pairs; ++i)
    senders.emplace_back([&] { send_items(port, f, s.size / pairs); });
  for (auto& one : senders) one.join();
  return time.elapsed();
}

void one_way(const settings& s, const char* name, const flow& f, std::uint64_t pairs) {
  report_each(name, time_of(name, s, f, pairs), s.size, "ns/message");
}

void bulk(const settings& s, const char* name, const flow& f) {
  const double mebibytes = static_cast<double>(s.size) * static_cast<double>(f.bytes) / (1u << 20);
  report(name, static_cast<double>(time_of(name, s, f, 1).count()) / 1e3 / mebibytes, "us/MiB");
}

void roundtrip(const settings& s) {
  far_half other{"roundtrip", s};
  bare_stream to = mirror(static_cast<std::uint16_t>(other.hear()));
  const payload_pattern pattern{small_bytes};
  const stopwatch time;
  for (std::uint64_t i = 0; i < s.size; ++i) {
    std::string payload = pattern.make(i);
    to.write_all(payload.data(), payload.size());
    expect(to.read_all(payload.data(), payload.size()) && pattern.read(payload) == i,
           "roundtrip: the answer");
  }
  report("roundtrip", static_cast<double>(time.elapsed().count()) / 1e3 / static_cast<double>(s.size),
         "us/ask");
}

void latency(const settings& s) {
  far_half other{"latency", s};
  bare_stream to = mirror(static_cast<std::uint16_t>(other.hear()));
  const payload_pattern pattern{small_bytes};
  latencies times;
  std::thread receiver([&] {
    std::string payload(small_bytes, '\0');
    while (times.size() < s.size && to.read_all(payload.data(), payload.size()))
      times.add(now_ns() - static_cast<std::int64_t>(pattern.read(payload)));
  });
  std::uint64_t sent = 0;
  pace(burst_interval, [&](std::int64_t at_ns) {
    const std::string payload = pattern.make(static_cast<std::uint64_t>(at_ns));
    for (std::uint64_t i = 0; i < burst; ++i) to.write_all(payload.data(), payload.size());
    sent += burst;
    return sent < s.size;
  });
  receiver.join();
  expect(times.size() == sent, "how many came back");
  times.report_as("latency", tail::with_p999);
}

}  // namespace
}  // namespace bench::remote

int main(int argc, char** argv) {
  using namespace bench;
  using namespace bench::remote;
  run_halves(argc, argv,
             {{"roundtrip", roundtrip},
              {"oneway1", [](const settings& s) { one_way(s, "oneway1", oneway_flow, 1); }},
              {"oneway5", [](const settings& s) { one_way(s, "oneway5", oneway_flow, pairs_max); }},
              {"payload_100b", [](const settings& s) { bulk(s, "payload_100b", payload_100b_flow); }},
              {"payload_1k", [](const settings& s) { bulk(s, "payload_1k", payload_1k_flow); }},
              {"payload_10k", [](const settings& s) { bulk(s, "payload_10k", payload_10k_flow); }},
              {"payload_1m", [](const settings& s) { bulk(s, "payload_1m", payload_1m_flow); }},
              {"payload_60m", [](const settings& s) { bulk(s, "payload_60m", payload_60m_flow); }},
              {"payload_100m", [](const settings& s) { bulk(s, "payload_100m", payload_100m_flow); }},
              {"latency", latency}},
             far);
}
