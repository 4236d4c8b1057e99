#pragma once

#include <napi.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "napi/guard.h"

namespace imdb {

/**
 * The traits by which a core type is exported as a class. A specialisation has:
 *   static constexpr const char* name;
 *   static constexpr napi_type_tag tag;   // random, so that no other object is taken for one of these
 *   static std::shared_ptr<Core> construct(const Napi::CallbackInfo&);
 *   static int64_t bytes(const Core&);    // native memory that V8 should know of
 */
template <typename Core>
struct ClassTraits;

/** The state of one JavaScript environment (main thread or worker). */
struct EnvironmentData {
  static EnvironmentData& of(napi_env env) { return *Napi::Env(env).GetInstanceData<EnvironmentData>(); }

  std::map<const napi_type_tag*, Napi::FunctionReference> constructors;
  /** The number of live objects; shared with them because they may outlive this. */
  std::shared_ptr<int64_t> liveObjects = std::make_shared<int64_t>(0);
  /** The core of the object that `wrap` is about to construct; otherwise null. */
  std::shared_ptr<void> pending;
  /** The getter of ArrayBuffer.prototype.resizable. */
  Napi::FunctionReference isResizable;
};

/**
 * Gives memory back to the system whenever objects of 64 MB have been freed. glibc would keep it where
 * something behind it is alive, and before 2.38 use it for no tensor of the same size, so that a process that
 * disposes of all it makes would grow.
 */
inline void returnFreedMemory(int64_t bytes) {
#ifdef __GLIBC__
  constexpr int64_t enough = 64 << 20;
  static std::atomic<int64_t> freed{0};
  if ((freed += bytes) < enough) return;
  freed = 0;
  malloc_trim(0);
#endif
}

/** The native half of a JavaScript object. */
template <typename Core>
class Handle {
 public:
  Handle(napi_env env, std::shared_ptr<Core> core)
      : core_(std::move(core)), liveObjects_(EnvironmentData::of(env).liveObjects) {
    ++*liveObjects_;
    reportBytes(env);
  }

  const std::shared_ptr<Core>& core() const { return core_; }

  /** Tells V8 how much the native half has grown or shrunk since it was last told. */
  void reportBytes(napi_env env) {
    const int64_t bytes = core_ ? ClassTraits<Core>::bytes(*core_) : 0;
    int64_t total = 0;
    if (bytes != reported_) napi_adjust_external_memory(env, bytes - reported_, &total);
    reported_ = bytes;
  }

  void dispose(napi_env env) {
    if (!core_) return;
    core_.reset();
    --*liveObjects_;
    returnFreedMemory(reported_);
    reportBytes(env);
  }

 private:
  std::shared_ptr<Core> core_;
  std::shared_ptr<int64_t> liveObjects_;
  int64_t reported_ = 0;
};

/**
 * The tag of this copy of the addon: two copies in one process (of two versions of the package) may lay their
 * handles out differently, so the objects of one are foreign to the other.
 */
template <typename Core>
napi_type_tag tagOf() {
  const napi_type_tag& tag = ClassTraits<Core>::tag;
  return {tag.lower, tag.upper ^ reinterpret_cast<uintptr_t>(&tag)};
}

/** Returns the handle behind `value`, or null when it is no object of this class. Works for any value. */
template <typename Core>
Handle<Core>* handleOf(napi_env env, napi_value value) {
  const napi_type_tag tag = tagOf<Core>();
  napi_valuetype type = napi_undefined;
  bool tagged = false;
  void* handle = nullptr;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_object) return nullptr;
  if (napi_check_object_type_tag(env, value, &tag, &tagged) != napi_ok || !tagged) return nullptr;
  if (napi_unwrap(env, value, &handle) != napi_ok) return nullptr;
  return static_cast<Handle<Core>*>(handle);
}

/** @throws Error (ERR_DISPOSED) */
template <typename Core>
std::shared_ptr<Core> coreOf(const Handle<Core>& handle) {
  if (!handle.core()) {
    const std::string name = ClassTraits<Core>::name;
    throw Error(ErrorKind::state, "ERR_DISPOSED",
                "Expected a live " + name + " but received one that was disposed");
  }
  return handle.core();
}

/** Makes a JavaScript object that holds `core`. */
template <typename Core>
Napi::Value wrap(Napi::Env env, std::shared_ptr<Core> core) {
  auto& data = EnvironmentData::of(env);
  data.pending = std::move(core);
  return data.constructors.at(&ClassTraits<Core>::tag).New({});
}

template <typename Core>
napi_value constructObject(napi_env env, napi_callback_info raw) noexcept {
  return guard(env, [&]() -> napi_value {
    const Napi::CallbackInfo info(env, raw);
    const std::string name = ClassTraits<Core>::name;
    if (!info.IsConstructCall()) {
      throw Error(ErrorKind::type, "ERR_ARG_TYPE", "Expected " + name + " to be called with new");
    }
    auto core = std::static_pointer_cast<Core>(std::exchange(EnvironmentData::of(env).pending, nullptr));
    if (!core) core = ClassTraits<Core>::construct(info);
    auto handle = std::make_unique<Handle<Core>>(env, std::move(core));
    const auto finalize = [](napi_env finalEnv, void* pointer, void*) {
      const std::unique_ptr<Handle<Core>> owned(static_cast<Handle<Core>*>(pointer));
      owned->dispose(finalEnv);
    };
    const napi_type_tag tag = tagOf<Core>();
    if (napi_wrap(env, info.This(), handle.get(), finalize, nullptr, nullptr) != napi_ok ||
        napi_type_tag_object(env, info.This(), &tag) != napi_ok) {
      handle->dispose(env);
      throw Error(ErrorKind::type, "ERR_ARG_TYPE",
                  "Expected " + name + " to be called with new on a fresh object");
    }
    handle.release();  // the finalizer deletes it
    return info.This();
  });
}

