#include "seal/seal_files.hpp"

#include "crypto/random.hpp"
#include "seal/limits.hpp"

namespace chatelaine::seal {

Result<void> write_root_file(const Paths& paths, const RootFile& file) {
    return replace_file(paths.root_file, root_role, file.encode());
}

Result<std::optional<RootFile>> load_root_file(const Paths& paths) {
    CH_TRY(const auto content, read_file(paths.root_file, root_file_bytes_max));
    if (!content) {
        return std::optional<RootFile>();
    }
    CH_TRY(auto file, RootFile::decode(*content));
    return std::optional<RootFile>(std::move(file));
}

Result<void> write_key_file(const Paths& paths, const KeyFile& file) {
    const crypto::SecretBytes text = file.encode();
    return text.with_exposed(crypto::insecure_expose_secret(), [&](BytesView content) {
        return replace_file(paths.key_file, key_role, content);
    });
}

Result<std::optional<KeyFile>> load_key_file(const Paths& paths) {
    CH_TRY(const auto content, read_private_file(paths.key_file, key_file_bytes_max));
    if (!content) {
        return std::optional<KeyFile>();
    }
    CH_TRY(auto file, KeyFile::decode(*content));
    return std::optional<KeyFile>(std::move(file));
}

std::filesystem::path initialisation_mark(const Paths& paths) {
    std::filesystem::path mark = paths.root_file;
    mark += ".initialising";
    return mark;
}

Result<std::vector<ShareText>> make_shares(RootFile& file, const crypto::SecretBytes& root,
                                           const ShareOptions& options, Random& random) {
    if (options.threshold < share_threshold_min) {
        return Error::invalid("seal.shares", "threshold", "at least two shares must be needed");
    }
    if (options.count < options.threshold || options.count > share_count_max) {
        return Error::invalid("seal.shares", "count",
                              "as many shares as are needed to 255 can be made");
    }
    const crypto::SecretBytes key = crypto::random_secret(key_bytes);
    CH_TRY(const auto shares, crypto::split_secret(key, options.threshold, options.count));
    file.share_set = Uuid::random(random);
    file.share_threshold = static_cast<std::uint32_t>(options.threshold);
    file.share_count = static_cast<std::uint32_t>(options.count);
    CH_TRY_VOID(file.wrap_by_shares(key, root));
    std::vector<ShareText> texts;
    for (const crypto::Share& share : shares) {
        texts.push_back(encode_share(file.share_set, options.threshold, share));
    }
    return texts;
}

}  // namespace chatelaine::seal
