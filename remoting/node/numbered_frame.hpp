// A system frame that is yet to get its number: it may have to wait until the link is with the run of the peer that it is for.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace troupe::detail {

/// Makes the frame with that number.
using numbered_frame = std::function<std::string(std::uint64_t)>;

/// That of a body, without views, that has a `number`.
template <class Body>
numbered_frame frame_for(Body body) {
  return [body = std::move(body)](std::uint64_t number) mutable {
    body.number = number;
    std::string out;
    body.encode(out);
    return out;
  };
}

}  // namespace troupe::detail
