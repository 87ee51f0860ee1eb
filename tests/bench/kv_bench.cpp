// The kv sample on three nodes beside redis-server, driven by redis-benchmark, all in one run and in turns; then the same
// while shards crash; then how long a client waits after a crash, a kill and a start.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include "scenario/nodes.hpp"

using namespace scenario;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

using clock_type = std::chrono::steady_clock;

double ms_since(clock_type::time_point from) {
  return std::chrono::duration<double, std::milli>(clock_type::now() - from).count();
}

struct spread {
  std::vector<double> values;

  double at(double share) const {
    auto sorted = values;
    std::sort(sorted.begin(), sorted.end());
    return sorted.at(static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5));
  }
  double median() const { return at(0.5); }
};

// A redis-server of Debian's with its defaults and `more`.
class redis {
 public:
  redis(const fs::path& parent, std::vector<std::string> more) : directory_(parent), port_(free_port()) {
    std::vector<std::string> command{"redis-server", "--port", std::to_string(port_), "--dir",
                                     directory_.path().string()};
    command.insert(command.end(), more.begin(), more.end());
    process_ = std::make_unique<process>(command);
    process_->wait_for_output("Ready to accept connections");
  }
  std::uint16_t port() const { return port_; }

 private:
  temporary_directory directory_;
  std::uint16_t port_;
  std::unique_ptr<process> process_;
};

// Requests a second by test name. A reply that is an error ends redis-benchmark, and this.
std::map<std::string, double> redis_benchmark(std::uint16_t port, int requests, bool pipelined) {
  std::vector<std::string> command{"redis-benchmark",
                                   "-p",
                                   std::to_string(port),
                                   "-t",
                                   "ping,set,get,incr,mset",
                                   "-n",
                                   std::to_string(requests),
                                   "-r",
                                   "100000",
                                   "--csv"};
  if (pipelined) command.insert(command.end(), {"-P", "16"});
  process run{command};
  if (run.wait(600s) != 0) throw std::runtime_error("redis-benchmark failed: " + run.output());
  std::map<std::string, double> rates;
  std::string text = run.output();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const auto name_end = line.find("\",\"");
    if (line.empty() || line[0] != '"' || name_end == std::string::npos || line.starts_with("\"test\""))
      continue;
    rates[line.substr(1, name_end - 1)] = std::stod(line.substr(name_end + 3));
  }
  if (rates.size() != 6) throw std::runtime_error("redis-benchmark said something else: " + text);
  return rates;
}

// Crashes a shard every `gap`, each time another key's, as long as it lives.
class crasher {
 public:
  crasher(const nodes& cluster, std::chrono::milliseconds gap)
      : thread_([this, gap, c = cluster.connect(1)]() mutable {
          for (int i = 0; !stop_; ++i) {
            if (c.ask({"TROUPE", "CRASH", "crash:" + std::to_string(i)}).front() == '+') ++crashes_;
            std::this_thread::sleep_for(gap);
          }
        }) {}
  ~crasher() { finish(); }
  int finish() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return crashes_;
  }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<int> crashes_{0};
  std::thread thread_;
};

using rates_by_test = std::map<std::string, spread>;

void add(rates_by_test& all, const std::map<std::string, double>& one) {
  for (const auto& [test, rate] : one) all[test].values.push_back(rate);
}

