#include "feed.hpp"

#include <charconv>
#include <troupe/io/connect.hpp>

namespace market {

using namespace std::chrono_literals;

troupe::promise<int> wire::on(const quote& m) {
  send(m.symbol + "\n");
  return owed_.emplace_back(answer_later<int>());
}

void wire::on_bytes(std::string_view bytes) {
  for (const char c : bytes) {
    if (c != '\n' && line_.size() < 64) {
      line_ += c;
      continue;
    }
    int price = 0;
    const auto digits = line_.find(' ') + 1;
    std::from_chars(line_.data() + digits, line_.data() + line_.size(), price);
    line_.clear();
    if (owed_.empty()) continue;
    owed_.front().reply(price);
    owed_.pop_front();
  }
  done_with(bytes.size());
  grant(bytes.size());
}

void wire::on_closed(const troupe::error& why) {
  for (auto& one : owed_) one.fail({troupe::errc::unreachable, "the connection has ended: " + why.text});
}

troupe::task<void> feed::on_start() {
  auto stream = co_await troupe::io::connect(server_, 1s);
  if (!stream) throw troupe::failed{stream.error()};
  wire_ = spawn<wire>(std::move(*stream));
  watch(wire_);
  to_.tell(happened{"  feed: connected"});
}

void feed::on_terminated(const troupe::terminated&) {
  throw troupe::failed{{troupe::errc::unreachable, "the server has hung up"}};
}

}  // namespace market
