#include "seal/file_seal.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "crypto/random.hpp"
#include "seal/seal_files.hpp"

namespace chatelaine::seal {

FileSeal::FileSeal(Paths paths, Random& random)
    : paths_(std::move(paths)), random_(random),
      files_(paths_.keybag_file, paths_.keybag_copy) {}

// --- from files to memory -------------------------------------------------------------------

Result<void> FileSeal::start() {
    const std::lock_guard lock(change_);
    CH_TRY(auto file, load_root_file(paths_));
    if (!file) {
        return Error(Code::kStoreCorrupt, "seal.open", "the root file is missing");
    }
    root_file_ = std::move(*file);
    CH_TRY_VOID(files_.check_heads());

    constexpr std::string_view action = "give the shares, then restore the key file";
    auto key = load_key_file(paths_);
    if (!key && key.error().code() != Code::kMalformed) {
        return std::move(key).error();
    }
    if (!key || !key->has_value()) {
        log::warning("sealed_start", {{"reason", key ? "key file missing" : "key file damaged"}},
                     action);
        return ok();
    }
    auto root = root_file_.open_by_key_file((*key)->key);
    if (!root) {
        log::warning("sealed_start", {{"reason", "key file of another root"}}, action);
        return ok();
    }
    root_ = RootKey{root_file_.root_id, std::move(*root)};
    auto settled = settle();
    if (!settled) {
        forget_keys();
    }
    return settled;
}

/// Takes over the root file as it is on disk, and knows afterwards both roots that it holds.
Result<void> FileSeal::follow_root_file(RootFile file) {
    if (file.root_id != root_->id) {
        if (!next_root_ || next_root_->id != file.root_id) {
            return Error(Code::kStoreCorrupt, "seal.root_file",
                         "the root file was replaced by one of another root");
        }
        // The last write of a rotation reported failure but is there.
        root_ = std::move(next_root_);
        next_root_.reset();
        log::error("root_rotated_without_shares", {{"root", file.root_id.to_string()}},
                   "rotate the root again: nobody holds the shares of this one");
    }
    if (file.next_root_id && (!next_root_ || next_root_->id != *file.next_root_id)) {
        CH_TRY(auto next, file.open_next(root_->key));
        next_root_ = RootKey{*file.next_root_id, std::move(next)};
    }
    root_file_ = std::move(file);
    return ok();
}

/// The new shares of an unfinished rotation were never handed out, so its root must not stay.
Result<void> FileSeal::roll_back_rotation(Keybag& bag) {
    log::warning("root_rotation_undone", {{"root", root_->id.to_string()}},
                 "rotate the root again if that is still wanted");
    ++bag.counter;
    CH_TRY_VOID(files_.save(bag, *root_));
    RootFile alone = root_file_;
    ++alone.revision;
    alone.next_root_id.reset();
    alone.next_by_root.clear();
    CH_TRY_VOID(write_root_file(paths_, alone));
    root_file_ = std::move(alone);
    return ok();
}

Result<void> FileSeal::settle() {
    unsettled_ = true;
    CH_TRY(auto file, load_root_file(paths_));
    if (!file) {
        return Error(Code::kStoreCorrupt, "seal.root_file", "the root file is missing");
    }
    CH_TRY_VOID(follow_root_file(std::move(*file)));
    std::vector<const RootKey*> roots{&*root_};
    if (next_root_) {
        roots.push_back(&*next_root_);
    }
    CH_TRY(auto loaded, files_.load(roots));
    if (loaded.bag.seal_id != root_file_.seal_id) {
        return Error(Code::kStoreCorrupt, "seal.keybag", "the keybag is of another installation");
    }
    if (root_file_.next_root_id || loaded.root_id != root_->id) {
        CH_TRY_VOID(roll_back_rotation(loaded.bag));
    }
    next_root_.reset();
    bag_ = std::make_shared<const Keybag>(std::move(loaded.bag));
    keyring_.publish(bag_);
    unsettled_ = false;
    return ok();
}

Result<void> FileSeal::require_settled() {
    if (!root_) {
        return Error(Code::kSealed, "seal");
    }
    return unsettled_ ? settle() : ok();
}

void FileSeal::forget_keys() {
    keyring_.publish(nullptr);
    root_.reset();
    next_root_.reset();
    bag_.reset();
    shares_.clear();
}

void FileSeal::seal_now() {
    const std::lock_guard lock(change_);
    forget_keys();
    log::warning("sealed", {}, "give the shares to open it again, or restart with the key file");
}

// --- shares ---------------------------------------------------------------------------------

std::size_t FileSeal::shares_missing() const {
    const std::lock_guard lock(change_);
    return root_ ? 0 : root_file_.share_threshold - shares_.size();
}

Result<std::size_t> FileSeal::submit_share(const ShareText& text) {
    const std::lock_guard lock(change_);
    if (root_) {
        return std::size_t{0};
    }
    if (shares_.empty()) {
        // It may have changed since the start: by a rotation before seal_now(), or by hand.
        CH_TRY(auto file, load_root_file(paths_));
        if (!file) {
            return Error(Code::kStoreCorrupt, "seal.root_file", "the root file is missing");
        }
        root_file_ = std::move(*file);
    }
    CH_TRY(auto decoded, decode_share(text));
    if (decoded.set != short_set_id(root_file_.share_set) ||
        decoded.threshold != root_file_.share_threshold) {
        return Error::invalid("seal.share", "share", "the share is of another set");
    }
    for (const crypto::Share& share : shares_) {
        if (share.x == decoded.share.x) {
            return Error::invalid("seal.share", "share", "this share was given already");
        }
    }
    shares_.push_back(std::move(decoded.share));
    if (shares_.size() < root_file_.share_threshold) {
        return root_file_.share_threshold - shares_.size();
    }
    auto opened = unseal_by_shares();
    shares_.clear();
    if (!opened) {
        forget_keys();
        return std::move(opened).error();
    }
    log::info("unsealed_by_shares", {{"root", root_->id.to_string()}});
    return std::size_t{0};
}

Result<void> FileSeal::unseal_by_shares() {
    const auto key = crypto::combine_shares(shares_);
    auto root = key ? root_file_.open_by_shares(*key)
                    : Result<crypto::SecretBytes>(Error(Code::kSealBroken, "seal.share"));
    if (!root) {
        return Error::invalid("seal.share", "share",
                              "the shares given do not open the root; start over");
    }
    root_ = RootKey{root_file_.root_id, std::move(*root)};
    return settle();
}

// --- the root -------------------------------------------------------------------------------

Result<std::vector<ShareText>> FileSeal::rotate_root(const ShareOptions& options) {
    const std::lock_guard lock(change_);
    CH_TRY_VOID(require_settled());
    auto key = load_key_file(paths_);
    if (!key || !key->has_value() || !root_file_.open_by_key_file((*key)->key)) {
        return Error(Code::kWrongState, "seal.rotate_root",
                     "the key file does not open the root; restore it first");
    }
    RootKey next{Uuid::random(random_), crypto::random_secret(key_bytes)};

    RootFile pending = root_file_;
    ++pending.revision;
    pending.next_root_id = next.id;
    CH_TRY_VOID(pending.wrap_next(root_->key, next.key));

    RootFile rotated;
    rotated.seal_id = root_file_.seal_id;
    rotated.revision = pending.revision + 1;
    rotated.root_id = next.id;
    rotated.key_file_id = (*key)->id;
    CH_TRY_VOID(rotated.wrap_by_key_file((*key)->key, next.key));
    CH_TRY(auto shares, make_shares(rotated, next.key, options, random_));

    next_root_ = std::move(next);
    auto written = write_rotation(pending, rotated);
    if (!written) {
        // Which of the two roots rules is found out from the files, at once or at the next change.
        unsettled_ = true;
        if (auto settled = settle(); !settled) {
            log::error("root_rotation_unsettled", {{"code", std::string(code_name(
                                                                settled.error().code()))}},
                       "look after the disk of the data directory");
        }
        return std::move(written).error();
    }
    log::info("root_rotated", {{"root", root_->id.to_string()}});
    return shares;
}

Result<void> FileSeal::write_rotation(const RootFile& pending, const RootFile& rotated) {
    CH_TRY_VOID(write_root_file(paths_, pending));
    Keybag bag = *bag_;
    ++bag.counter;
    CH_TRY_VOID(files_.save(bag, *next_root_));
    CH_TRY_VOID(write_root_file(paths_, rotated));
    root_file_ = rotated;
    root_ = std::move(next_root_);
    next_root_.reset();
    bag_ = std::make_shared<const Keybag>(std::move(bag));
    keyring_.publish(bag_);
    return ok();
}

Result<void> FileSeal::restore_key_file() {
    const std::lock_guard lock(change_);
    CH_TRY_VOID(require_settled());
    if (auto present = load_key_file(paths_);
        present && *present && root_file_.open_by_key_file((*present)->key)) {
        return Error(Code::kWrongState, "seal.restore_key_file",
                     "the key file is there and opens the root");
    }
    // A fresh key: nobody knows where the lost one is.
    const KeyFile key{Uuid::random(random_), crypto::random_secret(key_bytes)};
    RootFile changed = root_file_;
    ++changed.revision;
    changed.key_file_id = key.id;
    CH_TRY_VOID(changed.wrap_by_key_file(key.key, root_->key));
    unsettled_ = true;
    CH_TRY_VOID(write_root_file(paths_, changed));
    root_file_ = std::move(changed);
    unsettled_ = false;
    CH_TRY_VOID(write_key_file(paths_, key));
    log::info("key_file_restored", {{"key", key.id.to_string()}});
    return ok();
}

// --- scopes ---------------------------------------------------------------------------------

Result<void> FileSeal::save_bag(Keybag next) {
    ++next.counter;
    auto saved = files_.save(next, *root_);
    if (!saved) {
        unsettled_ = true;
        return saved;
    }
    bag_ = std::make_shared<const Keybag>(std::move(next));
    keyring_.publish(bag_);
    return ok();
}

/// `change` gets the scope's keys to alter and says whether there is anything to write.
template <class F>
Result<void> FileSeal::change_scope(const Uuid& scope, F&& change) {
    const std::lock_guard lock(change_);
    CH_TRY_VOID(require_settled());
    const ScopeKeys* const present = bag_->find(scope);
    if (present == nullptr) {
        return Error(Code::kDomainNotFound, "seal.scope");
    }
    Keybag next = *bag_;
    ScopeKeys keys = present->clone();
    CH_TRY(const bool changed, change(next, keys));
    if (!changed) {
        return ok();
    }
    next.scopes[scope] = std::make_shared<const ScopeKeys>(std::move(keys));
    return save_bag(std::move(next));
}

Result<void> FileSeal::create_scope(const Uuid& scope) {
    const std::lock_guard lock(change_);
    CH_TRY_VOID(require_settled());
    if (bag_->graves.contains(scope)) {
        return Error(Code::kWrongState, "seal.create_scope",
                     "its keys were destroyed and it cannot come back");
    }
    if (bag_->scopes.contains(scope)) {
        return Error(Code::kAlreadyExists, "seal.create_scope");
    }
    ScopeKeys keys;
    keys.sealing.push_back({1, crypto::random_secret(key_bytes)});
    keys.index = crypto::random_secret(key_bytes);
    keys.audit = crypto::random_secret(key_bytes);
    Keybag next = *bag_;
    next.scopes[scope] = std::make_shared<const ScopeKeys>(std::move(keys));
    return save_bag(std::move(next));
}

Result<std::uint32_t> FileSeal::rotate_scope(const Uuid& scope) {
    std::uint32_t number = 0;
    CH_TRY_VOID(change_scope(scope, [&](Keybag&, ScopeKeys& keys) -> Result<bool> {
        if (keys.is_destroyed()) {
            return Error(Code::kDomainNotFound, "seal.rotate_scope");
        }
        number = keys.generation() + 1;
        keys.sealing.push_back({number, crypto::random_secret(key_bytes)});
        return true;
    }));
    return number;
}

Result<void> FileSeal::retire_generations(const Uuid& scope, std::uint32_t below) {
    return change_scope(scope, [&](Keybag&, ScopeKeys& keys) -> Result<bool> {
        if (keys.is_destroyed()) {
            return Error(Code::kDomainNotFound, "seal.retire_generations");
        }
        if (below > keys.generation()) {
            return Error::invalid("seal.retire_generations", "below",
                                  "the present generation cannot be retired");
        }
        return std::erase_if(keys.sealing, [&](const Generation& generation) {
                   return generation.number < below;
               }) > 0;
    });
}

Result<void> FileSeal::destroy_scope(const Uuid& scope) {
    return change_scope(scope, [&](Keybag& bag, ScopeKeys& keys) -> Result<bool> {
        if (keys.is_destroyed()) {
            return false;  // done already: work that is resumed may ask twice
        }
        keys.sealing.clear();
        keys.index = crypto::SecretBytes();
        bag.graves.insert(scope);
        return true;
    });
}

}  // namespace chatelaine::seal
