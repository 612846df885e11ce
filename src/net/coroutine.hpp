#pragma once

#include <array>
#include <coroutine>
#include <exception>
#include <utility>

namespace chatelaine::net {

/// A coroutine that starts when it is awaited (or by start(), for the outermost) and gives its
/// thread straight to who waits for it. The Task owns the frame: destroying it while the coroutine
/// is suspended ends it. An exception goes to the awaiter; the outermost must not let one out.
/// Threads: one.
template <class T>
class [[nodiscard]] Task;

namespace detail {

struct Promise {
    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::exception_ptr failure;

    struct Final {
        bool await_ready() const noexcept { return false; }
        template <class P>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) const noexcept {
            return done.promise().continuation;
        }
        void await_resume() const noexcept {}
    };
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Final final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { failure = std::current_exception(); }
};

template <class T>
struct ValuePromise : Promise {
    T value{};
    void return_value(T result) { value = std::move(result); }
    T take() { return std::move(value); }
};

template <>
struct ValuePromise<void> : Promise {
    void return_void() const noexcept {}
    void take() const noexcept {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
public:
    struct promise_type : detail::ValuePromise<T> {
        Task get_return_object() {
            return Task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
    };

    Task() = default;
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() {
        if (handle_) {
            handle_.destroy();
        }
    }

    void start() { handle_.resume(); }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
        handle_.promise().continuation = waiting;
        return handle_;
    }
    T await_resume() {
        if (handle_.promise().failure) {
            std::rethrow_exception(handle_.promise().failure);
        }
        return handle_.promise().take();
    }

private:
    explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

    std::coroutine_handle<promise_type> handle_;
};

}  // namespace chatelaine::net
