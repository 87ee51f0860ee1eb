// kv_verify: writes to a cluster, remembers what was acknowledged, and proves that it is still there. See
// README.md.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <memory>
#include <random>
#include <string_view>
#include <vector>

#include "kv/verify/client.hpp"
#include "kv/verify/options.hpp"

namespace {

using namespace kv::verify;

constexpr int exit_fine = 0;
constexpr int exit_not_verified = 1;
constexpr int exit_wrong_usage = 2;
constexpr int exit_interrupted = 130;

// Waits for a signal of `set` until `until`; true when one came.
bool wait_for_signal(const sigset_t& set, troupe::duration until) {
  const auto left = std::max<troupe::duration::rep>((until - since_start()).count(), 0);
  const timespec time{static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
  return sigtimedwait(&set, nullptr, &time) > 0;
}

int fail(std::string_view text, int code) {
  std::fprintf(stderr, "kv_verify: %.*s\n", static_cast<int>(text.size()), text.data());
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const auto parsed = parse_options(arguments);
  if (!parsed) return fail(parsed.error().text, exit_wrong_usage);
  const options& o = *parsed;
  if (o.help) {
    std::fwrite(usage().data(), 1, usage().size(), stdout);
    return exit_fine;
  }

  board shared;
  if (const auto opened = shared.open_journal(o.journal); !opened)
    return fail(opened.error().text, exit_wrong_usage);
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);

  // Threads inherit the mask, so only this one takes the signals, and only while it waits for them.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  std::random_device entropy;
  const std::uint64_t run = (static_cast<std::uint64_t>(entropy()) << 32) | entropy();
  const std::uint64_t seed = o.seed != 0 ? o.seed : run;
  char prefix[32];
  std::snprintf(prefix, sizeof prefix, "v:%016llx", static_cast<unsigned long long>(run));
  std::printf("kv_verify: %zu nodes, %zu clients, keys %s:*, seed %llu\n", o.nodes.size(), o.clients, prefix,
              static_cast<unsigned long long>(seed));

  since_start();
  stop_flag stop;
  troupe::prng seeds(seed);
  std::vector<std::future<summary>> running;
  for (std::size_t i = 0; i < o.clients; ++i) {
    auto one =
        std::make_unique<client>(o, i, std::string(prefix) + ":" + std::to_string(i) + ":",
                                 std::max<std::size_t>(o.keys / o.clients, 3), seeds.next(), shared, stop);
    running.push_back(std::async(std::launch::async, [c = std::move(one)] { return c->run(); }));
  }

  figures total;
  const auto all_done = [&running] {
    for (const auto& f : running)
      if (f.wait_for(std::chrono::seconds{0}) != std::future_status::ready) return false;
    return true;
  };
  bool loading = true;
  std::uint64_t second = 0;
  const auto end_load = [&](std::string_view why) {
    loading = false;
    stop.stop();
    std::printf("kv_verify: %.*s: reading everything back, for %lld s at most\n",
                static_cast<int>(why.size()), why.data(),
                static_cast<long long>(troupe::duration_cast<troupe::seconds>(o.settle).count()));
  };
  while (loading || !all_done()) {
    // While it reads back it looks more often, so that a short reading ends at once.
    const troupe::duration line = std::chrono::seconds{second + 1};
    const troupe::duration look =
        loading ? line : std::min(line, since_start() + std::chrono::milliseconds{50});
    if (wait_for_signal(stop_signals, look)) {
      if (!loading) {
        fail("stopped before everything was read back", exit_interrupted);
        std::quick_exit(exit_interrupted);
      }
      end_load("signal");
    }
    if (since_start() >= line) {
      const figures f = shared.take();
      total.add(f);
      std::printf("%s\n", describe_second(++second, f).c_str());
    }
    if (loading && o.load != troupe::duration::zero() && since_start() >= o.load) end_load("load done");
  }

  summary all;
  for (auto& f : running) all.add(f.get());
  total.add(shared.take());
  std::printf("kv_verify: errors in all: %s\n", describe_errors(total.endings).c_str());
  if (all.acknowledged == 0) fail("nothing was acknowledged, so nothing was verified", exit_not_verified);
  std::printf("verify: acknowledged %llu, lost %llu, wrong %llu, unavailable %llu, longest delay %lld ms\n",
              static_cast<unsigned long long>(all.acknowledged),
              static_cast<unsigned long long>(all.found.lost),
              static_cast<unsigned long long>(all.found.wrong), static_cast<unsigned long long>(all.unread),
              static_cast<long long>(troupe::duration_cast<troupe::milliseconds>(total.longest).count()));
  return all.found.fine() && all.unread == 0 && all.acknowledged > 0 ? exit_fine : exit_not_verified;
}
