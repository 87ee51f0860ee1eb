// What a test left behind: actors it did not stop, handlers that wait in a coroutine, asks that nobody has answered.
#pragma once

#include <string>
#include <troupe/testkit/patience.hpp>
#include <vector>

namespace troupe {
class system;
}  // namespace troupe

namespace troupe::testkit {

/// One line for each thing that is left below `/user`, by path, in the order of creation. Actors whose path fits one of the
/// patterns in `kept` may live; what they wait for is reported all the same, unless they fit one in `may_wait`. Probes are passed
/// over. Looks into each actor in its turn; one that gives no turn within `limit` is reported too. REQUIRES: called from no worker.
std::vector<std::string> leftovers(troupe::system& sys, const std::vector<std::string>& kept,
                                   const std::vector<std::string>& may_wait, duration limit);

}  // namespace troupe::testkit
