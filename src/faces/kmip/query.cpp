#include "faces/kmip/query.hpp"

#include <algorithm>
#include <initializer_list>

#include "ttlv/names.hpp"

namespace chatelaine::faces::kmip {
namespace {

namespace tag = ttlv::tag;
namespace model = objects::kmip;
using ttlv::Item;
using ttlv::QueryFunction;
using ttlv::Writer;

constexpr std::string_view kVendor = "Chatelaine";

void write_operations(const KmipFace& face, Version version, Writer& out) {
    for (const std::uint32_t operation : face.operations(version)) {
        out.enumeration(tag::kOperation, operation);
    }
}

void write_object_types(Version version, Writer& out) {
    using enum ttlv::ObjectType;
    for (const auto type : {kCertificate, kSymmetricKey, kPublicKey, kPrivateKey, kSplitKey}) {
        out.enumeration(tag::kObjectType, number(type));
    }
    if (version < model::kVersion2_0) {
        out.enumeration(tag::kObjectType, number(kTemplate));
    }
    out.enumeration(tag::kObjectType, number(kSecretData));
    out.enumeration(tag::kObjectType, number(kOpaqueObject));
    if (version >= model::kVersion1_2) {
        out.enumeration(tag::kObjectType, number(kPGPKey));
    }
    if (version >= model::kVersion2_0) {
        out.enumeration(tag::kObjectType, number(kCertificateRequest));
    }
}

void write_capabilities(Version version, Writer& out) {
    out.begin(tag::kCapabilityInformation)
        .boolean(tag::kStreamingCapability, true)
        .boolean(tag::kAsynchronousCapability, false)
        .boolean(tag::kAttestationCapability, false);
    if (version >= model::kVersion1_4) {
        out.boolean(tag::kBatchUndoCapability, true).boolean(tag::kBatchContinueCapability, true);
    }
    out.enumeration(tag::kUnwrapMode, ttlv::UnwrapMode::kProcessed)
        .enumeration(tag::kDestroyAction, ttlv::DestroyAction::kKeyMaterialDeleted)
        .enumeration(tag::kShreddingAlgorithm, ttlv::ShreddingAlgorithm::kCryptographic)
        .enumeration(tag::kRNGMode, ttlv::RNGMode::kSharedInstantiation)
        .end();
}

/// Only profiles of which every case passes (tests/kmip/oasis).
void write_profiles(Version version, Writer& out) {
    using enum ttlv::ProfileName;
    const auto write = [&](std::initializer_list<ttlv::ProfileName> names) {
        for (const auto name : names) {
            out.begin(tag::kProfileInformation).enumeration(tag::kProfileName, name).end();
        }
    };
    if (version < model::kVersion1_3) {
        return;
    }
    write({kSymmetricKeyLifecycleServerKMIPV10, kSymmetricKeyLifecycleServerKMIPV11,
           kSymmetricKeyLifecycleServerKMIPV12, kAsymmetricKeyLifecycleServerKMIPV10,
           kAsymmetricKeyLifecycleServerKMIPV11, kAsymmetricKeyLifecycleServerKMIPV12,
           kTapeLibraryServerKMIPV11, kTapeLibraryServerKMIPV12,
           kStorageArrayWithSelfEncryptingDriveServerKMIPV10,
           kStorageArrayWithSelfEncryptingDriveServerKMIPV11,
           kStorageArrayWithSelfEncryptingDriveServerKMIPV12,
           kSymmetricKeyFoundryServerKMIPV10, kSymmetricKeyFoundryServerKMIPV12,
           kOpaqueManagedObjectStoreServerKMIPV10, kOpaqueManagedObjectStoreServerKMIPV11,
           kOpaqueManagedObjectStoreServerKMIPV12, kBaselineServerBasicKMIPV13,
           kSymmetricKeyLifecycleServerKMIPV13, kAsymmetricKeyLifecycleServerKMIPV13,
           kSymmetricKeyFoundryServerKMIPV13, kOpaqueManagedObjectStoreServerKMIPV13,
           kStorageArrayWithSelfEncryptingDriveServerKMIPV13, kHTTPSServerKMIPV13,
           kJSONServerKMIPV13, kXMLServerKMIPV13});
    if (version < model::kVersion1_4) {
        return;
    }
    write({kBaselineServerBasicKMIPV14, kStorageArrayWithSelfEncryptingDriveServerKMIPV14,
           kHTTPSServerKMIPV14, kJSONServerKMIPV14, kXMLServerKMIPV14});
}

/// A function that a version does not have, or that has nothing to tell, adds nothing.
void write_function(const KmipFace& face, std::uint32_t function, Version version, Writer& out) {
    switch (static_cast<QueryFunction>(function)) {
        case QueryFunction::kQueryOperations: return write_operations(face, version, out);
        case QueryFunction::kQueryObjects: return write_object_types(version, out);
        case QueryFunction::kQueryServerInformation:
            out.text(tag::kVendorIdentification, kVendor);
            return;
        case QueryFunction::kQueryRNGs:
            if (version >= model::kVersion1_3) {
                out.begin(tag::kRNGParameters)
                    .enumeration(tag::kRNGAlgorithm, ttlv::RNGAlgorithm::kUnspecified)
                    .end();
            }
            return;
        case QueryFunction::kQueryProfiles: return write_profiles(version, out);
        case QueryFunction::kQueryCapabilities:
            if (version >= model::kVersion1_3) {
                write_capabilities(version, out);
            }
            return;
        default: return;
    }
}

Result<void> query(const KmipFace& face, Message& message) {
    std::vector<std::uint32_t> functions;
    for (Item member = message.payload().first(); member; member = member.next()) {
        if (member.tag() == tag::kQueryFunction) {
            CH_TRY(const std::uint32_t function, member.enumeration());
            functions.push_back(function);
        }
    }
    if (functions.empty()) {
        return Error::missing("kmip.query", "Query Function");
    }
    // The response has its parts in one order, whatever the request's was.
    std::sort(functions.begin(), functions.end());
    functions.erase(std::unique(functions.begin(), functions.end()), functions.end());
    return message.succeed([&](Writer& out) {
        for (const std::uint32_t function : functions) {
            write_function(face, function, message.version(), out);
        }
    });
}

/// The client's versions that are served, newest first; all of them when it names none.
Result<void> discover_versions(const KmipFace&, Message& message) {
    std::vector<Version> offered;
    bool asked = false;
    for (Item member = message.payload().first(); member; member = member.next()) {
        if (member.tag() != tag::kProtocolVersion) {
            continue;
        }
        asked = true;
        CH_TRY(const std::int32_t major, member.find(tag::kProtocolVersionMajor).integer());
        CH_TRY(const std::int32_t minor, member.find(tag::kProtocolVersionMinor).integer());
        for (const Version& served : model::kVersions) {
            if (served.major == major && served.minor == minor) {
                offered.push_back(served);
            }
        }
    }
    if (!asked) {
        offered.assign(model::kVersions.begin(), model::kVersions.end());
    }
    std::sort(offered.begin(), offered.end(), std::greater<>{});
    offered.erase(std::unique(offered.begin(), offered.end()), offered.end());
    return message.succeed([&](Writer& out) {
        for (const Version& version : offered) {
            out.begin(tag::kProtocolVersion)
                .integer(tag::kProtocolVersionMajor, version.major)
                .integer(tag::kProtocolVersionMinor, version.minor)
                .end();
        }
    });
}

Result<void> ping(const KmipFace&, Message& message) {
    return message.succeed([](Writer&) {});
}

// Everything is answered at once: no operation is ever on its way.

Error no_such_operation() {
    return Error(Code::kNotFound, "kmip.asynchronous", "no operation has this correlation value");
}

Result<void> poll_or_process(const KmipFace&, Message& message) {
    CH_TRY_VOID(message.payload().find(tag::kAsynchronousCorrelationValue).bytes());
    return no_such_operation();
}

/// There is an answer for what is not known: Unavailable (KMIP 1.4 section 4.27).
Result<void> cancel(const KmipFace&, Message& message) {
    const Item value = message.payload().find(tag::kAsynchronousCorrelationValue);
    CH_TRY_VOID(value.bytes());
    return message.succeed([&](Writer& out) {
        out.item(value.encoded())
            .enumeration(tag::kCancellationResult, ttlv::CancellationResult::kUnavailable);
    });
}

}  // namespace

Version first_version(ttlv::Operation operation) {
    using enum ttlv::Operation;
    if (operation >= kLog) {
        return operation >= kQueryAsynchronousRequests ? model::kVersion2_1 : model::kVersion2_0;
    }
    if (operation >= kImport) {
        return model::kVersion1_4;
    }
    if (operation >= kEncrypt) {
        return model::kVersion1_2;
    }
    return operation == kReKeyKeyPair || operation == kDiscoverVersions ? model::kVersion1_1
                                                                        : model::kVersion1_0;
}

void add_queries(KmipFace& face) {
    face.add_plain(ttlv::Operation::kQuery, &query);
    face.add_plain(ttlv::Operation::kDiscoverVersions, &discover_versions);
    face.add_plain(ttlv::Operation::kPing, &ping);
    face.add_plain(ttlv::Operation::kPoll, &poll_or_process);
    face.add_plain(ttlv::Operation::kProcess, &poll_or_process);
    face.add_plain(ttlv::Operation::kCancel, &cancel);
    face.add_plain(ttlv::Operation::kQueryAsynchronousRequests, &ping);
}

}  // namespace chatelaine::faces::kmip
