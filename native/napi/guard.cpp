#include "napi/guard.h"

#include <c10/util/Exception.h>

#include <string>

#include "core/error.h"

namespace imdb {
namespace {

Napi::Error withCode(Napi::Error error, const char* code) {
  error.Value().Set("code", Napi::String::New(error.Env(), code));
  return error;
}

}  // namespace

Napi::Error makeError(Napi::Env env, const std::exception& error) {
  if (const auto* own = dynamic_cast<const Error*>(&error)) {
    switch (own->kind) {
      case ErrorKind::type:
        return withCode(Napi::TypeError::New(env, own->what()), own->code);
      case ErrorKind::range:
        return withCode(Napi::RangeError::New(env, own->what()), own->code);
      case ErrorKind::state:
        return withCode(Napi::Error::New(env, own->what()), own->code);
    }
  }
  if (const auto* torch = dynamic_cast<const c10::Error*>(&error)) {
    return withCode(Napi::Error::New(env, torch->what_without_backtrace()), "ERR_TORCH");
  }
  return withCode(Napi::Error::New(env, error.what()), "ERR_TORCH");
}

}  // namespace imdb
