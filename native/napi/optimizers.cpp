#include "napi/optimizers.h"

#include <utility>
#include <vector>

#include "core/optimizers/optimizers.h"
#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/traits.h"

namespace imdb {
namespace {

template <typename Core>
Napi::Value learningRate(const Napi::CallbackInfo& info, const std::shared_ptr<Core>& self) {
  return Napi::Number::New(info.Env(), self->lr());
}

template <typename Core>
Napi::Value setLearningRate(const Napi::CallbackInfo& info, const std::shared_ptr<Core>& self) {
  self->setLr(readPositive(info[0], "lr"));
  return info.Env().Undefined();
}

template <typename Core>
Napi::Value step(const Napi::CallbackInfo& info, const std::shared_ptr<Core>& self) {
  self->step();
  return info.Env().Undefined();
}

template <typename Core>
Napi::Value zeroGrad(const Napi::CallbackInfo& info, const std::shared_ptr<Core>& self) {
  self->zeroGrad();
  return info.Env().Undefined();
}

template <typename Core>
Napi::Value stateDict(const Napi::CallbackInfo& info, const std::shared_ptr<Core>& self) {
  const Napi::Object result = Napi::Object::New(info.Env());
  for (const auto& [key, value] : self->stateDict()) {
    if (const auto* tensor = std::get_if<at::Tensor>(&value)) {
      result.Set(key, wrapAlias(info.Env(), *tensor));
    } else {
      result.Set(key, std::get<double>(value));
    }
  }
  return result;
}

template <typename Core>
Napi::Value loadStateDict(const Napi::CallbackInfo& info, const std::shared_ptr<Core>& self) {
  const Napi::Object object = readObject(info[0], "stateDict");
  const Napi::Array keys = object.GetPropertyNames();
  StateDict dict;
  for (uint32_t i = 0; i < keys.Length(); ++i) {
    const std::string key = keys.Get(i).As<Napi::String>().Utf8Value();
    const Napi::Value value = object.Get(key);
    if (value.IsNumber()) {
      dict[key] = readNumber(value, key);
    } else {
      dict[key] = readInstance<TensorHandle>(value, key)->tensor;
    }
  }
  self->loadStateDict(dict);
  return info.Env().Undefined();
}

std::vector<at::Tensor> readTensors(const Napi::Value& value, const std::string& name) {
  if (!value.IsArray()) throw typeError("an array of tensors", name, value);
  const auto array = value.As<Napi::Array>();
  std::vector<at::Tensor> tensors;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    tensors.push_back(readInstance<TensorHandle>(array.Get(i), name + "[" + std::to_string(i) + "]")->tensor);
  }
  return tensors;
}

/** Returns `otherwise` where the number is not given. */
double readOptional(const Napi::Object& options, const char* name, double otherwise,
                    double (*read)(const Napi::Value&, const std::string&)) {
  const Napi::Value value = options.Get(name);
  return value.IsUndefined() ? otherwise : read(value, name);
}

/** Reads tensors, or groups `{ params, lr?, weightDecay? }` that fall back on `defaults`. */
std::vector<ParameterGroup> readGroups(const Napi::Value& value, const ParameterGroup& defaults) {
  if (!value.IsArray()) throw typeError("an array of tensors or parameter groups", "parameters", value);
  const auto array = value.As<Napi::Array>();
  const bool tensors = array.Length() == 0 || handleOf<TensorHandle>(value.Env(), array.Get(0u)) != nullptr;
  if (tensors) return {{readTensors(value, "parameters"), defaults.lr, defaults.weightDecay}};
  std::vector<ParameterGroup> groups;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const std::string name = "parameters[" + std::to_string(i) + "]";
    const Napi::Value element = array.Get(i);
    const Napi::Value params = element.IsObject() ? element.As<Napi::Object>().Get("params") : element;
    if (!params.IsArray()) throw typeError("a tensor or a parameter group with params", name, element);
    const auto group = element.As<Napi::Object>();
    groups.push_back({readTensors(params, name + ".params"),
                      readOptional(group, "lr", defaults.lr, readPositive),
                      readOptional(group, "weightDecay", defaults.weightDecay, readNonNegative)});
  }
  return groups;
}

