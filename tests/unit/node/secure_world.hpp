// What the tests of nodes with certificates share: two such nodes, and the reasons of events.
#pragma once

#include <memory>
#include <string>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"
#include "unit/os/tls_fixture.hpp"

namespace node_test {

/// Notes the reasons of events of that kind from now on.
inline life::journal_ptr reasons(troupe::system& sys, troupe::event_kind kind) {
  auto out = std::make_shared<life::journal>();
  sys.events().subscribe([out, kind](const troupe::event& e) {
    if (e.kind == kind) out->note(e.reason);
  });
  return out;
}

/// The same from the first moment of a system on: a peer that is known may have refused before its constructor returns.
class hearing final : public troupe::extension {
 public:
  hearing(troupe::event_kind kind, life::journal_ptr to) : kind_(kind), to_(std::move(to)) {}
  void start(troupe::system& sys) override {
    sys.events().subscribe([to = to_, kind = kind_](const troupe::event& e) {
      if (e.kind == kind) to->note(e.reason);
    });
  }

 private:
  troupe::event_kind kind_;
  life::journal_ptr to_;
};

/// Whether a line with `part` in it came; what did, if not.
inline bool wait_for_part(const life::journal_ptr& j, const std::string& part) {
  if (j->wait_for_part(part)) return true;
  for (const auto& line : j->all()) MESSAGE(line);
  return false;
}

/// Two nodes with certificates.
struct secure_world : world {
  troupe::tls_test::authority ca;
  troupe::node_options options(const std::string& name) const {
    auto o = world::options(name);
    o.tls = ca.issue(name);
    return o;
  }
};

}  // namespace node_test
