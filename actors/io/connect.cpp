#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/io/connect.hpp>

namespace troupe::io {

using opened = std::unique_ptr<port::stream>;

asking<opened> connect(const port::endpoint& to, duration timeout) {
  cell* const here = cell::current();
  if (!here)
    throw failed{{errc::invalid, "io::connect is for coroutines of actors: it goes on in their turns"}};
  boost::intrusive_ptr<detail::cell_slot> slot{new detail::cell_slot{message_type_of<opened>, *here}};
  const time_point now = here->env().from_now(duration::zero());
  const time_point until = std::min(after(now, timeout), turn_context::current().deadline);  // CO2
  if (until <= now) {
    slot->fail({errc::timeout, "no time is left to connect to " + port::to_string(to)});
  } else {
    here->env().platform().transport().connect(to, until - now, [slot](result<opened> what) {
      // A stream that nobody waits for any more is closed with its envelope (CO3).
      if (what)
        slot->complete(engine::make_envelope<opened>(message_type_of<opened>, std::move(*what)));
      else
        slot->fail(std::move(what.error()));
    });
  }
  return asking<opened>{std::move(slot)};
}

}  // namespace troupe::io
