// Ten thousand random walks over the operations of both faces, each step held against a small model
// of secrets that knows nothing of records, inlining or folders. A failure names its walk's seed.
#include <map>
#include <random>

#include "secrets/test_support.hpp"

namespace chatelaine::secrets::testing {
namespace {

constexpr Code kOk = Code::kEndOfCodes;

struct ModelVersion {
    std::string data;
    bool active = true;
    bool deleted = false;
};

struct ModelSecret {
    std::map<std::uint32_t, ModelVersion> versions;
    std::uint32_t current = 0;
    std::uint32_t oldest = 0;
    std::uint32_t max = 10;
    bool cas_required = false;

    void add(std::string data) {
        versions[++current] = {std::move(data), true, false};
        while (versions.size() > max) {
            versions.erase(versions.begin());
            oldest = versions.begin()->first;
        }
    }
    Code cas_code(const std::optional<std::uint32_t>& cas) const {
        const bool good = cas ? *cas == current : !cas_required;
        return good ? kOk : Code::kInvalidArgument;
    }
};

class Walk {
public:
    explicit Walk(std::uint32_t seed) : random_(seed) {}

    ::testing::AssertionResult run(int steps) {
        for (int i = 0; i < steps; ++i) {
            const std::string told = step();
            if (!told.empty()) {
                return ::testing::AssertionFailure() << "step " << i << ": " << told;
            }
            const std::string wrong = compare();
            if (!wrong.empty()) {
                return ::testing::AssertionFailure()
                       << "after step " << i << " (" << last_ << "): " << wrong;
            }
        }
        return ::testing::AssertionSuccess();
    }

private:
    std::uint32_t pick(std::uint32_t count) {
        return static_cast<std::uint32_t>(random_() % count);
    }
    const std::string& path() {
        static const std::string paths[] = {"a", "a/b", "a/b/c", "d//e"};
        return paths[pick(4)];
    }
    /// Small, in the middle, and too large to lie in the secret's own record.
    std::string data() {
        constexpr std::size_t sizes[] = {1, 3, 900, 2500, 9000};
        return R"({"n":)" + std::to_string(++serial_) + R"(,"v":")" +
               std::string(sizes[pick(5)], 'x') + R"("})";
    }
    std::optional<std::uint32_t> cas(const ModelSecret* there) {
        const std::uint32_t current = there != nullptr ? there->current : 0;
        const std::uint32_t which = pick(4);
        return which == 0   ? std::optional<std::uint32_t>{}
               : which == 1 ? std::optional<std::uint32_t>{current + 1}
                            : std::optional<std::uint32_t>{current};
    }
    ModelSecret* find(const std::string& path) {
        const auto found = model_.find(path);
        return found == model_.end() ? nullptr : &found->second;
    }
    template <class Op>
    Code commit(typename Op::Command command) {
        const auto done = world_.commit<Op>(std::move(command));
        return done ? kOk : done.error().code();
    }
    std::string expect(Code got, Code wanted) {
        return got == wanted ? std::string{}
                             : last_ + " gave " + (got == kOk ? "ok" : std::string(code_name(got)));
    }

    std::string create(const std::string& path, ModelSecret* there) {
        std::string text = data();
        MetadataChange metadata;
        metadata.settings.max_versions = 1 + pick(4);
        metadata.settings.cas_required = pick(3) == 0;
        const ModelSecret fresh{
            {}, 0, 0, *metadata.settings.max_versions, *metadata.settings.cas_required};
        const Code got = world_.create(path, text, metadata);
        if (there == nullptr) {
            model_[path] = fresh;
            model_[path].add(std::move(text));
        }
        return expect(got, there == nullptr ? kOk : Code::kAlreadyExists);
    }
    /// A new version by REST (put, post) or by KV2, which makes the secret where there is none.
    std::string write(const std::string& path, ModelSecret* there) {
        std::string text = data();
        const auto condition = cas(there);
        const std::uint32_t face = pick(3);
        const Code got =
            face == 0   ? commit<PutSecret>(World::with_data<PutSecret>(path, text, condition))
            : face == 1 ? commit<CreateVersion>(
                              World::with_data<CreateVersion>(path, text, condition))
                        : commit<KvWrite>(World::with_data<KvWrite>(path, text, condition));
        if (there == nullptr && face != 2) {
            return expect(got, Code::kSecretNotFound);
        }
        const ModelSecret none;
        const Code wanted = (there != nullptr ? *there : none).cas_code(condition);
        if (wanted == kOk) {
            model_[path].add(std::move(text));
        }
        return expect(got, wanted);
    }
    std::string patch(const std::string& path, ModelSecret* there) {
        const auto condition = cas(there);
        auto command = World::on<KvPatch>(path);
        command.patch = secret(R"({"n":1e400,"v":null})");
        command.cas = condition;
        const auto done = world_.commit<KvPatch>(std::move(command));
        const Code got = done ? kOk : done.error().code();
        if (there == nullptr || there->current == 0) {
            return expect(got, Code::kSecretNotFound);
        }
        const ModelVersion& newest = there->versions.at(there->current);
        if (newest.deleted || !newest.active) {
            return done && !done->patched ? std::string{} : last_ + " patched what is not active";
        }
        const Code wanted = there->cas_code(condition);
        if (wanted == kOk) {
            there->add(R"({"n":1e400})");
        }
        return expect(got, wanted);
    }
    std::string roll_back(const std::string& path, ModelSecret* there) {
        const auto condition = cas(there);
        auto command = World::on<RollbackSecret>(path);
        command.version = 1 + pick(8);
        command.cas = condition;
        const std::uint32_t number = command.version;
        const Code got = commit<RollbackSecret>(std::move(command));
        if (there == nullptr || there->versions.count(number) == 0) {
            return expect(got, Code::kSecretNotFound);
        }
        const ModelVersion& old = there->versions.at(number);
        if (old.deleted || !old.active) {
            return expect(got, Code::kWrongState);
        }
        const Code wanted = there->cas_code(condition);
        if (wanted == kOk) {
            there->add(std::string(old.data));
        }
        return expect(got, wanted);
    }
    std::string switch_state(const std::string& path, ModelSecret* there) {
        const std::uint32_t number = 1 + pick(8);
        const std::uint32_t to = pick(3);
        const Code got =
            to == 0   ? commit<ActivateVersion>(World::version_of<ActivateVersion>(path, number))
            : to == 1 ? commit<DeactivateVersion>(
                            World::version_of<DeactivateVersion>(path, number))
                      : commit<DeleteVersion>(World::version_of<DeleteVersion>(path, number));
        if (there == nullptr || there->versions.count(number) == 0) {
            return expect(got, Code::kSecretNotFound);
        }
        ModelVersion& version = there->versions[number];
        if (version.deleted && to != 2) {
            return expect(got, Code::kWrongState);
        }
        version.active = to == 0;
        version.deleted = version.deleted || to == 2;
        return expect(got, kOk);
    }
    /// KV2's lists of versions: numbers that are not there, or are destroyed, are passed over.
    std::string switch_many(const std::string& path, ModelSecret* there) {
        const std::vector<std::uint32_t> numbers{1 + pick(8), 1 + pick(8), 1 + pick(8)};
        const std::uint32_t to = pick(3);
        const auto list = [&](auto command) {
            command.versions = numbers;
            return command;
        };
        const Code got = to == 0   ? commit<KvUndelete>(list(World::on<KvUndelete>(path)))
                         : to == 1 ? commit<KvDelete>(list(World::on<KvDelete>(path)))
                                   : commit<KvDestroy>(list(World::on<KvDestroy>(path)));
        for (const std::uint32_t number : numbers) {
            if (there != nullptr && there->versions.count(number) != 0) {
                ModelVersion& version = there->versions[number];
                if (!version.deleted) {
                    version.active = to == 0;
                    version.deleted = to == 2;
                }
            }
        }
        return expect(got, kOk);
    }
    std::string settle(const std::string& path, ModelSecret* there) {
        const std::uint32_t max = 1 + pick(4);
        Code got{};
        if (pick(2) == 0) {
            auto command = World::on<UpdateSecret>(path);
            command.metadata.settings.max_versions = max;
            got = commit<UpdateSecret>(std::move(command));
            if (there == nullptr) {
                return expect(got, Code::kSecretNotFound);
            }
        } else {
            auto command = World::on<KvPutMetadata>(path);
            command.settings.max_versions = max;
            got = commit<KvPutMetadata>(std::move(command));
        }
        model_[path].max = max;
        return expect(got, kOk);
    }
    std::string remove(const std::string& path, ModelSecret* there) {
        if (pick(2) == 0) {
            const Code got = commit<DeleteSecret>(World::on<DeleteSecret>(path));
            const bool was_there = there != nullptr;
            model_.erase(path);
            return expect(got, was_there ? kOk : Code::kSecretNotFound);
        }
        const Code got = commit<KvDeleteMetadata>(World::on<KvDeleteMetadata>(path));
        model_.erase(path);
        return expect(got, kOk);
    }
    std::string delete_latest(const std::string& path, ModelSecret* there) {
        const Code got = commit<KvDeleteLatest>(World::on<KvDeleteLatest>(path));
        if (there != nullptr && there->current != 0) {
            ModelVersion& newest = there->versions.at(there->current);
            newest.active = newest.active && newest.deleted;
        }
        return expect(got, kOk);
    }

    std::string step() {
        using Step = std::string (Walk::*)(const std::string&, ModelSecret*);
        constexpr std::pair<const char*, Step> steps[] = {
            {"create", &Walk::create},       {"write", &Walk::write},
            {"write", &Walk::write},         {"write", &Walk::write},
            {"patch", &Walk::patch},         {"switch", &Walk::switch_state},
            {"switches", &Walk::switch_many}, {"settle", &Walk::settle},
            {"latest", &Walk::delete_latest}, {"remove", &Walk::remove},
            {"rollback", &Walk::roll_back}};
        const auto& [name, run] = steps[pick(11)];
        const std::string on = path();
        last_ = std::string(name) + " " + on;
        return (this->*run)(on, find(on));
    }

    std::string compare() {
        for (const auto& [path, expected] : model_) {
            const auto stored = world_.stored(path);
            if (!stored || stored->current != expected.current ||
                stored->oldest != expected.oldest ||
                stored->versions.size() != expected.versions.size()) {
                return path + ": numbers";
            }
            for (const auto& [number, version] : expected.versions) {
                const bool readable = version.active && !version.deleted;
                const std::string wanted = readable ? version.data : "(none)";
                auto by_rest = World::on<ReadSecret>(path);
                by_rest.version = number;
                auto by_kv = World::on<KvRead>(path);
                by_kv.version = number;
                const auto one = world_.commit<ReadSecret>(std::move(by_rest));
                const auto two = world_.commit<KvRead>(std::move(by_kv));
                if (!one || !two || reveal(one->data) != wanted || reveal(two->data) != wanted) {
                    return path + ": version " + std::to_string(number);
                }
                const VersionState state = version.deleted  ? VersionState::kDeleted
                                           : version.active ? VersionState::kActive
                                                            : VersionState::kDeactivated;
                if (one->state != state) {
                    return path + ": state of version " + std::to_string(number);
                }
            }
        }
        return {};
    }

    std::mt19937 random_;
    World world_;
    std::map<std::string, ModelSecret> model_;
    std::string last_;
    int serial_ = 0;
};

TEST(SecretWalks, TenThousandAgreeWithTheModel) {
    constexpr std::uint32_t kWalks = 10'000;
    constexpr int kSteps = 12;
    for (std::uint32_t seed = 1; seed <= kWalks; ++seed) {
        ASSERT_TRUE(Walk(seed).run(kSteps)) << "seed " << seed;
    }
}

}  // namespace
}  // namespace chatelaine::secrets::testing
