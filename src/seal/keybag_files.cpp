#include "seal/keybag_files.hpp"

#include <optional>
#include <string>

#include "base/log.hpp"
#include "seal/file.hpp"
#include "seal/limits.hpp"

namespace chatelaine::seal {

struct KeybagFiles::Candidate {
    std::filesystem::path path;
    Bytes content;
    std::optional<OpenedKeybag> opened;
    std::optional<Error> why_not;
    bool missing = false;
};

KeybagFiles::Candidate KeybagFiles::read_candidate(
    const std::filesystem::path& path, const std::vector<const RootKey*>& roots) const {
    Candidate candidate;
    candidate.path = path;
    auto content = read_file(path, keybag_bytes_max);
    if (!content) {
        candidate.why_not = std::move(content).error();
        return candidate;
    }
    if (!content->has_value()) {
        candidate.missing = true;
        candidate.why_not = Error(Code::kStoreCorrupt, "seal.keybag", "the file is missing");
        return candidate;
    }
    candidate.content = std::move(**content);
    auto head = read_keybag_head(candidate.content);
    if (!head) {
        candidate.why_not = std::move(head).error();
        return candidate;
    }
    candidate.why_not = Error(Code::kSealBroken, "seal.keybag", "it is of another root");
    for (const RootKey* root : roots) {
        if (root->id != head->root_id) {
            continue;
        }
        auto bag = Keybag::decode(candidate.content, root->key);
        if (bag) {
            candidate.opened = OpenedKeybag{std::move(*bag), root->id};
            candidate.why_not.reset();
        } else {
            candidate.why_not = std::move(bag).error();
        }
    }
    return candidate;
}

Result<void> KeybagFiles::write_one(const std::filesystem::path& path, BytesView content,
                                    const RootKey* root) const {
    const FileRole role{path == file_ ? "keybag" : "keybag_copy", 0600};
    CH_TRY_VOID(replace_file(path, role, content));
    if (root == nullptr) {
        return ok();
    }
    CH_TRY(const auto again, read_file(path, keybag_bytes_max));
    if (!again) {
        return Error(Code::kStoreUnavailable, "seal.keybag", "the keybag vanished");
    }
    CH_TRY(const Keybag opened, Keybag::decode(*again, root->key));
    static_cast<void>(opened);
    return ok();
}

Result<void> KeybagFiles::save(const Keybag& bag, const RootKey& root) const {
    CH_TRY(const Bytes content, bag.encode(root.id, root.key));
    CH_TRY_VOID(write_one(copy_, content, &root));
    return write_one(file_, content, &root);
}

Result<void> KeybagFiles::repair(const std::filesystem::path& path, const Candidate& from,
                                 std::string_view reason) const {
    log::warning("keybag_repaired",
                 {{"file", path.filename().string()},
                  {"from", from.path.filename().string()},
                  {"counter", std::to_string(from.opened->bag.counter)},
                  {"reason", std::string(reason)}},
                 "check the disk if the service was not killed while it changed a domain's keys");
    // The same bytes: two copies with one counter are always equal.
    return write_one(path, from.content, nullptr);
}

Result<OpenedKeybag> KeybagFiles::choose(Candidate& main, Candidate& copy) const {
    if (!main.opened && !copy.opened) {
        return std::move(*main.why_not);
    }
    for (Candidate* one : {&main, &copy}) {
        // A newer version wrote it, or it cannot be read now: not damage, so nothing to repair.
        if (one->why_not && (one->why_not->code() == Code::kFormatTooNew ||
                             one->why_not->code() == Code::kStoreUnavailable)) {
            return std::move(*one->why_not);
        }
    }
    if (!main.opened || !copy.opened) {
        Candidate& good = main.opened ? main : copy;
        const Candidate& bad = main.opened ? copy : main;
        CH_TRY_VOID(repair(bad.path, good, bad.missing ? "missing" : "damaged"));
        return std::move(*good.opened);
    }
    const std::uint64_t main_counter = main.opened->bag.counter;
    const std::uint64_t copy_counter = copy.opened->bag.counter;
    if (copy_counter == main_counter + 1) {
        CH_TRY_VOID(repair(main.path, copy, "interrupted change"));
        return std::move(*copy.opened);
    }
    if (copy_counter != main_counter || main.content != copy.content) {
        return Error(Code::kStoreCorrupt, "seal.keybag",
                     "keybag (change " + std::to_string(main_counter) + ") and copy (change " +
                         std::to_string(copy_counter) +
                         ") do not belong together: one was put back; move the older one away");
    }
    return std::move(*main.opened);
}

Result<OpenedKeybag> KeybagFiles::load(const std::vector<const RootKey*>& roots) const {
    Candidate main = read_candidate(file_, roots);
    Candidate copy = read_candidate(copy_, roots);
    return choose(main, copy);
}

Result<void> KeybagFiles::check_heads() const {
    std::optional<Error> first;
    for (const auto& path : {file_, copy_}) {
        auto content = read_file(path, keybag_bytes_max);
        if (content && *content) {
            auto head = read_keybag_head(**content);
            if (head) {
                return ok();
            }
            first = first ? std::move(first) : std::optional<Error>(std::move(head).error());
        }
    }
    return first ? std::move(*first)
                 : Error(Code::kStoreCorrupt, "seal.keybag", "the keybag is missing");
}

}  // namespace chatelaine::seal
