# Install rules: the library, every room's headers under <troupe/room/...>, and a package file for find_package(troupe).
include(CMakePackageConfigHelpers)

install(TARGETS troupe troupe_basp troupe_stack_traces EXPORT troupe_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS troupe_contract RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
foreach(floor IN LISTS TROUPE_FLOORS)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${floor}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/troupe
          FILES_MATCHING PATTERN "*.hpp")
endforeach()
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/include/troupe/troupe.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/troupe)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/remoting/certificates.sh DESTINATION ${CMAKE_INSTALL_DATADIR}/troupe)
set(TROUPE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/troupe)
install(EXPORT troupe_targets NAMESPACE troupe:: DESTINATION ${TROUPE_PACKAGE_DIR})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/troupeConfig.cmake.in troupeConfig.cmake
                              INSTALL_DESTINATION ${TROUPE_PACKAGE_DIR})
write_basic_package_version_file(troupeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/troupeConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/troupeConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/troupe_caf.cmake DESTINATION ${TROUPE_PACKAGE_DIR})
