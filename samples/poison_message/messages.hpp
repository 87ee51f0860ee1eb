// What is said in this sample.
#pragma once

#include <string>
#include <troupe/troupe.hpp>

namespace post {

/// To the printer. It has a contract so that a dead letter says what was in it.
struct letter {
  int number = 0;
  std::string text;
  using reply = std::string;
};
TROUPE_CONTRACT(letter, "post.letter", 1, number, text)

/// To the tray of returned letters: this one can't be printed, and why. Somebody looks at them.
struct returned {
  letter what;
  std::string why;
};

/// To the tray: which letters lie there?
struct look_into {
  using reply = std::vector<int>;
};

}  // namespace post
