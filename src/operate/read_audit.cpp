#include "access/access.hpp"
#include "operate/operations.hpp"

namespace chatelaine::operate {
namespace {

/// Both stores' streams as one: a scope's change records lie in the store that the change was in.
class AllStreams final : public store::Store {
public:
    explicit AllStreams(Tools& tools) : tools_(tools) {}

    Result<std::vector<store::StreamKey>> streams(const Uuid& scope) override {
        CH_TRY(auto all, tools_.directory->streams(scope));
        CH_TRY(const auto more, tools_.region->streams(scope));
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Result<std::vector<store::StreamEntry>> read_stream(const store::StreamKey& stream,
                                                        std::uint64_t from,
                                                        std::size_t max) override {
        return home_of(stream).read_stream(stream, from, max);
    }
    Result<std::uint64_t> next_sequence(const store::StreamKey& stream) override {
        return home_of(stream).next_sequence(stream);
    }

    // Streams are all that a reader of the audit asks for.
    void submit(store::Transaction, store::CommitDone done) override { done(not_here()); }
    Result<std::optional<store::Record>> get(const store::RecordKey&) override {
        return not_here();
    }
    Result<store::Page> query(const store::Query&) override { return not_here(); }
    Result<std::uint64_t> count(const store::Query&, std::uint64_t) override { return not_here(); }
    Result<store::Page> changed_since(std::uint64_t, std::size_t) override { return not_here(); }
    Result<void> copy_to(const std::filesystem::path&) override { return not_here(); }
    Result<void> check_integrity() override { return not_here(); }
    store::Statistics statistics() override { return {}; }

private:
    static Error not_here() { return Error(Code::kNotSupported, "operate.streams"); }
    store::Store& home_of(const store::StreamKey& stream) {
        return stream.writer == tools_.directory_writer ? *tools_.directory : *tools_.region;
    }
    Tools& tools_;
};

Result<audit::RecordPage> read(const Uuid& scope, const AuditQuery& query, Services& services,
                               Tools& tools) {
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "operate.audit");
    }
    AllStreams streams(tools);
    return audit::read_records(scope, query.filter, {query.cursor}, query.max, query.newest_first,
                               *tools.seal, streams, tools.shipper);
}

}  // namespace

Result<gate::Outcome<ReadAudit>> run(const gate::Authorised<ReadAudit>& authorised,
                                     Services& services, Tools& tools) {
    const auto& command = authorised.command();
    gate::Outcome<ReadAudit> outcome;
    CH_TRY(outcome.reply, read(command.domain.uuid, command.query, services, tools));
    return outcome;
}

Result<gate::Outcome<ReadProviderAudit>> run(const gate::Authorised<ReadProviderAudit>& authorised,
                                             Services& services, Tools& tools) {
    gate::Outcome<ReadProviderAudit> outcome;
    CH_TRY(outcome.reply,
           read(access::provider_scope, authorised.command().query, services, tools));
    return outcome;
}

}  // namespace chatelaine::operate
