# Lays `<troupe/room/...>` over the tree: one link a room, so the tree needs no include folders and installed programs
# write the same lines. Also generates <troupe/troupe.hpp>, the header of headers for users.
set(TROUPE_FLOORS runtime actors supervision remoting)

function(troupe_lay_includes target_dir)
  file(MAKE_DIRECTORY ${target_dir}/troupe)
  foreach(floor IN LISTS TROUPE_FLOORS)
    file(GLOB rooms CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${floor}/*)
    foreach(room IN LISTS rooms)
      if(IS_DIRECTORY ${room})
        cmake_path(GET room FILENAME name)
        file(CREATE_LINK ${room} ${target_dir}/troupe/${name} SYMBOLIC)
      endif()
    endforeach()
  endforeach()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/troupe.hpp.in ${target_dir}/troupe/troupe.hpp COPYONLY)
endfunction()
