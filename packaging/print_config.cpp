// Writes the commented default configuration to the file named, for the package.

#include <fstream>

#include "base/config.hpp"

int main(int count, char** arguments) {
    if (count != 2) {
        return 2;
    }
    std::ofstream file(arguments[1]);
    file << chatelaine::default_config_text();
    file.close();
    return file ? 0 : 1;
}
