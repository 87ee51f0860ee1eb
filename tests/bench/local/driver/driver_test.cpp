// The benchmark's own arithmetic: which runs are compared, and how.
#include <doctest/doctest.h>

#include <stdexcept>

#include "driver/options.hpp"
#include "driver/output.hpp"
#include "driver/run.hpp"

using namespace bench;

namespace {

row row_of(std::vector<sample> ours, std::vector<sample> theirs) {
  row r{.figure = "pingpong", .workers = 2, .unit = "ns/message"};
  r.samples[static_cast<std::size_t>(language::troupe)] = std::move(ours);
  r.samples[static_cast<std::size_t>(language::caf)] = std::move(theirs);
  return r;
}

}  // namespace

TEST_CASE("the median of an even number of runs is the mean of the two in the middle") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 2, 3}) == 2.5);
  CHECK(median({7}) == 7);
}

TEST_CASE("SA1: a run has the mode of before only if it is the mode of after") {
  CHECK(mode_of_run(27, 31) == core_mode::near);
  CHECK(mode_of_run(165, 140) == core_mode::far);
  CHECK(mode_of_run(80, 75) == core_mode::between);
  CHECK(mode_of_run(27, 165) == core_mode::mixed);
}

TEST_CASE("SA2: only runs of the mode that all languages have most of are compared") {
  const auto r =
      compare(row_of({{10, 27, core_mode::near}, {90, 165, core_mode::far}, {12, 28, core_mode::near}},
                     {{200, 165, core_mode::far}, {100, 27, core_mode::near}, {104, 29, core_mode::near}}));
  CHECK(r.mode == core_mode::near);
  CHECK(r.by[0]->median == 11);
  CHECK(r.by[1]->median == 102);
  CHECK(r.by[1]->low == 100);
  CHECK(r.by[1]->high == 104);
  CHECK(r.by[1]->runs == 2);
  CHECK(r.c2c_ns == 27.5);
  CHECK(*r.ratio(language::caf) == doctest::Approx(102.0 / 11));
  CHECK_FALSE(r.ratio(language::erlang));
}

TEST_CASE("SA2: without a mode that all languages have, all runs count and the row says mixed") {
  const auto r = row_of({{10, 27, core_mode::near}}, {{200, 165, core_mode::far}});
  CHECK(comparable_runs(r) == 0);
  CHECK(compare(r).mode == core_mode::mixed);
  CHECK(compare(r).by[1]->median == 200);
}

TEST_CASE("SA3: with one worker all runs are compared") {
  auto r = row_of({{10}, {20}, {30}}, {{100}, {300}, {200}});
  CHECK(comparable_runs(r) == 3);
  CHECK(compare(r).mode == core_mode::none);
  CHECK(*compare(r).ratio(language::caf) == 10);
}

TEST_CASE("a program's lines are read as figures, and anything else is an error that quotes it") {
  CHECK(read_figures("figure=ring value=19.5 unit=ns/message\nfigure=bytes value=3e2 unit=bytes\n") ==
        std::vector<figure_line>{{"ring", 19.5, "ns/message"}, {"bytes", 300, "bytes"}});
  for (const char* wrong : {"hello", "figure=ring value=x unit=ns", "figure=ring value=nan unit=ns",
                            "figure=ring value=1", "figure= value=1 unit=ns"})
    CHECK_THROWS_WITH_AS(read_figures(wrong), doctest::Contains(wrong), std::runtime_error);
}

TEST_CASE("a run gives output and exit code, and one that takes too long is killed") {
  using namespace std::chrono_literals;
  const auto ok = run({"sh", "-c", "echo hello; exit 3"}, 10s);
  CHECK(ok.exit_code == 3);
  CHECK(ok.output == "hello\n");
  CHECK(run({"sh", "-c", "exec tail -f /dev/null"}, 50ms).exit_code == -1);
  CHECK(run({"no-such-program-anywhere"}, 10s).exit_code == 127);
}

TEST_CASE(
    "the command line picks scenarios, workers, rounds and languages, and names what it does not know") {
  const auto o = read_options({"--quick", "--only", "pingpong,ring", "--workers", "1", "--by", "troupe,caf"});
  CHECK(o.rounds == 1);
  CHECK(o.only == std::vector<std::string>{"pingpong", "ring"});
  CHECK(o.wants(1U));
  CHECK_FALSE(o.wants(2U));
  CHECK(o.wants(language::caf));
  CHECK_FALSE(o.wants(language::erlang));
  CHECK(read_options({}).rounds == 5);
  CHECK(read_options({"--quick", "--rounds", "3"}).rounds == 3);
  CHECK_THROWS_WITH_AS(read_options({"--only", "pingpung"}), doctest::Contains("no scenario 'pingpung'"),
                       std::invalid_argument);
  CHECK_THROWS_AS(read_options({"--rounds", "0"}), std::invalid_argument);
  CHECK_THROWS_AS(read_options({"--rounds"}), std::invalid_argument);
  CHECK_THROWS_AS(read_options({"--fast"}), std::invalid_argument);
}

