// What comes back from a server, taken apart as it arrives. Never trusts it: everything is bounded, and what is no HTTP is said so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/troupe.hpp>

namespace crawl {

/// A page as it came.
struct page {
  int status = 0;
  std::string location;  ///< where a redirect leads
  std::string body;
};

/// One response of HTTP/1.0 or 1.1 that ends with its length or with the stream. Pure.
class http_response {
 public:
  static constexpr std::size_t head_max = 8u << 10;
  static constexpr std::size_t body_max = 64u << 10;

  /// More bytes. True: it is complete. `decode_error` for what is no response or one that is not understood, `invalid` for one that
  /// is too large: then nothing more is wanted.
  troupe::result<bool> feed(std::string_view bytes);
  /// The stream has ended. The page, or `closed` when a part of it is missing.
  troupe::result<page> end();
  /// The page, once complete.
  page take() { return std::move(page_); }

 private:
  troupe::result<void> read_head(std::string_view head);
  troupe::result<bool> check_body();

  std::string head_;
  bool in_body_ = false;
  std::optional<std::size_t> length_;
  page page_;
};

/// The links on a page: what stands in `href="..."`, at most `links_max` of them.
std::vector<std::string> links_on(std::string_view body, std::size_t links_max);

}  // namespace crawl
