#include <ATen/Parallel.h>
#include <ATen/ops/tensor.h>
#include <torch/version.h>

#ifdef __GLIBC__
#include <unistd.h>
#endif

#include <cstdio>
#include <cstdlib>

#include "core/layers/loss.h"
#include "core/tensors/devices.h"
#include "kernels/kernels.h"
#include "kernels/thread_team.h"
#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/traits.h"

namespace imdb {
namespace {

using kernels::ThreadTeam;

Napi::Value crossEntropyFunction(const Napi::CallbackInfo& info) {
  const at::Tensor logits = readInstance<TensorHandle>(info[0], "logits")->tensor;
  const Loss loss{readLossForm(info[2], "loss"), readClassWeights(info[3])};
  const std::vector<int32_t> labels = readInt32Array(info[1], "labels");
  if (logits.dim() != 2 || logits.size(0) != static_cast<int64_t>(labels.size()) || labels.empty()) {
    throw shapeError("Expected logits of shape [n, classes] and n labels, n at least 1, but received shape " +
                     c10::str(logits.sizes()) + " and " + std::to_string(labels.size()) + " labels");
  }
  for (const int32_t label : labels) {
    if (label < 0 || label >= logits.size(1)) {
      throw rangeError("Expected labels in 0 .. " + std::to_string(logits.size(1) - 1) + " but received " +
                       std::to_string(label));
    }
  }
  if (loss.isWeighted() && logits.size(1) != static_cast<int64_t>(loss.classWeights.size())) {
    throw shapeError("Expected one of classWeights for each of " + std::to_string(logits.size(1)) +
                     " classes but received " + std::to_string(loss.classWeights.size()));
  }
  const at::Tensor classes = at::tensor(at::ArrayRef<int32_t>(labels)).to(logits.device(), at::kLong);
  return wrapTensor(info.Env(), crossEntropy(logits, classes, loss));
}

Napi::Value setNumThreads(const Napi::CallbackInfo& info) {
  constexpr int64_t kMostThreads = 1024;
  const auto threads = static_cast<int>(readInteger(info[0], "threads", 1, kMostThreads));
  at::set_num_threads(threads);
  ThreadTeam::instance().resize(threads);
  return info.Env().Undefined();
}

Napi::Value getNumThreads(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), ThreadTeam::instance().threads());
}

Napi::Value devices(const Napi::CallbackInfo& info) {
  const Napi::Array result = Napi::Array::New(info.Env());
  for (const std::string& name : deviceNames()) result.Set(result.Length(), name);
  return result;
}

Napi::Value liveObjects(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(*EnvironmentData::of(info.Env()).liveObjects));
}

Napi::Value skipStaticDestructors(const Napi::CallbackInfo& info) {
#ifdef __GLIBC__
  // Handlers run in the reverse order of their registration, and destructors of libraries are such handlers.
  const auto leave = [](int code, void*) {
    std::fflush(nullptr);
    _exit(code);
  };
  static const int registered = on_exit(leave, nullptr);
  static_cast<void>(registered);
#endif
  return info.Env().Undefined();
}

Napi::Value versions(const Napi::CallbackInfo& info) {
  const Napi::Object result = Napi::Object::New(info.Env());
  result.Set("libtorch", TORCH_VERSION);
  result.Set("kernels", kernels::instructionSetName());
  return result;
}

template <auto Function>
void define(Napi::Object exports, const char* name) {
  napi_value function = nullptr;
  napi_create_function(exports.Env(), name, NAPI_AUTO_LENGTH, callFunction<Function>, nullptr, &function);
  exports.Set(name, Napi::Value(exports.Env(), function));
}

}  // namespace

void defineFunctions(Napi::Env, Napi::Object exports) {
  define<crossEntropyFunction>(exports, "crossEntropy");
  define<setNumThreads>(exports, "setNumThreads");
  define<getNumThreads>(exports, "getNumThreads");
  define<devices>(exports, "devices");
  define<liveObjects>(exports, "liveObjects");
  define<skipStaticDestructors>(exports, "skipStaticDestructors");
  define<versions>(exports, "versions");
}

}  // namespace imdb
