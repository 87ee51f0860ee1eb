#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <troupe/sqlite/random_functions.hpp>

namespace troupe::sqlite {
namespace {

port::entropy& entropy_of(sqlite3_context* call) noexcept {
  return *static_cast<port::entropy*>(sqlite3_user_data(call));
}

void random(sqlite3_context* call, int, sqlite3_value**) {
  sqlite3_result_int64(call, static_cast<sqlite3_int64>(entropy_of(call).next()));
}

void random_blob(sqlite3_context* call, int, sqlite3_value** arguments) {
  const sqlite3_int64 bytes = std::max<sqlite3_int64>(1, sqlite3_value_int64(arguments[0]));
  if (bytes > sqlite3_limit(sqlite3_context_db_handle(call), SQLITE_LIMIT_LENGTH, -1))
    return sqlite3_result_error_toobig(call);
  auto* out = static_cast<char*>(sqlite3_malloc64(static_cast<sqlite3_uint64>(bytes)));
  if (!out) return sqlite3_result_error_nomem(call);
  for (sqlite3_int64 done = 0; done < bytes; done += 8) {
    const std::uint64_t bits = entropy_of(call).next();
    std::memcpy(out + done, &bits, static_cast<std::size_t>(std::min<sqlite3_int64>(8, bytes - done)));
  }
  sqlite3_result_blob64(call, out, static_cast<sqlite3_uint64>(bytes), sqlite3_free);
}

}  // namespace

int install_random_functions(sqlite3* handle, port::entropy& from) noexcept {
  constexpr int flags = SQLITE_UTF8 | SQLITE_INNOCUOUS;
  const int code =
      sqlite3_create_function_v2(handle, "random", 0, flags, &from, random, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return code;
  return sqlite3_create_function_v2(handle, "randomblob", 1, flags, &from, random_blob, nullptr, nullptr,
                                    nullptr);
}

}  // namespace troupe::sqlite