/** Returns the handle of a method's receiver. @throws Error (ERR_ARG_TYPE) when it is of another class */
template <typename Core>
Handle<Core>& receiverOf(const Napi::CallbackInfo& info) {
  Handle<Core>* const handle = handleOf<Core>(info.Env(), info.This());
  if (handle == nullptr) {
    const std::string name = ClassTraits<Core>::name;
    throw Error(ErrorKind::type, "ERR_ARG_TYPE",
                "Expected a " + name + " as receiver but received something else");
  }
  return *handle;
}

/** Runs `Function(info, core)` for a receiver of the right class; afterwards V8 is told of changed bytes. */
template <typename Core, auto Function>
napi_value callMethod(napi_env env, napi_callback_info raw) noexcept {
  return guard(env, [&]() -> napi_value {
    const Napi::CallbackInfo info(env, raw);
    Handle<Core>& handle = receiverOf<Core>(info);
    const Napi::Value result = Function(info, coreOf(handle));
    handle.reportBytes(env);
    return result;
  });
}

template <auto Function>
napi_value callFunction(napi_env env, napi_callback_info raw) noexcept {
  return guard(env, [&]() -> napi_value { return Function(Napi::CallbackInfo(env, raw)); });
}

template <typename Core>
napi_value disposeObject(napi_env env, napi_callback_info raw) noexcept {
  return guard(env, [&]() -> napi_value {
    const Napi::CallbackInfo info(env, raw);
    Handle<Core>& handle = receiverOf<Core>(info);
    handle.dispose(env);
    return info.Env().Undefined();
  });
}

using Property = napi_property_descriptor;

template <typename Core, auto Function>
Property method(const char* name) {
  return {name, nullptr, callMethod<Core, Function>, nullptr, nullptr, nullptr, napi_default_method, nullptr};
}

template <typename Core, auto Getter>
Property getter(const char* name) {
  return {name, nullptr, nullptr, callMethod<Core, Getter>, nullptr, nullptr, napi_enumerable, nullptr};
}

template <typename Core, auto Getter, auto Setter>
Property accessor(const char* name) {
  return {name,    nullptr,         nullptr, callMethod<Core, Getter>, callMethod<Core, Setter>,
          nullptr, napi_enumerable, nullptr};
}

template <auto Function>
Property staticMethod(const char* name) {
  const auto attributes = static_cast<napi_property_attributes>(napi_default_method | napi_static);
  return {name, nullptr, callFunction<Function>, nullptr, nullptr, nullptr, attributes, nullptr};
}

/** Makes a JavaScript function, which has its name in stack traces. */
inline napi_value makeFunction(napi_env env, const char* name, napi_callback callback) {
  napi_value function = nullptr;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function) != napi_ok)
    throw Napi::Error::New(env);
  return function;
}

/**
 * Defines the class on `exports`, with dispose() and [Symbol.dispose]() added. Properties are defined by
 * themselves: V8 checks the receivers of those that napi_define_class gets, and V8 knows no codes.
 */
template <typename Core>
void defineClass(Napi::Env env, Napi::Object exports, std::vector<Property> properties) {
  napi_value constructor = nullptr;
  if (napi_define_class(env, ClassTraits<Core>::name, NAPI_AUTO_LENGTH, constructObject<Core>, nullptr, 0,
                        nullptr, &constructor) != napi_ok)
    throw Napi::Error::New(env);
  const Napi::Function function(env, constructor);
  const Napi::Value prototype = function.Get("prototype");
  const Napi::Value disposeSymbol = env.Global().Get("Symbol").As<Napi::Object>().Get("dispose");
  properties.push_back(
      {"dispose", nullptr, disposeObject<Core>, nullptr, nullptr, nullptr, napi_default_method, nullptr});
  if (disposeSymbol.IsSymbol()) {
    properties.push_back(properties.back());
    properties.back().name = disposeSymbol;
  }
  for (Property& own : properties) {
    if (own.method != nullptr) {
      own.value = makeFunction(env, own.utf8name, std::exchange(own.method, nullptr));
    }
    if (own.name != nullptr) own.utf8name = nullptr;
    const napi_value owner = own.attributes & napi_static ? constructor : napi_value(prototype);
    if (napi_define_properties(env, owner, 1, &own) != napi_ok) throw Napi::Error::New(env);
  }
  EnvironmentData::of(env).constructors[&ClassTraits<Core>::tag] = Napi::Persistent(function);
  exports.Set(ClassTraits<Core>::name, function);
}

}  // namespace imdb
