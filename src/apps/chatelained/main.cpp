// chatelained: init, serve, restore, print-config, print-operations, print-reference.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chatelained/init.hpp"
#include "apps/chatelained/operations.hpp"
#include "apps/chatelained/reference.hpp"
#include "apps/chatelained/restore.hpp"
#include "apps/chatelained/service.hpp"
#include "base/log.hpp"
#include "crypto/secret.hpp"

namespace {

using chatelaine::app::DataDirectory;
using chatelaine::app::initialise;
using chatelaine::app::make_folder;
using chatelaine::app::serve;
using chatelaine::app::write_file;
using chatelaine::Config;
using chatelaine::Error;
using chatelaine::Result;

constexpr std::string_view kUsage =
    "usage: chatelained init  (--dir DIR | --config FILE) [--shares-dir DIR] [--name HOST]...\n"
    "       chatelained serve (--dir DIR | --config FILE) [--ports auto]\n"
    "       chatelained restore (--dir DIR | --config FILE) [--file BACKUP] [--share-file FILE]... "
    "[--name HOST]...\n"
    "       chatelained print-config\n"
    "       chatelained print-operations\n"
    "       chatelained print-reference\n"
    "\n"
    "  init          make the data directory, the root key, its shares and the first enrolment "
    "code\n"
    "  serve         run the service\n"
    "  restore       put a backup into a missing or empty data directory, open it with the key "
    "file or\n"
    "                shares, and make a server certificate; without --file only the latter two\n"
    "  print-config  a commented configuration file with every default\n"
    "  print-operations every operation of every listener, as JSON\n"
    "  print-reference  every operation of every listener, as Markdown\n"
    "\n"
    "  --dir DIR     a data directory with its own configuration file, DIR/chatelained.toml\n"
    "  --config FILE a configuration file that names the data directory\n";

struct Arguments {
    std::string command;
    std::string dir, config, shares_dir, file;
    std::vector<std::string> names;
    std::vector<std::filesystem::path> share_files;
    bool ports_auto = false;
};

Error usage_error(std::string message) {
    return Error(chatelaine::Code::kConfiguration, "app.arguments", std::move(message));
}

Result<Arguments> parse(int count, char** values) {
    Arguments arguments;
    if (count < 2) {
        return usage_error("a command is missing");
    }
    arguments.command = values[1];
    for (int i = 2; i < count; ++i) {
        const std::string_view option = values[i];
        std::string value;
        const bool valued = i + 1 < count;
        if (valued) {
            value = values[i + 1];
        }
        if (!valued) {
            return usage_error(std::string(option) + " needs a value");
        }
        ++i;
        if (option == "--dir") {
            arguments.dir = value;
        } else if (option == "--config") {
            arguments.config = value;
        } else if (option == "--shares-dir") {
            arguments.shares_dir = value;
        } else if (option == "--file") {
            arguments.file = value;
        } else if (option == "--share-file") {
            arguments.share_files.emplace_back(value);
        } else if (option == "--name") {
            arguments.names.push_back(value);
        } else if (option == "--ports" && value == "auto") {
            arguments.ports_auto = true;
        } else {
            return usage_error("unknown option " + std::string(option));
        }
    }
    const bool prints = arguments.command.starts_with("print-");
    if (!prints && arguments.dir.empty() == arguments.config.empty()) {
        return usage_error("give either --dir or --config");
    }
    return arguments;
}

/// For --dir: everything beside one folder; the key file in a folder of its own.
Result<Config> config_for_directory(const std::filesystem::path& dir) {
    const DataDirectory data{std::filesystem::absolute(dir).lexically_normal()};
    if (std::filesystem::exists(data.config())) {
        return chatelaine::load_config(data.config());
    }
    CH_TRY_VOID(make_folder(data.root));
    const std::string root = data.root.string();
    const std::string text = "data_dir = \"" + root + "\"\n\n[seal]\nkey_file = \"" + root +
                             "-root-key/root.key\"\n";
    CH_TRY_VOID(write_file(data.config(), text));
    return chatelaine::load_config(data.config());
}

Result<Config> config_of(const Arguments& arguments) {
    CH_TRY(Config config, arguments.dir.empty() ? chatelaine::load_config(arguments.config)
                                                : config_for_directory(arguments.dir));
    if (arguments.ports_auto) {
        config.rest.port = config.control.port = config.operator_.port = config.kmip.port = 0;
    }
    return config;
}

/// The files go first where --dir is given: the configuration lies among them, and is made after.
Result<void> restore(const Arguments& arguments) {
    if (!arguments.dir.empty() && !arguments.file.empty()) {
        CH_TRY_VOID(chatelaine::app::restore_files(
            arguments.file,
            {std::filesystem::absolute(arguments.dir).lexically_normal()}));
    }
    CH_TRY(const Config config, config_of(arguments));
    const DataDirectory data{config.data_dir};
    if (arguments.dir.empty() && !arguments.file.empty()) {
        CH_TRY_VOID(chatelaine::app::restore_files(arguments.file, data));
    }
    return chatelaine::app::finish_restore(
        {data, config, arguments.share_files, arguments.names});
}

Result<void> run(int count, char** values) {
    CH_TRY(const Arguments arguments, parse(count, values));
    if (arguments.command == "print-config") {
        std::fputs(chatelaine::default_config_text().c_str(), stdout);
        return chatelaine::ok();
    }
    if (arguments.command == "print-operations") {
        std::fputs(chatelaine::app::operations_json().c_str(), stdout);
        return chatelaine::ok();
    }
    if (arguments.command == "print-reference") {
        std::fputs(chatelaine::app::reference().c_str(), stdout);
        return chatelaine::ok();
    }
    if (arguments.command == "restore") {
        return restore(arguments);
    }
    CH_TRY(const Config config, config_of(arguments));
    chatelaine::log::configure(config.log.level, config.log.json);
    const DataDirectory data{config.data_dir};
    if (arguments.command == "init") {
        return initialise({data, config, arguments.shares_dir, arguments.names});
    }
    if (arguments.command == "serve") {
        return serve({data, config, [&arguments] { return config_of(arguments); }});
    }
    return usage_error("unknown command " + arguments.command);
}

}  // namespace

int main(int count, char** values) {
    if (!chatelaine::crypto::take_over_openssl_memory()) {
        std::fputs("chatelained: OpenSSL's memory cannot be taken over\n", stderr);
        return EXIT_FAILURE;
    }
#ifndef CHATELAINE_TEST_BUILD
    chatelaine::crypto::forbid_core_dumps();
#endif
    const Result<void> done = run(count, values);
    if (done) {
        return EXIT_SUCCESS;
    }
    std::fprintf(stderr, "chatelained: %s\n", done.error().to_string().c_str());
    if (done.error().where() == "app.arguments") {
        std::fwrite(kUsage.data(), 1, kUsage.size(), stderr);
        return 2;
    }
    return EXIT_FAILURE;
}
