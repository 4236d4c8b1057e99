#pragma once

#include <napi.h>

#include <exception>

namespace imdb {

/** Makes a JavaScript error with a `code`. */
Napi::Error makeError(Napi::Env env, const std::exception& error);

/**
 * Calls `body` and turns what it throws into a JavaScript exception: errors of JavaScript pass as they are,
 * `Error` keeps its kind and code, and all others become ERR_TORCH without libtorch's C++ backtrace. In an
 * environment that is being shut down (a worker that was terminated) no exception can be made any more, and
 * none is needed.
 */
template <typename Body>
napi_value guard(napi_env env, const Body& body) noexcept {
  try {
    try {
      return body();
    } catch (const Napi::Error& error) {
      error.ThrowAsJavaScriptException();
    } catch (const std::exception& error) {
      makeError(env, error).ThrowAsJavaScriptException();
    }
  } catch (const Napi::Error&) {
    return nullptr;
  }
  return nullptr;
}

}  // namespace imdb
