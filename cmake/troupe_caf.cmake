# CAF 0.17 comes without a package file in Debian, so it is looked up by hand, here and in the installed package.
find_path(TROUPE_CAF_INCLUDE_DIR caf/actor_system.hpp)
find_library(TROUPE_CAF_CORE_LIBRARY caf_core)
find_library(TROUPE_CAF_IO_LIBRARY caf_io)
if(NOT TROUPE_CAF_INCLUDE_DIR OR NOT TROUPE_CAF_CORE_LIBRARY OR NOT TROUPE_CAF_IO_LIBRARY)
  message(FATAL_ERROR "CAF 0.17 was not found; install the package libcaf-dev")
endif()
file(STRINGS ${TROUPE_CAF_INCLUDE_DIR}/caf/config.hpp TROUPE_CAF_VERSION_LINE REGEX "define CAF_VERSION ")
if(NOT TROUPE_CAF_VERSION_LINE MATCHES "CAF_VERSION 17[0-9][0-9]")
  message(FATAL_ERROR "troupe needs CAF 0.17, found: ${TROUPE_CAF_VERSION_LINE}")
endif()
if(NOT TARGET troupe_caf::core)
  add_library(troupe_caf::core UNKNOWN IMPORTED)
  set_target_properties(troupe_caf::core PROPERTIES IMPORTED_LOCATION ${TROUPE_CAF_CORE_LIBRARY}
                                                    INTERFACE_INCLUDE_DIRECTORIES ${TROUPE_CAF_INCLUDE_DIR})
  # Its networking, which only troupe::basp links.
  add_library(troupe_caf::io UNKNOWN IMPORTED)
  set_target_properties(troupe_caf::io PROPERTIES IMPORTED_LOCATION ${TROUPE_CAF_IO_LIBRARY}
                                                  INTERFACE_LINK_LIBRARIES troupe_caf::core)
endif()
