// poison_message: what becomes of a message that its recipient always fails on. See README.md.
#include "act.hpp"

namespace {

troupe::config_schema schema() {
  troupe::config_schema s{"POISON"};
  s.integer("poison.retries")
      .def(2)
      .range(0, 20)
      .help("how often a letter is tried again where the policy says so");
  s.integer("poison.act").def(0).range(0, 6).help("only this one, from 1; 0: all");
  return s;
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, schema());
  const auto only = config.get_int("poison.act");
  int number = 0, wrong = 0;
  try {
    for (const auto& one : post::acts(static_cast<unsigned>(config.get_int("poison.retries"))))
      if (++number; only == 0 || only == number) wrong += post::play(one) ? 0 : 1;
  } catch (const std::exception& e) {
    std::printf("poison_message: FAILED: %s\n", e.what());
    return 1;
  }
  std::printf(wrong == 0 ? "\npoison_message: every letter was printed, or somebody was told why not\n"
                         : "\npoison_message: FAILED: %d\n",
              wrong);
  return wrong == 0 ? 0 : 1;
}
