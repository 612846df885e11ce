#include "engine/batch.hpp"

namespace chatelaine::engine {
namespace {

constexpr int kAttemptsMax = 5;

Error copy_of(const Error& error) {
    return Error(error.code(), error.where(), error.detail().message);
}

}  // namespace

void Batch::start(Engine& engine, std::unique_ptr<BatchFace> face, std::vector<Item> items) {
    CH_CHECK(!items.empty());
    auto batch = std::make_unique<Batch>(engine, std::move(face), std::move(items));
    Batch& self = *batch;
    self.step(std::move(batch), false);
}

Result<std::vector<seal::RecordChange>> Batch::attempt(View& view) {
    face_->restart();
    tried_ = 0;
    const WallTime now = engine_.parts().clock.now();
    std::vector<seal::RecordChange> all;
    for (Item& item : items_) {
        if (!item.operation) {
            CH_TRY_VOID(item.plain());
            ++tried_;
            continue;
        }
        item.operation->now_ = now;
        item.operation->error_.reset();
        CH_TRY(auto changes, item.operation->attempt(view));
        view.see(changes);
        std::move(changes.begin(), changes.end(), std::back_inserter(all));
        ++tried_;
    }
    return all;
}

void Batch::step(std::unique_ptr<Task> self, bool may_block) {
    View view(engine_, may_block);
    auto changes = attempt(view);
    if (changes) {
        if (changes->empty()) {
            to_lane(std::move(self), may_block);
        } else {
            commit(std::move(self), *changes);
        }
        return;
    }
    if (changes.error().code() != Code::kWouldBlock || may_block) {
        fail(std::move(self), std::move(changes).error(), may_block);
        return;
    }
    if (!engine_.offload(self, items_[tried_].operation->row_)) {
        fail(std::move(self), Error(Code::kOverloaded, "engine.pool", "try again later"), false);
    }
}

std::vector<Engine::Recorded> Batch::records() const {
    std::vector<Engine::Recorded> records;
    for (std::size_t i = 0; i < items_.size() && i <= tried_; ++i) {
        if (const auto& operation = items_[i].operation) {
            records.push_back({operation->scope(), operation->facts()});
        }
    }
    return records;
}

void Batch::commit(std::unique_ptr<Task> self, std::vector<seal::RecordChange>& changes) {
    changed_.clear();
    for (const auto& change : changes) {
        changed_.push_back(change.key);
    }
    Task* const raw = self.release();
    auto submitted = engine_.submit(gate::CommitsIn::kRegion, changes, records(),
                                    [this, raw](Result<store::Receipt> receipt) {
                                        stored(std::unique_ptr<Task>(raw), std::move(receipt));
                                    });
    if (!submitted) {
        fail(std::unique_ptr<Task>(raw), std::move(submitted).error(), true);
    }
}

void Batch::stored(std::unique_ptr<Task> self, Result<store::Receipt> receipt) {
    // On the committer's thread. The caches let go before anybody is told.
    engine_.invalidate(changed_);
    if (receipt) {
        Task* const raw = self.release();
        face_->loop().post([this, raw] {
            const std::unique_ptr<Task> owner(raw);
            finish();
        });
        return;
    }
    const bool conflict = receipt.error().code() == Code::kVersionConflict;
    if (conflict && ++attempts_ < kAttemptsMax) {
        const auto first = std::find_if(items_.begin(), items_.end(),
                                        [](const Item& item) { return item.operation != nullptr; });
        if (engine_.offload(self, first->operation->row_)) {
            return;  // somebody was first: read again, decide again
        }
    }
    tried_ = items_.size() - 1;
    fail(std::move(self), std::move(receipt).error(), true);
}

/// Item tried_ is why; those before it were not to be.
void Batch::fail(std::unique_ptr<Task> self, Error error, bool other_thread) {
    for (std::size_t i = 0; i < tried_; ++i) {
        if (items_[i].operation) {
            items_[i].operation->error_.emplace(Code::kUndone, "engine.batch",
                                                "another part of the batch failed");
        }
    }
    if (items_[tried_].operation) {
        items_[tried_].operation->error_.emplace(copy_of(error));
    }
    error_.emplace(std::move(error));
    to_lane(std::move(self), other_thread);
}

void Batch::to_lane(std::unique_ptr<Task> self, bool other_thread) {
    Lane& lane = engine_.lane(face_->loop());
    if (!other_thread) {
        lane.add(std::move(self));
        return;
    }
    Task* const raw = self.release();
    face_->loop().post([&lane, raw] { lane.add(std::unique_ptr<Task>(raw)); });
}

void Batch::record(audit::Journal& journal) {
    for (const Engine::Recorded& record : records()) {
        journal.add(record.scope, record.facts);
    }
}

void Batch::recorded(const Result<void>& written) {
    if (!written && !error_) {
        error_.emplace(copy_of(written.error()));
        tried_ = items_.size() - 1;
    }
    finish();
}

void Batch::finish() {
    for (std::size_t i = 0; i < items_.size() && i <= tried_; ++i) {
        if (const auto& operation = items_[i].operation) {
            operation->count();
        }
    }
    face_->done(error_ ? &*error_ : nullptr, tried_);
}

}  // namespace chatelaine::engine