TEST_CASE("the JSON has every figure of a row, and null where there is none") {
  const auto text = to_json({compare(row_of({{10, 27, core_mode::near}}, {{150, 29, core_mode::near}}))});
  CHECK(text ==
        "[\n  {\"scenario\":\"pingpong\",\"workers\":2,\"troupe\":10,\"troupe_low\":10,\"troupe_high\":10,"
        "\"troupe_runs\":1,\"caf\":150,\"caf_low\":150,\"caf_high\":150,\"caf_runs\":1,\"erlang\":null,"
        "\"bare\":null,\"unit\":\"ns/message\",\"ratio_caf\":15,\"ratio_erlang\":null,\"ratio_bare\":null,"
        "\"target_caf\":15,\"target_erlang\":8,\"target_of_bare\":null,\"target_most\":null,\"c2c_ns\":28,"
        "\"mode\":\"near\"}\n]\n");
}

TEST_CASE("a ratio below its target is marked") {
  CHECK(table_row(compare(row_of({{10, 27, core_mode::near}}, {{150, 27, core_mode::near}})))
            .find("15.0 of 15.0") != std::string::npos);
  CHECK(table_row(compare(row_of({{10, 27, core_mode::near}}, {{149, 27, core_mode::near}})))
            .find("14.9 < 15.0") != std::string::npos);
}

TEST_CASE("a hot set among many is set beside the same alone, with the same number of workers") {
  auto alone = row_of({{100, 27, core_mode::near}}, {});
  alone.figure = "hot";
  auto among = row_of({{105, 27, core_mode::near}}, {});
  among.figure = "hot_among";
  CHECK(scale_lines({compare(alone), compare(among)}) ==
        "a hot set among many, by alone, 2 workers: 1.05 within 1.10\n");
  among.workers = 8;
  CHECK(scale_lines({compare(alone), compare(among)}).empty());
}

TEST_CASE("a hundred times as many children are set beside few") {
  auto few = row_of({{100, 27, core_mode::near}}, {}), many = row_of({{121, 27, core_mode::near}}, {});
  few.figure = "dynamic_start_hundredth";
  many.figure = "dynamic_start";
  CHECK(scale_lines({compare(few), compare(many)}) ==
        "the start of each of many children, by each of a hundredth, 2 workers: 1.21 MORE THAN 1.20\n");
}

TEST_CASE("every target belongs to a scenario, so none is missed by a typing mistake") {
  for (const char* name :
       {"pingpong", "counting", "fanin", "ring", "big", "forkjoin", "spawn", "stop", "bytes", "skynet",
        "mixed", "ask", "bank", "idle", "uniform", "oneway1", "oneway5"}) {
    const auto t = target_of(name);
    CAPTURE(name);
    CHECK((t.caf > 0 || t.most > 0));
    CHECK(read_options({"--only", name}).only == std::vector<std::string>{name});
  }
}

TEST_CASE("PL1: quick takes a tenth of the work, or what the scenario says") {
  const planned tenth{"ring", 5'000, {}, {}}, own{"heartbeat", 18, {}, {}, suite::remote, 5};
  CHECK(tenth.size_of(false) == 5'000);
  CHECK(tenth.size_of(true) == 500);
  CHECK(own.size_of(false) == 18);
  CHECK(own.size_of(true) == 5);
}

TEST_CASE("no scenario is run with nothing to do, and one that is left out says why") {
  for (const planned& p : plan()) {
    CAPTURE(p.name);
    CHECK((p.size_of(true) > 0) == p.left_out.empty());
    CHECK(p.by.empty() == !p.left_out.empty());
  }
}

TEST_CASE("a suite has its own scenarios, programs and Erlang module") {
  const auto o = read_options({"--suite", "remote"});
  for (const planned& p : plan()) CHECK(o.wants(p) == (p.in == suite::remote));
  CHECK(program_prefix(suite::remote) == "remote_");
  CHECK(program_prefix(suite::supervision) == "local_");
  CHECK(erlang_module(suite::remote) == "bench_remote");
  CHECK(erlang_module(suite::local) == "bench_main");
  CHECK_THROWS_WITH_AS(read_options({"--suite", "far"}), doctest::Contains("remote; not 'far'"),
                       std::invalid_argument);
}
