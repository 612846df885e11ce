# Tests are built far more often than they are stepped through: -O1 and line tables halve the time
# of a build. The release keeps -O2.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# The release is optimised as a whole: a request crosses every room, and the calls between them are
# small. Costs a minute of the link.
option(CHATELAINE_LTO "optimise a Release build at link time" ON)
if(CHATELAINE_LTO AND CMAKE_BUILD_TYPE STREQUAL "Release")
    include(CheckIPOSupported)
    check_ipo_supported(RESULT CHATELAINE_LTO_WORKS OUTPUT CHATELAINE_LTO_WHY LANGUAGES CXX)
    if(CHATELAINE_LTO_WORKS)
        set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
    else()
        message(STATUS "no link-time optimisation: ${CHATELAINE_LTO_WHY}")
    endif()
endif()

# Warnings are errors; the release build is hardened. One target carries all of it.
add_library(chatelaine_flags INTERFACE)
target_compile_options(chatelaine_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Wold-style-cast -Woverloaded-virtual -Wnull-dereference -Werror
    -fno-omit-frame-pointer -fstack-protector-strong -fPIE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Known false positives of g++ 12 in std::string and std::variant at -O2.
    target_compile_options(chatelaine_flags INTERFACE
        -Wno-restrict -Wno-maybe-uninitialized -Wno-null-dereference -Wno-stringop-overflow
        -Wno-array-bounds)
endif()
target_include_directories(chatelaine_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_link_options(chatelaine_flags INTERFACE -pie -Wl,-z,relro,-z,now)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND CHATELAINE_SANITIZE STREQUAL "")
    target_compile_definitions(chatelaine_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    target_compile_options(chatelaine_flags INTERFACE -march=x86-64-v2)
endif()
if(NOT CHATELAINE_SANITIZE STREQUAL "")
    # A sanitizer's own code makes some warnings false; the other builds hold the tree to them. In
    # the same place as -Werror, since the later of the two counts.
    target_compile_options(chatelaine_flags INTERFACE -Wno-error)
endif()
if(CHATELAINE_SANITIZE STREQUAL "address")
    target_compile_options(chatelaine_flags INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=all)
    target_link_options(chatelaine_flags INTERFACE -fsanitize=address,undefined)
elseif(CHATELAINE_SANITIZE STREQUAL "thread")
    target_compile_options(chatelaine_flags INTERFACE -fsanitize=thread)
    target_link_options(chatelaine_flags INTERFACE -fsanitize=thread)
endif()
if(CHATELAINE_TEST_BUILD)
    target_compile_definitions(chatelaine_flags INTERFACE CHATELAINE_TEST_BUILD=1)
endif()
find_program(CHATELAINE_MOLD mold)
if(CHATELAINE_MOLD)
    target_link_options(chatelaine_flags INTERFACE -fuse-ld=mold)
endif()
find_program(CHATELAINE_CCACHE ccache)
if(CHATELAINE_CCACHE)
    # ccache takes the place of a compiler with precompiled headers only when it is told that the
    # macros of date and time are not used: tools/tidy would find them.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "env;CCACHE_SLOPPINESS=pch_defines,time_macros;${CHATELAINE_CCACHE}")
endif()
