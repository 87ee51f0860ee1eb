// Messages one way: as many as the window allows are under way, and the receiver grants more.
#include <vector>

#include "troupe/nodes.hpp"

namespace bench::remote {
namespace {

// The first payload is not measured, and finds no memory that was used before.
constexpr std::chrono::seconds first_time_max{60};

struct begin {};

class source : public troupe::actor<begin, grant> {
 public:
  source(sink_ref to, const flow& f, std::uint64_t count, finish_line* finish)
      : to_(std::move(to)), pattern_(f.bytes), flow_(f), count_(count), finish_(finish) {}

  void on(const begin&) { send_more(); }

  void on(const grant& m) {
    expect(m.received > granted_ && m.received <= sent_, "a grant out of turn");
    granted_ = m.received;
    send_more();
    if (granted_ == count_) finish_->arrive(granted_);
  }

 private:
  void send_more() {
    for (; sent_ < count_ && sent_ - granted_ < flow_.window; ++sent_)
      if (flow_.bytes < blob_bytes_min)
        to_.tell(item{pattern_.make(sent_)});
      else
        to_.tell(bulk_item{sent_, rest_});
  }

  sink_ref to_;
  payload_pattern pattern_;
  troupe::blob rest_ = troupe::blob::copy_of(pattern_.rest());
  flow flow_;
  std::uint64_t count_;
  std::uint64_t sent_ = 0;
  std::uint64_t granted_ = 0;
  finish_line* finish_;
};

void one_way(const settings& s, const char* name, const flow& f, std::uint64_t pairs) {
  far_half far{name, s};
  auto& sys = meet(far, s);
  report_each(name, send_items(sys, f, pairs, s.size), s.size, "ns/message");
}

// The time for a mebibyte, so that lower is better here too.
void bulk(const settings& s, const char* name, const flow& f) {
  far_half far{name, s};
  auto& sys = meet(far, s, name);
  const auto answerer_ref = at_far<bulk_echo>(sys, "/user/answerer");
  const auto possible =
      answerer_ref.ask(bulk_echo{troupe::blob{payload_pattern{f.bytes}.make(0)}}, first_time_max).get();
  if (!possible && possible.error().code == troupe::errc::invalid) {
    std::fprintf(stderr, "%s: troupe refuses it: %s\n", name, possible.error().text.c_str());
    return;
  }
  expect(possible.has_value() && possible->size() == f.bytes, "one payload there and back");
  const double mebibytes = static_cast<double>(s.size) * static_cast<double>(f.bytes) / (1u << 20);
  const auto time = send_items(sys, f, 1, s.size);
  report(name, static_cast<double>(time.count()) / 1e3 / mebibytes, "us/MiB");
}

}  // namespace

std::chrono::nanoseconds send_items(troupe::system& sys, const flow& f, std::uint64_t pairs,
                                    std::uint64_t count) {
  auto& finish = immortal<finish_line>(pairs);
  static std::uint64_t made = 0;  // sources of a system have different names
  const std::uint64_t each = count / pairs;
  std::vector<troupe::ref<source>> sources;
  for (std::uint64_t i = 0; i < pairs; ++i) {
    const auto to = at_far<item, bulk_item, expect_items>(sys, "/user/sink" + std::to_string(i));
    sources.push_back(troupe::spawn<source>(sys, "source" + std::to_string(made++), to, f, each, &finish));
    const auto ready =
        to.ask(expect_items{f.bytes, f.grant, each, troupe::ref<grant>{sources.back()}}, ask_timeout).get();
    expect(ready && *ready == each, "the sink's answer");
  }
  const stopwatch time;
  for (const auto& one : sources) one.tell(begin{});
  expect(finish.wait() == each * pairs, "how many have arrived");
  return time.elapsed();
}

void oneway1(const settings& s) { one_way(s, "oneway1", oneway_flow, 1); }
void oneway5(const settings& s) { one_way(s, "oneway5", oneway_flow, pairs_max); }
void payload_100b(const settings& s) { bulk(s, "payload_100b", payload_100b_flow); }
void payload_1k(const settings& s) { bulk(s, "payload_1k", payload_1k_flow); }
void payload_10k(const settings& s) { bulk(s, "payload_10k", payload_10k_flow); }
void payload_1m(const settings& s) { bulk(s, "payload_1m", payload_1m_flow); }
void payload_60m(const settings& s) { bulk(s, "payload_60m", payload_60m_flow); }
void payload_100m(const settings& s) { bulk(s, "payload_100m", payload_100m_flow); }

}  // namespace bench::remote
