// TLS as a transport: what its connections are made of, and how they are made.
#pragma once

#include <memory>
#include <troupe/os/os_driver.hpp>
#include <troupe/port/secure.hpp>

namespace troupe::os {

/// Streams over `below` with the certificate in `files` (secure.hpp). Both must outlive it, and its streams the driver's rules (O4). An error
/// says what is wrong with a file.
result<std::unique_ptr<port::secure_transport>> make_tls_transport(io_driver& driver, port::transport& below,
                                                                   const port::credential_files& files);

}  // namespace troupe::os
