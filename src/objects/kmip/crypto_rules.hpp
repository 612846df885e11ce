#pragma once

#include "objects/kmip/crypto_operations.hpp"
#include "objects/kmip/rules.hpp"

/// When a key may be used, what a use costs, and how a message in parts goes on. Private to the
/// room.

namespace chatelaine::objects::kmip {

struct Use {
    std::uint32_t usage = 0;  ///< one bit of usage::
    bool protects = false;    ///< makes new protection (encrypts, signs), or undoes and checks it
};
/// kArchived, kKeyNotFound (destroyed), kNotPermittedUse (usage mask), kWrongState: only an active
/// key is used, between Process Start and Protect Stop Date (KMIP 1.4 sections 3.22 to 3.25).
Result<void> require_use(const ManagedObject& object, Use use, WallTime now);

/// What a use costs of Usage Limits, whose unit is a byte or an object.
struct Cost {
    std::size_t bytes = 0;
    std::size_t objects = 1;  ///< 0 for a part that goes on with a message
};
/// A copy of the key with its Usage Limits counted down, or null when it has none (KMIP 1.4 section
/// 3.21). kNotPermittedUse when they do not reach.
Result<std::shared_ptr<ManagedObject>> counted_down(const ManagedObject& object, Cost cost);

/// The same into the outcome.
template <class Op>
Result<void> count_use(gate::Outcome<Op>& outcome, const ManagedObject& object, Cost cost,
                       const Services& services) {
    CH_TRY(const auto changed, counted_down(object, cost));
    if (changed) {
        put_change(outcome, *changed, services);
    }
    return ok();
}

/// A new object with what the client says of it, Lease Time and Fresh.
Result<std::shared_ptr<ManagedObject>> made_object(const DomainId& domain, ObjectType type,
                                                   const AttributeValues& given,
                                                   Services& services);
/// The Digest of raw material that the object already has.
Result<void> set_digest_of(ManagedObject& object);

/// Does one part of a message in parts. `begin(Stream&)` makes the stream's state, `step(Stream&)`
/// does the part and gives its result. A part that runs a second time (its transaction had to be
/// decided again) gives what it gave before. A part that fails ends the message.
class StreamRun {
public:
    template <class Op>
    StreamRun(const gate::Authorised<Op>& authorised, const StreamPart& part,
              const ObjectId& key, Services& services)
        : part_(part),
          owner_{authorised.principal().credential(), key, Op::row.kmip},
          services_(services) {}

    template <class Begin, class Step>
    Result<StreamResult> run(Begin&& begin, Step&& step) {
        CH_TRY(const auto stream, find_or_begin(std::forward<Begin>(begin)));
        const std::lock_guard lock(stream->mutex);
        if (stream->request == part_.request && !fresh_) {
            return stream->result.clone();
        }
        auto done = std::forward<Step>(step)(*stream);
        if (!done) {
            part_.table->remove(correlation_);
            return std::move(done).error();
        }
        stream->request = part_.request;
        stream->result = done->clone();
        return done;
    }

    /// For the reply: empty after the last part.
    Bytes correlation() const { return part_.last ? Bytes{} : correlation_; }
    const Bytes& key() const { return correlation_; }

    /// After the last part: forget the stream once the answer is certain.
    template <class Op>
    void finish(gate::Outcome<Op>& outcome) const {
        if (part_.last) {
            outcome.then = [table = part_.table, correlation = correlation_] {
                table->remove(correlation);
            };
        }
    }

private:
    template <class Begin>
    Result<std::shared_ptr<Stream>> find_or_begin(Begin&& begin) {
        CH_CHECK(part_.table != nullptr);
        if (!part_.correlation.empty()) {
            correlation_ = part_.correlation;
            return part_.table->find(correlation_, owner_, services_.now);
        }
        if (auto again = part_.table->begun_by(part_.request, owner_, correlation_)) {
            return again;
        }
        auto made = std::make_shared<Stream>();
        CH_TRY_VOID(std::forward<Begin>(begin)(*made));
        made->request = part_.request;
        fresh_ = true;
        CH_TRY(correlation_, part_.table->add(made, owner_, services_.now));
        return made;
    }

    const StreamPart& part_;
    StreamTable::Owner owner_;
    Services& services_;
    Bytes correlation_;
    bool fresh_ = false;
};

}  // namespace chatelaine::objects::kmip
