// A program with CAF peers against the installed package: it finds its own actor through the port.
#include <iostream>
#include <troupe/basp/basp.hpp>
#include <troupe/troupe.hpp>

struct twice {
  std::int32_t n = 0;
  using reply = std::int32_t;
};
TROUPE_CONTRACT(twice, "install.twice", 1, n)
struct doubler : troupe::actor<twice> {
  std::int32_t on(const twice& m) { return 2 * m.n; }
};

int main() {
  troupe::basp_options peers;
  peers.types.protocol<doubler>();
  troupe::system sys{troupe::system_options{}, troupe::basp{peers}};
  auto& basp = troupe::basp_of(sys);
  const auto port = basp.publish(troupe::spawn<doubler>(sys, "doubler")).get().value();
  const auto found = basp.connect<twice>({"127.0.0.1", port}).value();
  std::cout << found.ask(twice{21}, troupe::seconds{5}).get().value() << "\n";
}
