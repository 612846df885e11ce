#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/engine.hpp"
#include "objects/kmip/operations.hpp"
#include "ttlv/enums.hpp"
#include "ttlv/ttlv.hpp"

/// One KMIP request message on its way: its header, its batch items one after the other, and the
/// response that grows item by item (KMIP 1.4 section 6, 2.1 section 8). Order is kept; what one
/// item made is there for the next through the ID Placeholder.

namespace chatelaine::faces::kmip {

using objects::kmip::Version;

/// Why an operation failed, in the words of the request's version.
ttlv::ResultReason result_reason(const Error& error, Version version);
/// What the audit writes of a refusal; engine::Call::status_of.
int audit_status(Code code);

/// How a message is written: TTLV on its own port, any of the three in the body of a POST.
enum class Encoding : std::uint8_t { kTtlv, kXml, kJson };

class Message {
public:
    /// Reads the message of the exchange's body; what is wrong with it as a whole is answered at
    /// once: then there is no item.
    Message(engine::Engine& engine, net::Exchange& exchange, Encoding encoding);
    ~Message();
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    Version version() const { return version_; }
    net::Exchange& exchange() { return exchange_; }
    engine::Engine& engine() { return engine_; }
    const engine::Call& call() const { return call_; }

    /// Goes on to the next batch item; false after the last one. Items that are refused without an
    /// operation are answered on the way.
    bool next();
    std::uint32_t operation() const { return operation_; }
    const ttlv::Item& payload() const { return payload_; }

    /// The Unique Identifier of the payload, or the ID Placeholder where it is left out.
    Result<ObjectId> object(ttlv::Tag tag) const;
    void set_placeholder(const ObjectId& id) { placeholder_ = id; }

    /// Writes the answer to the item in hand, over one that is there already. `write` fills the
    /// Response Payload. kTooLarge when the response grows beyond what the client takes: then
    /// nothing is written.
    template <class F>
    Result<void> succeed(F&& write) {
        retract();
        begin_success();
        write(writer_);
        return end_success();
    }
    /// Over an answer that is there already, too. kUndone is the status Operation Undone.
    void fail(const Error& error);

    /// The items must be done as one (Batch Error Continuation Option Undo).
    bool undo() const {
        return continuation_ == ttlv::BatchErrorContinuationOption::kUndo && items_.size() > 1;
    }
    /// An item was refused: those after it will be canceled.
    bool stopped() const { return stopped_; }
    std::size_t item_index() const { return at_ - 1; }
    /// Back to before the first item, whatever was answered.
    void restart();

    /// No item comes after the one in hand.
    bool is_last() const { return at_ == items_.size(); }
    /// The response to bytes that are no message.
    static std::string refusal(WallTime now, std::string_view reason);

    /// Sends the response. The exchange is over.
    void finish();

private:
    Result<void> read();
    Result<void> read_header(const ttlv::Item& header);
    void read_items(const ttlv::Item& root);
    void begin_response(std::size_t items);
    void answer_whole(const Error& error);
    void make_call();
    void begin_item(ttlv::ResultStatus result);
    void begin_success();
    Result<void> end_success();
    void retract();
    void write_failed_item(ttlv::ResultReason why, std::string_view message);

    engine::Engine& engine_;
    net::Exchange& exchange_;
    engine::Call call_;
    Encoding encoding_;
    Bytes decoded_;  ///< of another encoding; wiped at the end
    std::optional<ttlv::Document> document_;
    Version version_{1, 0};
    std::vector<ttlv::Item> items_;
    std::size_t at_ = 0;  ///< the item in hand is the one before
    std::uint32_t operation_ = 0;
    ttlv::Item item_, payload_;
    std::optional<ObjectId> placeholder_, placeholder_before_;
    std::size_t items_begin_ = 0, item_begin_ = 0;  ///< where they lie in out_
    ttlv::BatchErrorContinuationOption continuation_ = ttlv::BatchErrorContinuationOption::kStop;
    std::size_t response_bytes_max_ = 0;
    bool stopped_ = false;
    std::string client_correlation_;
    Bytes out_;
    ttlv::Writer writer_{out_};
};

}  // namespace chatelaine::faces::kmip
