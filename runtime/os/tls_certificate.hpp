// What a certificate says, as values: the nodes it is for, its fingerprint, its dates.
#pragma once

#include <chrono>
#include <string>
#include <vector>

struct X509_crl_st;
struct x509_st;
struct asn1_string_st;

namespace troupe::os {

/// The nodes that `certificate` is for (secure.hpp, SE3), in the order it names them. What is no such name, or a broken one, is left out.
std::vector<std::string> nodes_of(const x509_st& certificate);

/// The SHA-256 of the whole certificate in hexadecimal.
std::string fingerprint_of(const x509_st& certificate);

/// Whom it names, for people: its nodes, or its subject where it has none; without control characters, and cut to 200 bytes, because
/// a stranger may have written it.
std::string subject_of(const x509_st& certificate);

/// Who signed it, for people; as above.
std::string issuer_of(const x509_st& certificate);
std::string issuer_of(const X509_crl_st& list);  ///< as above

/// `2026-03-01 12:00:00 UTC`; empty for a time that does not make sense.
std::string to_date(const asn1_string_st* time);

/// The same as a point in time.
std::chrono::system_clock::time_point to_time(const asn1_string_st* time);

}  // namespace troupe::os
