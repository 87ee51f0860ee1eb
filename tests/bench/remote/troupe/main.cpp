// remote_troupe: the benchmark between two processes in troupe.
#include "troupe/nodes.hpp"

int main(int argc, char** argv) {
  using namespace bench::remote;
  run_halves(argc, argv,
             {{"roundtrip", roundtrip},
              {"oneway1", oneway1},
              {"oneway5", oneway5},
              {"payload_100b", payload_100b},
              {"payload_1k", payload_1k},
              {"payload_10k", payload_10k},
              {"payload_1m", payload_1m},
              {"payload_60m", payload_60m},
              {"payload_100m", payload_100m},
              {"tls", tls},
              {"latency", latency},
              {"heartbeat", heartbeat},
              {"connections", connections}},
             start_far);
}
