// What a peer is told of the services here: pages, gaps, filters, and what has been forgotten (OL1-OL3).
#include <doctest/doctest.h>

#include <troupe/ref/named.hpp>
#include <troupe/services/offer_log.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/test_system.hpp>

namespace services_offer_log_test {

using namespace troupe;
using namespace troupe::testkit;
using services::offer_log;

namespace {

const auto all = [](std::string_view) { return true; };
const auto none = [](std::string_view) { return false; };

struct desk {
  test_system sys{for_doctest()};
  offer_log log{4};

  void come(std::uint64_t number, std::string name = "bank") {
    log.began({number, std::move(name), "bank.query",
               ref_to<service_word>(sys.env(), "/user/teller-" + std::to_string(number))});
  }
  /// `anew 3: -1 -2 +3 /user/teller-3; more`
  static std::string shown(const services_told& m) {
    std::string out = (m.anew ? "anew " : "") + std::to_string(m.upto) + ":";
    for (const auto number : m.gone) out += " -" + std::to_string(number);
    for (const auto& o : m.come) out += " +" + std::to_string(o.number) + " " + o.who.path();
    return out + (m.more ? "; more" : "");
  }
  std::string page(std::uint64_t after, bool anew = false) { return shown(log.page(after, anew, all)); }
};

}  // namespace

TEST_CASE("OL1: who has heard nothing is told what lasts, and later what has changed since") {
  desk d;
  CHECK(d.page(0, true) == "anew 0:");
  CHECK_FALSE(d.log.has_news(0, all));
  d.come(11);
  d.come(12);
  CHECK(d.log.has_news(0, all));
  CHECK(d.page(0, true) == "anew 2: +1 /user/teller-11 +2 /user/teller-12");
  CHECK(d.log.ended(11) == "bank");
  d.come(13);
  CHECK(d.page(2) == "4: -1 +4 /user/teller-13");
  CHECK(d.page(3) == "4: +4 /user/teller-13");
  CHECK(d.page(4) == "4:");
  CHECK(d.page(0, true) == "anew 4: +2 /user/teller-12 +4 /user/teller-13");
  CHECK(d.log.page(0, true, all).total == 2);
}

TEST_CASE("OL1: an end that was told twice, or of what was never told of, is none") {
  desk d;
  d.come(11);
  CHECK(d.log.ended(11) == "bank");
  CHECK(d.log.ended(11).empty());
  CHECK(d.log.ended(12).empty());
  CHECK(d.log.last() == 2);
}

TEST_CASE("OL2: an offer that came and went between two questions is not spoken of") {
  desk d;
  d.come(11);
  d.come(12);
  d.log.ended(12);
  CHECK_FALSE(d.log.has_news(1, all));
  CHECK(d.page(1) == "3:");
  CHECK(d.page(2) == "3: -2");
}

TEST_CASE("OL1: ends are remembered for so long; who has heard less is known to have lost track") {
  desk d;
  for (std::uint64_t n = 1; n <= 6; ++n) d.come(n);       // changes 1 to 6
  for (std::uint64_t n = 1; n <= 5; ++n) d.log.ended(n);  // 7 to 11, of which 7 is forgotten
  CHECK(d.log.has_forgotten(6));
  CHECK_FALSE(d.log.has_forgotten(7));
  CHECK(d.page(7) == "11: -2 -3 -4 -5");
}

TEST_CASE("OL2: what is too much for one page comes in several, and nothing of it is lost") {
  desk d;
  constexpr std::uint64_t many = 2 * offer_log::page_offers_max + 100;
  for (std::uint64_t n = 1; n <= many; ++n) d.come(n);
  std::uint64_t after = 0, count = 0, pages = 0;
  for (bool more = true; more; ++pages) {
    const auto m = d.log.page(after, after == 0, all);
    CHECK(m.come.size() <= offer_log::page_offers_max);
    CHECK_FALSE(m.come.empty());
    for (const auto& o : m.come) CHECK(o.number == ++count);
    CHECK(m.total == many);
    CHECK(m.upto > after);
    after = m.upto;
    more = m.more;
  }
  CHECK(count == many);
  CHECK(pages >= 3);
}

TEST_CASE("OL2: long names make pages shorter, and one that fills a page alone still goes") {
  desk d;
  const std::string name(400, 's');
  for (std::uint64_t n = 1; n <= 3; ++n)
    d.log.began({n, name, std::string(offer_log::page_bytes_max / 2, 'p'),
                 ref_to<service_word>(d.sys.env(), "/user/t")});
  const auto first = d.log.page(0, true, all);
  CHECK(first.come.size() == 1);
  CHECK(first.more);
  CHECK(d.log.page(1, false, all).come.size() == 1);
  d.log.began({4, name, std::string(2 * offer_log::page_bytes_max, 'p'),
               ref_to<service_word>(d.sys.env(), "/user/t")});
  CHECK(d.log.page(3, false, all).come.size() == 1);
}

TEST_CASE("OL2: an offer that ends between two pages of a list is told as ended where it was in the first") {
  desk d;
  constexpr std::uint64_t many = offer_log::page_offers_max + 10;
  for (std::uint64_t n = 1; n <= many; ++n) d.come(n);
  const auto first = d.log.page(0, true, all);
  REQUIRE(first.more);
  d.log.ended(3);               // it was in it
  d.log.ended(first.upto + 2);  // it was not
  const auto second = d.log.page(first.upto, false, all);
  CHECK(second.gone == std::vector<std::uint64_t>{3});
  CHECK_FALSE(second.more);
  for (const auto& o : second.come) CHECK(o.number != first.upto + 2);
}

TEST_CASE("OL3: what a peer has no business with is passed over, in news, pages and totals") {
  desk d;
  const auto bank = [](std::string_view name) { return name == "bank"; };
  d.come(1, "vault");
  CHECK_FALSE(d.log.has_news(0, bank));
  d.come(2);
  d.come(3, "vault");
  const auto m = d.log.page(0, true, bank);
  CHECK(desk::shown(m) == "anew 3: +2 /user/teller-2");
  CHECK(m.total == 1);
  d.log.ended(1);
  d.log.ended(3);
  CHECK_FALSE(d.log.has_news(3, bank));
  CHECK(desk::shown(d.log.page(3, false, bank)) == "5:");
  d.log.ended(2);
  CHECK(d.log.has_news(3, bank));
  CHECK(desk::shown(d.log.page(3, false, bank)) == "6: -2");
  CHECK(desk::shown(d.log.page(3, false, none)) == "6:");
  CHECK(d.log.page(0, true, bank).total == 0);
}

}  // namespace services_offer_log_test
