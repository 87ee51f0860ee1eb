// What philosophers and their table say to each other.
#pragma once

#include <string>
#include <troupe/troupe.hpp>
#include <vector>

namespace dining {

/// A fork is a message. It can be moved and not copied, so each is where it was sent to and nowhere else: no lock guards it, and
/// nobody can eat with a fork that he has given away.
class fork {
 public:
  explicit fork(int number) noexcept : number_(number) {}
  fork(fork&&) noexcept = default;
  fork& operator=(fork&&) noexcept = default;

  int number() const noexcept { return number_; }
  bool is_clean() const noexcept { return clean_; }
  void use() noexcept { clean_ = false; }
  void wash() noexcept { clean_ = true; }

 private:
  int number_;
  bool clean_ = false;
};

/// To a neighbour: I am hungry, and the fork between us is not with me.
struct please {
  int fork;
};

using neighbour = troupe::ref<fork, please>;

/// To a philosopher: who sits beside you. Dinner begins.
struct take_seat {
  neighbour left;
  neighbour right;
};

/// To a philosopher: what are you doing?
struct look {
  using reply = std::string;
};

/// To a philosopher: dinner is over, do not eat any more.
struct go_home {};

/// To the table: I have eaten once more.
struct ate {
  int seat;
  troupe::duration waited;  ///< from hunger to the first bite
  int overtakes;            ///< the most meals I have begun while one neighbour waited for one fork
  int robbed;               ///< how often I have given a fork away that I had waited for and not eaten with
};

/// How dinner was for one guest.
struct guest {
  std::string name;
  int meals = 0;
  troupe::duration longest_wait{};
  int overtakes = 0;
  int robbed = 0;
};

struct dinner {
  std::vector<guest> guests;
  int fewest_when_first_was_full = 0;  ///< meals of the hungriest guest when the first had had all of his
  std::vector<std::string> stuck;      ///< what each does, if nobody has eaten for too long
};

/// To the table: serve, and tell me how it was.
struct dine {
  using reply = dinner;
};

}  // namespace dining
