// A value through the codec and back.
#pragma once

#include <doctest/doctest.h>

#include <troupe/contract/contract.hpp>

namespace contract_test {

/// What is packed and unpacked is the same value.
template <class T>
void goes_there_and_back(const T& v) {
  const auto back = troupe::unpack<T>(troupe::pack(v));
  REQUIRE(back.has_value());
  CHECK(*back == v);
}

}  // namespace contract_test
