#include "fetcher.hpp"

#include <troupe/io/connect.hpp>

namespace crawl {

using namespace std::chrono_literals;
using troupe::errc;
using troupe::error;
using troupe::result;

troupe::promise<page> exchange::on(const go&) {
  send(request_);
  return owed_ = answer_later<page>();
}

void exchange::on_bytes(std::string_view bytes) {
  const auto complete = response_.feed(bytes);
  done_with(bytes.size());
  grant(bytes.size());
  if (!complete)
    finish(complete.error());
  else if (*complete)
    finish(response_.take());
}

// At the end of the stream as well: a response without a length ends there.
void exchange::on_closed(const error&) { finish(response_.end()); }

void exchange::finish(result<page> what) {
  if (what)
    owed_.reply(std::move(*what));
  else
    owed_.fail(what.error());
  close();
}

troupe::task<result<page>> fetcher::on(get m) {
  const troupe::port::endpoint site = m.what.site;
  auto stream = co_await troupe::io::connect(site, 1s);
  if (!stream) co_return stream.error();
  const std::string request = "GET " + m.what.path + " HTTP/1.1\r\nHost: " + troupe::port::to_string(site) +
                              "\r\nUser-Agent: troupe-sample\r\nConnection: close\r\n\r\n";
  const auto line = spawn<exchange>(std::move(*stream), request);
  auto what = co_await ask<go>(line, 30s);  // its asker has a deadline of his own, which ends this too
  if (!what) co_return what.error();
  if (what->status >= 500) co_return error{errc::io, "status " + std::to_string(what->status)};
  if (what->status >= 400) co_return error{errc::not_found, "status " + std::to_string(what->status)};
  co_return std::move(*what);
}

}  // namespace crawl
