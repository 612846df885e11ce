#include "seal/seal.hpp"

#include "base/log.hpp"
#include "crypto/random.hpp"
#include "seal/file_seal.hpp"
#include "seal/seal_files.hpp"

namespace chatelaine::seal {
namespace {

Result<void> remove_leftovers(const Paths& paths) {
    CH_TRY_VOID(remove_file(paths.key_file, key_role));
    CH_TRY_VOID(remove_file(paths.keybag_copy, {"keybag_copy"}));
    CH_TRY_VOID(remove_file(paths.keybag_file, {"keybag"}));
    return remove_file(paths.root_file, root_role);
}

Result<void> mark_unfinished(const std::filesystem::path& mark) {
    return replace_file(mark, mark_role, as_bytes("initialising\n"));
}

Result<bool> any_file_exists(const Paths& paths) {
    for (const auto& path :
         {paths.root_file, paths.keybag_file, paths.keybag_copy, paths.key_file}) {
        CH_TRY(const bool exists, file_exists(path));
        if (exists) {
            return true;
        }
    }
    return false;
}

}  // namespace

Result<std::vector<ShareText>> Seal::initialise(const Paths& paths, const ShareOptions& options,
                                                Random& random) {
    const auto mark = initialisation_mark(paths);
    CH_TRY(const bool interrupted, file_exists(mark));
    CH_TRY(const bool exists, any_file_exists(paths));
    if (exists && !interrupted) {
        return Error(Code::kAlreadyExists, "seal.initialise", "there is a root already");
    }

    const RootKey root{Uuid::random(random), crypto::random_secret(key_bytes)};
    const KeyFile key{Uuid::random(random), crypto::random_secret(key_bytes)};
    RootFile file;
    file.seal_id = Uuid::random(random);
    file.revision = 1;
    file.root_id = root.id;
    file.key_file_id = key.id;
    CH_TRY_VOID(file.wrap_by_key_file(key.key, root.key));
    CH_TRY(auto shares, make_shares(file, root.key, options, random));
    Keybag bag;
    bag.seal_id = file.seal_id;
    bag.counter = 1;

    CH_TRY_VOID(mark_unfinished(mark));
    if (exists) {
        CH_TRY_VOID(remove_leftovers(paths));
    }
    CH_TRY_VOID(write_key_file(paths, key));
    CH_TRY_VOID(KeybagFiles(paths.keybag_file, paths.keybag_copy).save(bag, root));
    CH_TRY_VOID(write_root_file(paths, file));
    auto finished = remove_file(mark, mark_role);
    if (!finished) {
        // Nobody gets the shares, so it must be possible to begin again.
        if (auto marked = mark_unfinished(mark); !marked) {
            log::error("initialisation_unfinished", {{"file", mark.filename().string()}},
                       "remove the files of the seal and initialise again");
        }
        return std::move(finished).error();
    }
    return shares;
}

Result<std::unique_ptr<Seal>> Seal::open(const Paths& paths, Random& random) {
    CH_TRY(const bool interrupted, file_exists(initialisation_mark(paths)));
    CH_TRY(const bool exists, any_file_exists(paths));
    if (interrupted || !exists) {
        return Error(Code::kNotFound, "seal.open",
                     interrupted ? "the initialisation was interrupted; do it again"
                                 : "it was never initialised");
    }
    auto seal = std::make_unique<FileSeal>(paths, random);
    CH_TRY_VOID(seal->start());
    return std::unique_ptr<Seal>(std::move(seal));
}

}  // namespace chatelaine::seal
