// local_troupe: the local benchmark in troupe.
#include "troupe/scenarios.hpp"

int main(int argc, char** argv) {
  using namespace bench;
  run_program(argc, argv,
              {{"pingpong", pingpong},
               {"counting", counting},
               {"fanin", fanin},
               {"ring", ring},
               {"ask", ask},
               {"spawn", spawn},
               {"stop", stop},
               {"bytes", bytes},
               {"big", big},
               {"forkjoin", forkjoin},
               {"skynet", skynet},
               {"mixed", mixed},
               {"bank", bank},
               {"hot", hot},
               {"hot_among", hot_among},
               {"uniform", uniform},
               {"idle", idle},
               {"wakeup", wakeup},
               {"flood", flood},
               {"timers", timers},
               {"outrun", outrun},
               {"outrun_bounded", outrun_bounded},
               {"crash", supervised_crash},
               {"storm", supervised_storm},
               {"dynamic", supervised_dynamic},
               {"child_bytes", supervised_bytes},
               {"group", supervised_group}});
}
