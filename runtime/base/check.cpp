#include <cstdio>
#include <cstdlib>
#include <troupe/base/check.hpp>

namespace troupe {

void broken_invariant(const char* what, source_location where) {
  std::fprintf(stderr, "troupe: broken invariant: %s (%s:%u, %s)\n", what, where.file_name(),
               static_cast<unsigned>(where.line()), where.function_name());
  std::abort();
}

}  // namespace troupe
