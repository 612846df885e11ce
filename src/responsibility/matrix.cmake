# Puts matrix.yaml into the binary: writes matrix_yaml.cpp into the build tree, again whenever the
# file changes. Included by src/CMakeLists.txt after the room is declared.
set(CHATELAINE_MATRIX_FILE "${CMAKE_SOURCE_DIR}/src/responsibility/matrix.yaml")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CHATELAINE_MATRIX_FILE}")
file(READ "${CHATELAINE_MATRIX_FILE}" CHATELAINE_MATRIX_TEXT)
# A raw literal for each activity: standard compilers need to take only 65,536 characters in one.
string(REPLACE "\n  - id: " ")matrix\"\n        R\"matrix(\n  - id: " CHATELAINE_MATRIX_TEXT
    "${CHATELAINE_MATRIX_TEXT}")
set(CHATELAINE_MATRIX_LITERAL "\n        R\"matrix(${CHATELAINE_MATRIX_TEXT})matrix\"")
configure_file("${CMAKE_SOURCE_DIR}/src/responsibility/matrix_yaml.cpp.in"
    "${CMAKE_BINARY_DIR}/generated/matrix_yaml.cpp" @ONLY)
target_sources(chatelaine_responsibility PRIVATE "${CMAKE_BINARY_DIR}/generated/matrix_yaml.cpp")
