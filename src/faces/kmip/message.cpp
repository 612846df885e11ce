#include "faces/kmip/message.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "ttlv/names.hpp"
#include "ttlv/text.hpp"

namespace chatelaine::faces::kmip {
namespace {

namespace tag = ttlv::tag;
using ttlv::Item;

constexpr std::string_view kWhere = "kmip.message";

using ttlv::ResultReason;
using ttlv::ResultStatus;

bool is_served(Version version) {
    const auto& known = objects::kmip::kVersions;
    return std::find(known.begin(), known.end(), version) != known.end();
}

void write_version(ttlv::Writer& out, Version version) {
    out.begin(tag::kProtocolVersion)
        .integer(tag::kProtocolVersionMajor, version.major)
        .integer(tag::kProtocolVersionMinor, version.minor)
        .end();
}

/// The text for the client: no internals, no other customer's names.
std::string public_message(const Error& error) {
    const Error::Detail& detail = error.detail();
    std::string text;
    if (!detail.field.empty()) {
        text.append(detail.field).append(": ");
    }
    text.append(detail.message.empty() ? code_name(error.code()) : detail.message);
    if (!detail.action.empty()) {
        text.append(": ").append(detail.action).append(" on ").append(detail.resource);
    }
    return text;
}

}  // namespace

namespace {

/// The reasons of 1.x.
ResultReason reason_of(Code code, Version version) {
    switch (code) {
        case Code::kMalformed:
        case Code::kMissingArgument: return ResultReason::kInvalidMessage;
        case Code::kInvalidArgument:
        case Code::kUnknownField:
        case Code::kWrongKeyType:
        case Code::kAlreadyExists: return ResultReason::kInvalidField;
        case Code::kRouteNotFound:
        case Code::kMethodNotAllowed: return ResultReason::kOperationNotSupported;
        case Code::kTooLarge: return ResultReason::kResponseTooLarge;
        case Code::kNotSupported:
        case Code::kUnsupportedMediaType: return ResultReason::kFeatureNotSupported;
        case Code::kWrongState:
        case Code::kNotPermittedUse:
        case Code::kForbidden: return ResultReason::kPermissionDenied;
        case Code::kNotExtractable:
            return version >= objects::kmip::kVersion1_4 ? ResultReason::kNotExtractable
                                                         : ResultReason::kPermissionDenied;
        case Code::kUnauthenticated: return ResultReason::kAuthenticationNotSuccessful;
        case Code::kKeyNotFound:
        case Code::kDomainNotFound:
        case Code::kSecretNotFound:
        case Code::kNotFound: return ResultReason::kItemNotFound;
        case Code::kDecryptFailed: return ResultReason::kCryptographicFailure;
        case Code::kArchived: return ResultReason::kObjectArchived;
        case Code::kKeyFormatNotSupported: return ResultReason::kKeyFormatTypeNotSupported;
        case Code::kIllegalOperation: return ResultReason::kIllegalOperation;
        default: return ResultReason::kGeneralFailure;
    }
}

/// 2.x tells more apart (KMIP 2.1 section 11.48). Nothing where it says what 1.x does.
std::optional<ResultReason> reason_since_2(const Error& error) {
    const std::string_view where = error.where();
    switch (error.code()) {
        case Code::kWrongState: return ResultReason::kWrongKeyLifecycleState;
        case Code::kKeyNotFound:
            return where == "kmip.object" ? ResultReason::kObjectDestroyed
                                          : ResultReason::kObjectNotFound;
        case Code::kNotPermittedUse:
            if (where == "kmip.attribute") {
                return ResultReason::kAttributeReadOnly;
            }
            return where == "kmip.usage_limits" ? ResultReason::kUsageLimitExceeded
                                                : ResultReason::kIncompatibleCryptographicUsageMask;
        case Code::kAlreadyExists:
            return where == "kmip.attribute" ? ResultReason::kAttributeSingleValued
                                             : ResultReason::kObjectAlreadyExists;
        case Code::kNotFound:
            if (where == "kmip.asynchronous") {
                return ResultReason::kInvalidAsynchronousCorrelationValue;
            }
            return where == "kmip.attribute" ? std::optional(ResultReason::kAttributeNotFound)
                                             : std::nullopt;
        default: return std::nullopt;
    }
}

}  // namespace

ResultReason result_reason(const Error& error, Version version) {
    if (version >= objects::kmip::kVersion2_0) {
        if (const auto reason = reason_since_2(error)) {
            return *reason;
        }
        if (error.where() == "kmip.tag_length") {
            return ResultReason::kBadCryptographicParameters;
        }
    }
    if (error.where() == "kmip.tag_length") {
        return ResultReason::kGeneralFailure;  // as the cases have it
    }
    if (error.where() == "kmip.import" && error.code() == Code::kAlreadyExists) {
        return ResultReason::kObjectAlreadyExists;  // it came with the operation, in 1.4
    }
    return reason_of(error.code(), version);
}

int audit_status(Code code) {
    return static_cast<int>(reason_of(code, objects::kmip::kVersion1_4));
}

Message::Message(engine::Engine& engine, net::Exchange& exchange, Encoding encoding)
    : engine_(engine), exchange_(exchange), encoding_(encoding) {
    make_call();
    if (const auto good = read(); !good) {
        answer_whole(good.error());
    }
}

Message::~Message() {
    wipe(out_.data(), out_.size());
    wipe(decoded_.data(), decoded_.size());
}

void Message::make_call() {
    call_.type = "KMIP_AUDIT";
    call_.client_ip = exchange_.peer().address;
    call_.status_of = &audit_status;
    call_.received = exchange_.received();
    call_.presented = engine::presented_by(exchange_.peer());
}

Result<void> Message::read() {
    BytesView body = exchange_.request().body;
    if (encoding_ != Encoding::kTtlv) {
        auto decoded = encoding_ == Encoding::kXml ? ttlv::from_xml(as_text(body))
                                                   : ttlv::from_json(as_text(body));
        if (!decoded) {
            return std::move(decoded).error();
        }
        decoded_ = std::move(decoded).value();
        body = decoded_;
    }
    auto document = ttlv::Document::parse(body);
    if (!document) {
        return std::move(document).error();
    }
    document_.emplace(std::move(document).value());
    const Item root = document_->root();
    if (root.tag() != tag::kRequestMessage) {
        return Error(Code::kMalformed, kWhere, "expected a Request Message");
    }
    CH_TRY_VOID(read_header(root.find(tag::kRequestHeader)));
    read_items(root);
    CH_TRY(const std::int32_t count,
           root.find(tag::kRequestHeader).find(tag::kBatchCount).integer());
    if (items_.empty() || count < 0 || static_cast<std::size_t>(count) != items_.size()) {
        items_.clear();
        return Error(Code::kMalformed, kWhere, "the Batch Count is not the number of items");
    }
    if (items_.size() > limits::kmip_batch_items_max) {
        items_.clear();
        return Error(Code::kMalformed, kWhere, "more than 1000 batch items");
    }
    begin_response(items_.size());
    return ok();
}

Result<void> Message::read_header(const Item& header) {
    CH_TRY_VOID(header.structure());
    const Item protocol = header.find(tag::kProtocolVersion);
    CH_TRY(const std::int32_t major, protocol.find(tag::kProtocolVersionMajor).integer());
    CH_TRY(const std::int32_t minor, protocol.find(tag::kProtocolVersionMinor).integer());
    const Version asked{static_cast<std::uint8_t>(major), static_cast<std::uint8_t>(minor)};
    if (major < 0 || major > 255 || minor < 0 || minor > 255 || !is_served(asked)) {
        // The answer is in a version that such a client can be expected to read.
        version_ = major >= 2 ? objects::kmip::kVersion2_1 : objects::kmip::kVersion1_4;
        return Error(Code::kMalformed, kWhere, "the protocol version is not served");
    }
    version_ = asked;
    if (const Item size = header.find(tag::kMaximumResponseSize)) {
        CH_TRY(const std::int32_t most, size.integer());
        response_bytes_max_ = static_cast<std::size_t>(std::max(most, 0));
    }
    if (const Item option = header.find(tag::kBatchErrorContinuationOption)) {
        CH_TRY(const std::uint32_t value, option.enumeration());
        if (value < 1 || value > 3) {
            return Error::invalid(kWhere, "Batch Error Continuation Option",
                                  "expected Continue, Stop or Undo");
        }
        continuation_ = static_cast<ttlv::BatchErrorContinuationOption>(value);
    }
    if (const Item correlation = header.find(tag::kClientCorrelationValue)) {
        CH_TRY(client_correlation_, correlation.text());
    }
    return ok();
}

void Message::read_items(const Item& root) {
    for (Item member = root.first(); member; member = member.next()) {
        if (member.tag() == tag::kBatchItem) {
            items_.push_back(member);
        }
    }
}

void Message::begin_response(std::size_t items) {
    out_.clear();
    out_.reserve(1024);
    writer_.begin(tag::kResponseMessage).begin(tag::kResponseHeader);
    write_version(writer_, version_);
    writer_.date_time(tag::kTimeStamp, engine_.parts().clock.now());
    if (version_ >= objects::kmip::kVersion1_4 && !client_correlation_.empty()) {
        writer_.text(tag::kClientCorrelationValue, client_correlation_);
    }
    writer_.integer(tag::kBatchCount, static_cast<std::int32_t>(items)).end();
    items_begin_ = item_begin_ = out_.size();
}

/// A message that cannot be read has one answer, which belongs to no operation.
void Message::answer_whole(const Error& error) {
    items_.clear();
    begin_response(1);
    operation_ = 0;
    item_ = {};
    fail(error);
}

bool Message::next() {
    while (at_ < items_.size()) {
        item_ = items_[at_++];
        payload_ = item_.find(tag::kRequestPayload);
        call_.request = RequestId::random(engine_.parts().random);
        item_begin_ = out_.size();
        placeholder_before_ = placeholder_;
        const auto operation = item_.find(tag::kOperation).enumeration();
        operation_ = operation ? *operation : 0;
        if (stopped_) {
            write_failed_item(ResultReason::kOperationCanceledByRequester,
                              "an item before it failed");
            continue;
        }
        if (!operation) {
            fail(operation.error());
            continue;
        }
        const Item extension = item_.find(tag::kMessageExtension);
        const auto critical = extension.find(tag::kCriticalityIndicator).boolean();
        if (extension && critical && *critical) {
            fail(Error(Code::kNotSupported, kWhere, "the message extension is not known"));
            continue;
        }
        if (items_.size() > 1 && !item_.find(tag::kUniqueBatchItemID)) {
            fail(Error::missing(kWhere, "Unique Batch Item ID"));
            continue;
        }
        if (!payload_) {
            fail(Error::missing(kWhere, "Request Payload"));
            continue;
        }
        return true;
    }
    return false;
}

Result<ObjectId> Message::object(ttlv::Tag tag) const {
    const Item named = payload_.find(tag);
    if (!named) {
        if (placeholder_) {
            return *placeholder_;
        }
        return Error(Code::kKeyNotFound, kWhere,
                     "no Unique Identifier is given, and there is no ID Placeholder");
    }
    CH_TRY(const std::string_view text, named.text());
    const auto id = ObjectId::parse(text);
    if (!id) {
        return Error(Code::kKeyNotFound, kWhere, "there is no such object");
    }
    return *id;
}

/// What every item of a response begins with.
void Message::begin_item(ResultStatus result) {
    writer_.begin(tag::kBatchItem);
    if (operation_ != 0) {
        writer_.enumeration(tag::kOperation, operation_);
    }
    if (const Item id = item_.find(tag::kUniqueBatchItemID)) {
        writer_.item(id.encoded());
    }
    writer_.enumeration(tag::kResultStatus, result);
}

void Message::begin_success() {
    begin_item(ResultStatus::kSuccess);
    writer_.begin(tag::kResponsePayload);
}

Result<void> Message::end_success() {
    writer_.end().end();
    if (response_bytes_max_ != 0 && out_.size() > response_bytes_max_) {
        retract();
        return Error(Code::kTooLarge, kWhere,
                     "the response is larger than the Maximum Response Size");
    }
    return ok();
}

void Message::retract() {
    writer_.rewind(item_begin_);
    placeholder_ = placeholder_before_;
}

void Message::restart() {
    writer_.rewind(items_begin_);
    placeholder_.reset();
    at_ = 0;
    stopped_ = false;
}

void Message::write_failed_item(ResultReason why, std::string_view message) {
    retract();
    begin_item(ResultStatus::kOperationFailed);
    writer_.enumeration(tag::kResultReason, why).text(tag::kResultMessage, message).end();
}

void Message::fail(const Error& error) {
    if (error.code() == Code::kUndone) {
        retract();
        begin_item(ResultStatus::kOperationUndone);
        writer_.end();
        return;
    }
    write_failed_item(result_reason(error, version_), public_message(error));
    stopped_ = stopped_ || continuation_ != ttlv::BatchErrorContinuationOption::kContinue;
}

std::string Message::refusal(WallTime now, std::string_view reason) {
    Bytes out;
    ttlv::Writer writer(out);
    writer.begin(tag::kResponseMessage).begin(tag::kResponseHeader);
    write_version(writer, objects::kmip::kVersion1_4);
    writer.date_time(tag::kTimeStamp, now).integer(tag::kBatchCount, 1).end();
    writer.begin(tag::kBatchItem)
        .enumeration(tag::kResultStatus, ResultStatus::kOperationFailed)
        .enumeration(tag::kResultReason, ResultReason::kInvalidMessage)
        .text(tag::kResultMessage, reason)
        .end()
        .end();
    return std::string(as_text(out));
}

void Message::finish() {
    writer_.end();
    net::HttpResponse response;
    response.wipe_body = true;
    if (encoding_ == Encoding::kTtlv) {
        response.content_type = "application/octet-stream";
        response.body.assign(as_text(out_));
    } else {
        const bool xml = encoding_ == Encoding::kXml;
        auto text = xml ? ttlv::to_xml(out_) : ttlv::to_json(out_);
        response.content_type = xml ? "text/xml" : "application/json";
        if (text) {
            response.body = std::move(text).value();
        } else {
            // What was answered has characters that XML cannot carry.
            response.status = 500;
            response.content_type = {};
        }
    }
    exchange_.reply(std::move(response));
}

}  // namespace chatelaine::faces::kmip
