#include "napi/shared_layers.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "core/tensors/huge_pages.h"
#include "core/tensors/shared_memory.h"
#include "napi/arguments.h"
#include "napi/traits.h"

namespace imdb {
namespace {

/** The size of a cache line: the memory of a parameter starts at one, as libtorch's does. */
constexpr uintptr_t kLine = 64;

/** Makes a Uint8Array on a SharedArrayBuffer. */
Napi::Object newBytes(Napi::Env env, const Napi::Value& memory, size_t start, size_t length) {
  return env.Global()
      .Get("Uint8Array")
      .As<Napi::Function>()
      .New({memory, Napi::Number::New(env, static_cast<double>(start)),
            Napi::Number::New(env, static_cast<double>(length))});
}

void* startOf(const Napi::Value& bytes) {
  void* start = nullptr;
  napi_get_typedarray_info(bytes.Env(), bytes, nullptr, nullptr, &start, nullptr, nullptr);
  return start;
}

/** Copies the storage of a parameter, padding included, into memory that threads can share. */
Napi::Value shareStorage(Napi::Env env, const at::Tensor& parameter) {
  const size_t bytes = parameter.storage().nbytes();
  const auto constructor = env.Global().Get("SharedArrayBuffer").As<Napi::Function>();
  const Napi::Value memory = constructor.New({Napi::Number::New(env, static_cast<double>(bytes + kLine))});
  const auto address = reinterpret_cast<uintptr_t>(startOf(newBytes(env, memory, 0, bytes + kLine)));
  Napi::Object result = newBytes(env, memory, (kLine - address % kLine) % kLine, bytes);
  adviseHugePages(startOf(result), bytes);
  std::memcpy(startOf(result), parameter.storage().data(), bytes);
  return result;
}

template <typename Layer>
Napi::Object shareBase(Napi::Env env, const Layer& layer) {
  if (!layer.weight.device().is_cpu()) {
    throw stateError("Expected a layer on the CPU but this one is on " + layer.weight.device().str());
  }
  Napi::Object shared = Napi::Object::New(env);
  shared.Set("inFeatures", static_cast<double>(layer.inFeatures()));
  shared.Set("outFeatures", static_cast<double>(layer.outFeatures()));
  shared.Set("dtype", dtypeName(layer.weight.scalar_type()));
  shared.Set("weight", shareStorage(env, layer.weight));
  shared.Set("bias", shareStorage(env, layer.bias));
  return shared;
}

/** Returns a flat tensor on what `share` has made; a JavaScript reference keeps the memory. */
at::Tensor viewShared(const Napi::Value& value, const std::string& name, at::ScalarType dtype) {
  const std::string expected = "a Uint8Array on shared memory";
  const Elements elements = readTypedArray(value, name, expected, {napi_uint8_array}, SharedMemory::required);
  const auto size = static_cast<size_t>(c10::elementSize(dtype));
  if (elements.length % size != 0 || reinterpret_cast<uintptr_t>(elements.data) % size != 0) {
    throw shapeError("Expected whole and aligned elements for " + name + " but received " +
                     std::to_string(elements.length) + " bytes");
  }
  auto owner = std::make_shared<Napi::ObjectReference>(Napi::Persistent(value.As<Napi::Object>()));
  return tensorOverShared(const_cast<void*>(elements.data), static_cast<int64_t>(elements.length / size),
                          dtype, std::move(owner));
}

struct SharedShape {
  int64_t in, out;
  Placement placement;
};

SharedShape readShape(const Napi::Object& shared) {
  return {readInteger(shared.Get("inFeatures"), "inFeatures", 1, kLargestSize),
          readInteger(shared.Get("outFeatures"), "outFeatures", 1, kLargestSize),
          {readDtype(shared.Get("dtype"), "dtype", true), at::Device(at::kCPU)}};
}

}  // namespace

Napi::Value shareLinear(const Napi::CallbackInfo& info, const std::shared_ptr<Linear>& self) {
  return shareBase(info.Env(), *self);
}

Napi::Value shareLora(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  const Napi::Env env = info.Env();
  Napi::Object shared = shareBase(env, *self);
  shared.Set("rank", static_cast<double>(self->rank()));
  shared.Set("alpha", self->alpha);
  shared.Set("scale", self->scale);
  shared.Set("dropout", self->dropout);
  shared.Set("loraEnabled", self->loraEnabled);
  shared.Set("up", shareStorage(env, self->up));
  shared.Set("down", shareStorage(env, self->down));
  shared.Set("magnitude", self->magnitude.defined() ? shareStorage(env, self->magnitude) : env.Null());
  return shared;
}

Napi::Value linearFromShared(const Napi::CallbackInfo& info) {
  const Napi::Object shared = readObject(info[0], "shared");
  const auto [in, out, placement] = readShape(shared);
  const Napi::Value weight = shared.Get("weight"), bias = shared.Get("bias");
  return wrap(info.Env(), std::make_shared<Linear>(
                              paddedMatrix(out, in, placement, viewShared(weight, "weight", placement.dtype)),
                              paddedVector(out, placement, viewShared(bias, "bias", placement.dtype))));
}

Napi::Value loraFromShared(const Napi::CallbackInfo& info) {
  const Napi::Object shared = readObject(info[0], "shared");
  const auto [in, out, placement] = readShape(shared);
  const int64_t rank = readInteger(shared.Get("rank"), "rank", 1, std::min(in, out));
  const auto flat = [&, dtype = placement.dtype](const char* name) {
    return viewShared(shared.Get(name), name, dtype);
  };
  LoraParts parts;
  parts.alpha = readNumber(shared.Get("alpha"), "alpha");
  parts.scale = readNumber(shared.Get("scale"), "scale");
  parts.dropout = readProbability(shared.Get("dropout"), "dropout");
  parts.loraEnabled = readBoolean(shared.Get("loraEnabled"), "loraEnabled");
  parts.weight = wordTable(out, in, placement, flat("weight"));
  parts.bias = paddedVector(out, placement, flat("bias"));
  parts.up = paddedColumnMatrix(out, rank, placement, flat("up"));
  parts.down = packedWordTable(rank, in, placement, flat("down"));
  if (!shared.Get("magnitude").IsNull()) parts.magnitude = paddedVector(out, placement, flat("magnitude"));
  return wrap(info.Env(), std::make_shared<LoraLinear>(std::move(parts)));
}

}  // namespace imdb