void throughput(const nodes& cluster, const fs::path& parent, int rounds, int requests) {
  const redis plain(parent, {}), always(parent, {"--appendonly", "yes", "--appendfsync", "always"});
  for (const bool pipelined : {true, false}) {
    rates_by_test ours, crashing, theirs, theirs_synced;
    int crashes = 0;
    for (int round = 0; round < rounds; ++round) {
      add(ours, redis_benchmark(cluster.client_port(), requests, pipelined));
      add(theirs, redis_benchmark(plain.port(), requests, pipelined));
      add(theirs_synced, redis_benchmark(always.port(), requests, pipelined));
      crasher crash(cluster, 50ms);
      add(crashing, redis_benchmark(cluster.client_port(), requests, pipelined));
      crashes += crash.finish();
    }
    std::printf("\nrequests/s, median of %d (lowest to highest); redis-benchmark -n %d -r 100000%s\n", rounds,
                requests, pipelined ? " -P 16" : "");
    std::printf("%-24s %26s %26s %26s %26s %8s %8s\n", "", "troupe, 3 nodes", "troupe, crashing",
                "redis-server", "redis, fsync always", "to redis", "to fsync");
    for (const auto& [test, mine] : ours) {
      std::printf("%-24s", test.c_str());
      for (const spread* s :
           std::initializer_list<const spread*>{&mine, &crashing[test], &theirs[test], &theirs_synced[test]})
        std::printf(" %9.0f (%7.0f-%7.0f)", s->median(), s->at(0), s->at(1));
      std::printf(" %8.3f %8.3f\n", mine.median() / theirs[test].median(),
                  mine.median() / theirs_synced[test].median());
    }
    std::printf("shards crashed meanwhile: %d, error replies: 0\n", crashes);
    std::fflush(stdout);
  }
}

void print(const char* what, const spread& s) {
  std::printf("%-62s %8.2f ms  (%.2f to %.2f, %zu times)\n", what, s.median(), s.at(0), s.at(1),
              s.values.size());
  std::fflush(stdout);
}

void failures(nodes& cluster, int rounds) {
  std::printf("\ntimes as a client on n1 sees them, median (lowest to highest)\n");
  client c = cluster.connect(1);
  for (const std::size_t node : {1u, 2u}) {
    spread crash, quiet;
    for (int i = 0; i < 10 * rounds; ++i) {
      const std::string key = cluster.key_on(node, "c" + std::to_string(i));
      const auto before = clock_type::now();
      c.ask({"GET", key});
      quiet.values.push_back(ms_since(before));
      const auto from = clock_type::now();
      c.ask({"TROUPE", "CRASH", key});
      if (c.ask({"GET", key}).front() != '$') throw std::runtime_error("a crash was answered with an error");
      crash.values.push_back(ms_since(from));
    }
    print(node == 1 ? "GET of a key on n1, undisturbed" : "GET of a key on n2, undisturbed", quiet);
    print(node == 1 ? "shard of n1 crashed to first served" : "shard of n2 crashed to first served", crash);
  }
  const std::string key = cluster.key_on(2);
  spread noticed, back;
  for (int i = 0; i < 2 * rounds; ++i) {
    const auto from = clock_type::now();
    cluster.at(2).signal(SIGKILL);
    while (!c.ask({"GET", key}).starts_with("-UNAVAILABLE")) {
    }
    noticed.values.push_back(ms_since(from));
    cluster.at(2).wait();
    const auto started = clock_type::now();
    std::thread start([&] { cluster.start(2); });
    while (c.ask({"GET", key}).front() != '$') std::this_thread::sleep_for(1ms);
    back.values.push_back(ms_since(started));
    start.join();
    cluster.wait_until_serving(1);
  }
  print("SIGKILL to node n2 to the first -UNAVAILABLE", noticed);
  print("n2 started again to its key served through n1", back);
}

int run(const fs::path& parent, bool quick) {
  const int rounds = quick ? 1 : 5;
  // More crashes in a row than the default intensity allows, on purpose.
  nodes cluster(3, "restart_intensity = 1000\n", parent);
  throughput(cluster, parent, rounds, quick ? 20000 : 100000);
  failures(cluster, rounds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc == 3 && std::string{argv[2]} == "--quick";
  if (argc < 2 || (argc > 2 && !quick)) {
    std::fprintf(stderr, "kv_bench DIRECTORY [--quick]\n");
    return 2;
  }
  end_processes_on_signals();
  try {
    return run(argv[1], quick);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "kv_bench: %s\n", e.what());
    return 1;
  }
}
