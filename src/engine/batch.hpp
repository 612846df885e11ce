#pragma once

#include "engine/execution.hpp"

/// Several operations that stand or fall together: run over one view, in which each sees what those
/// before it would change, and committed as one transaction with an audit record for each. When one
/// fails nothing is committed; the audit says of those before it that they were undone.

namespace chatelaine::engine {

/// What a face does for a batch. Touched by one thread at a time.
class BatchFace {
public:
    virtual ~BatchFace() = default;
    virtual net::Loop& loop() = 0;
    /// The items run (again) from the first one: forget what they answered.
    virtual void restart() = 0;
    /// On the loop's thread. No error: all is durable. Else item `failed` is why nothing is done.
    virtual void done(const Error* error, std::size_t failed) = 0;
};

class Batch final : public Task {
public:
    struct Item {
        std::unique_ptr<ExecutionStages> operation;
        /// Instead of an operation: what needs no right and leaves no record.
        std::function<Result<void>()> plain;
    };
    /// On the loop's thread.
    static void start(Engine& engine, std::unique_ptr<BatchFace> face, std::vector<Item> items);
    Batch(Engine& engine, std::unique_ptr<BatchFace> face, std::vector<Item> items)
        : engine_(engine), face_(std::move(face)), items_(std::move(items)) {}

    void step(std::unique_ptr<Task> self, bool may_block) override;
    void record(audit::Journal& journal) override;
    void recorded(const Result<void>& written) override;

private:
    /// Runs the items until one fails; what they would change, together.
    Result<std::vector<seal::RecordChange>> attempt(View& view);
    void commit(std::unique_ptr<Task> self, std::vector<seal::RecordChange>& changes);
    void stored(std::unique_ptr<Task> self, Result<store::Receipt> receipt);
    void fail(std::unique_ptr<Task> self, Error error, bool other_thread);
    void to_lane(std::unique_ptr<Task> self, bool other_thread);
    void finish();
    std::vector<Engine::Recorded> records() const;

    Engine& engine_;
    std::unique_ptr<BatchFace> face_;
    std::vector<Item> items_;
    std::size_t tried_ = 0;
    std::optional<Error> error_;
    std::vector<store::RecordKey> changed_;
    int attempts_ = 0;
};

}  // namespace chatelaine::engine