AdamOptions readAdamOptions(const Napi::Object& options) {
  AdamOptions result;
  result.epsilon = readOptional(options, "eps", result.epsilon, readPositive);
  const Napi::Value betas = options.Get("betas");
  if (betas.IsUndefined()) return result;
  if (!betas.IsArray() || betas.As<Napi::Array>().Length() != result.betas.size())
    throw typeError("an array of two numbers", "betas", betas);
  for (uint32_t i = 0; i < result.betas.size(); ++i) {
    const std::string name = "betas[" + std::to_string(i) + "]";
    result.betas[i] = readNonNegative(betas.As<Napi::Array>().Get(i), name);
    if (result.betas[i] >= 1)
      throw rangeError("Expected a number below 1 for " + name + " but received " +
                       std::to_string(result.betas[i]));
  }
  return result;
}

/** Makes an Adam, AdamW or SparseAdam from the arguments of its constructor. */
template <typename Core>
std::shared_ptr<Core> makeAdam(const Napi::CallbackInfo& info, double weightDecay) {
  constexpr double kLr = 1e-3;
  // In PyTorch all options have defaults, too.
  const Napi::Object options =
      info[1].IsUndefined() ? Napi::Object::New(info.Env()) : readObject(info[1], "options");
  const ParameterGroup defaults{{},
                                readOptional(options, "lr", kLr, readPositive),
                                readOptional(options, "weightDecay", weightDecay, readNonNegative)};
  std::vector<ParameterGroup> groups = readGroups(info[0], defaults);
  return std::make_shared<Core>(std::move(groups), readAdamOptions(options));
}

template <typename Core>
std::shared_ptr<Optimizer> coreIfOne(const Napi::Value& value) {
  const Handle<Core>* const handle = handleOf<Core>(value.Env(), value);
  return handle == nullptr ? nullptr : coreOf(*handle);
}

template <typename Core>
void reportIfOne(const Napi::Value& value) {
  Handle<Core>* const handle = handleOf<Core>(value.Env(), value);
  if (handle != nullptr) handle->reportBytes(value.Env());
}

template <typename Core>
void defineOptimizer(Napi::Env env, Napi::Object exports) {
  defineClass<Core>(
      env, exports,
      {accessor<Core, learningRate<Core>, setLearningRate<Core>>("lr"), method<Core, step<Core>>("step"),
       method<Core, zeroGrad<Core>>("zeroGrad"), method<Core, stateDict<Core>>("stateDict"),
       method<Core, loadStateDict<Core>>("loadStateDict")});
}

}  // namespace

template <>
std::shared_ptr<Sgd> OptimizerTraits<Sgd>::construct(const Napi::CallbackInfo& info) {
  const Napi::Object options = readObject(info[1], "options");
  const ParameterGroup defaults{
      {}, readPositive(options.Get("lr"), "lr"), readOptional(options, "weightDecay", 0, readNonNegative)};
  const double momentum = readOptional(options, "momentum", 0, readNonNegative);
  const double dampening = readOptional(options, "dampening", 0, readNumber);
  const Napi::Value nesterov = options.Get("nesterov");
  const SgdOptions sgd{momentum, dampening, !nesterov.IsUndefined() && readBoolean(nesterov, "nesterov")};
  return std::make_shared<Sgd>(readGroups(info[0], defaults), sgd);
}

template <>
std::shared_ptr<Adam> OptimizerTraits<Adam>::construct(const Napi::CallbackInfo& info) {
  return makeAdam<Adam>(info, 0);
}

template <>
std::shared_ptr<AdamW> OptimizerTraits<AdamW>::construct(const Napi::CallbackInfo& info) {
  constexpr double kWeightDecay = 0.01;
  return makeAdam<AdamW>(info, kWeightDecay);
}

template <>
std::shared_ptr<SparseAdam> OptimizerTraits<SparseAdam>::construct(const Napi::CallbackInfo& info) {
  return makeAdam<SparseAdam>(info, 0);
}

std::shared_ptr<Optimizer> readOptimizer(const Napi::Value& value, const std::string& name) {
  for (const auto& core : {coreIfOne<Sgd>(value), coreIfOne<Adam>(value), coreIfOne<AdamW>(value),
                           coreIfOne<SparseAdam>(value)}) {
    if (core != nullptr) return core;
  }
  throw typeError("an optimizer", name, value);
}

void reportOptimizerBytes(const Napi::Value& value) {
  reportIfOne<Sgd>(value);
  reportIfOne<Adam>(value);
  reportIfOne<AdamW>(value);
  reportIfOne<SparseAdam>(value);
}

void defineOptimizers(Napi::Env env, Napi::Object exports) {
  defineOptimizer<Sgd>(env, exports);
  defineOptimizer<Adam>(env, exports);
  defineOptimizer<AdamW>(env, exports);
  defineOptimizer<SparseAdam>(env, exports);
}

}  // namespace imdb
