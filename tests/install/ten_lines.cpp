// A whole program against the installed package.
#include <iostream>
#include <troupe/troupe.hpp>

struct twice { int n; using reply = int; };
struct doubler : troupe::actor<twice> {
  int on(const twice& m) { return 2 * m.n; }
};

int main() {
  troupe::system sys;
  auto d = troupe::spawn<doubler>(sys, "doubler");
  std::cout << d.ask(twice{21}, troupe::seconds{5}).get().value() << "\n";
}
