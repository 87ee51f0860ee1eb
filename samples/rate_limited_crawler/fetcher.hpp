// Fetchers: a pool of them is all the connections that the crawler has at once.
#pragma once

#include <troupe/io/connection.hpp>

#include "http_response.hpp"
#include "url.hpp"

namespace crawl {

/// Get that page. Errors: `unreachable`, `timeout`, `closed` and `io` (a status of 5xx) are the site's trouble and may pass;
/// `not_found`, `decode_error` and `invalid` are what the page is.
struct get {
  url what;
  using reply = page;
};

/// Sends its request, takes the response.
struct go {
  using reply = page;
};

/// One connection, for one page.
class exchange : public troupe::io::connection<go> {
 public:
  exchange(std::unique_ptr<troupe::port::stream> stream, std::string request)
      : connection(std::move(stream), {.credit = 16u << 10}), request_(std::move(request)) {}

  troupe::promise<page> on(const go&);
  void on_bytes(std::string_view bytes) override;
  void on_closed(const troupe::error& why) override;

 private:
  void finish(troupe::result<page> what);

  const std::string request_;
  http_response response_;
  troupe::promise<page> owed_;
};

class fetcher : public troupe::actor<get> {
 public:
  troupe::task<troupe::result<page>> on(get m);
};

}  // namespace crawl
