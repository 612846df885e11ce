#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.hpp"
#include "base/error.hpp"

/// Result<T>: a value or an Error; the only way in which rooms report failure. Names follow
/// std::expected, so that an alias can take its place. A dropped Result does not compile in
/// silence, and reaching for the wrong side aborts.

namespace chatelaine {

template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;

    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
    template <class U>
        requires(std::is_constructible_v<T, U &&> && !std::is_same_v<std::decay_t<U>, T> &&
                 !std::is_same_v<std::decay_t<U>, Error> &&
                 !std::is_same_v<std::decay_t<U>, Result> && std::is_convertible_v<U &&, T>)
    Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T& value() & {
        CH_CHECK(has_value());
        return *std::get_if<0>(&state_);
    }
    const T& value() const& {
        CH_CHECK(has_value());
        return *std::get_if<0>(&state_);
    }
    T&& value() && {
        CH_CHECK(has_value());
        return std::move(*std::get_if<0>(&state_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    Error& error() & {
        CH_CHECK(!has_value());
        return *std::get_if<1>(&state_);
    }
    const Error& error() const& {
        CH_CHECK(!has_value());
        return *std::get_if<1>(&state_);
    }
    Error&& error() && {
        CH_CHECK(!has_value());
        return std::move(*std::get_if<1>(&state_));
    }

    /// Calls `f(value)`, which returns a Result, or hands the error on.
    template <class F>
    auto and_then(F&& f) && -> std::invoke_result_t<F, T&&> {
        if (has_value()) {
            return std::forward<F>(f)(std::move(*this).value());
        }
        return std::move(*this).error();
    }

    /// Calls `f(value)` and wraps what it returns, or hands the error on.
    template <class F>
    auto transform(F&& f) && -> Result<std::invoke_result_t<F, T&&>> {
        if (has_value()) {
            return std::forward<F>(f)(std::move(*this).value());
        }
        return std::move(*this).error();
    }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;

    Result() = default;
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }
    void value() const { CH_CHECK(has_value()); }

    Error& error() & {
        CH_CHECK(!has_value());
        return *std::get_if<1>(&state_);
    }
    const Error& error() const& {
        CH_CHECK(!has_value());
        return *std::get_if<1>(&state_);
    }
    Error&& error() && {
        CH_CHECK(!has_value());
        return std::move(*std::get_if<1>(&state_));
    }

private:
    std::variant<std::monostate, Error> state_;
};

/// The success of a Result<void>.
inline Result<void> ok() { return {}; }

}  // namespace chatelaine

#define CH_CONCAT_INNER(a, b) a##b
#define CH_CONCAT(a, b) CH_CONCAT_INNER(a, b)

/// CH_TRY(auto key, load(id)): declares `key` from the value, or returns the error.
#define CH_TRY(declaration, expression) \
    CH_TRY_NAMED(declaration, expression, CH_CONCAT(ch_result_, __COUNTER__))
#define CH_TRY_NAMED(declaration, expression, name)     \
    auto name = (expression);                           \
    if (!name) [[unlikely]] {                           \
        return std::move(name).error();                 \
    }                                                   \
    declaration = std::move(name).value()

/// CH_TRY_VOID(check(x)): goes on, or returns the error.
#define CH_TRY_VOID(expression)                         \
    do {                                                \
        if (auto ch_void = (expression); !ch_void) [[unlikely]] { \
            return std::move(ch_void).error();          \
        }                                               \
    } while (false)
