#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <memory>
#include <utility>

#include "core/data/bags.h"
#include "core/engines/classifier.h"
#include "core/layers/linear.h"
#include "core/layers/lora_linear.h"
#include "core/optimizers/optimizers.h"
#include "napi/object.h"

namespace imdb {

/** The core of a JavaScript Generator. */
struct RandomSource {
  at::Generator generator;
};

/** The core of a JavaScript Tensor. A handle on memory that another object owns counts no bytes. */
struct TensorHandle {
  at::Tensor tensor;
  bool ownsMemory;
};

template <>
struct ClassTraits<RandomSource> {
  static constexpr const char* name = "Generator";
  static constexpr napi_type_tag tag = {0x8c0f3b1e5d7a4e21, 0xa6d9c4f27b135e80};
  static std::shared_ptr<RandomSource> construct(const Napi::CallbackInfo& info);
  static int64_t bytes(const RandomSource&);
};

template <>
struct ClassTraits<TensorHandle> {
  static constexpr const char* name = "Tensor";
  static constexpr napi_type_tag tag = {0x41d2e98a06bf4c73, 0x9e5b7a31c8d04f62};
  static std::shared_ptr<TensorHandle> construct(const Napi::CallbackInfo& info);
  static int64_t bytes(const TensorHandle& handle);
};

template <>
struct ClassTraits<const Bags> {
  static constexpr const char* name = "Bags";
  static constexpr napi_type_tag tag = {0x2fa6b07c91e84d15, 0xb3c18e5d426f97a0};
  static std::shared_ptr<const Bags> construct(const Napi::CallbackInfo& info);
  static int64_t bytes(const Bags& bags) { return bags.bytes(); }
};

template <>
struct ClassTraits<Linear> {
  static constexpr const char* name = "Linear";
  static constexpr napi_type_tag tag = {0x7b34d5e0ca124f98, 0x8d60f2a95e7c1b43};
  static std::shared_ptr<Linear> construct(const Napi::CallbackInfo& info);
  static int64_t bytes(const Linear& layer) { return layer.bytes(); }
};

template <>
struct ClassTraits<LoraLinear> {
  static constexpr const char* name = "LoraLinear";
  static constexpr napi_type_tag tag = {0xd95e1c702b8f4a36, 0xa14f83c6e0d7592b};
  static std::shared_ptr<LoraLinear> construct(const Napi::CallbackInfo& info);
  static int64_t bytes(const LoraLinear& layer) { return layer.bytes(); }
};

/** The traits that the optimizers share. */
template <typename Core>
struct OptimizerTraits {
  static std::shared_ptr<Core> construct(const Napi::CallbackInfo& info);
  static int64_t bytes(const Core& optimizer) { return optimizer.bytes(); }
};

template <>
struct ClassTraits<Sgd> : OptimizerTraits<Sgd> {
  static constexpr const char* name = "Sgd";
  static constexpr napi_type_tag tag = {0x13c8a46f9d2e4b70, 0x96e7d01b5af8c324};
};

template <>
struct ClassTraits<Adam> : OptimizerTraits<Adam> {
  static constexpr const char* name = "Adam";
  static constexpr napi_type_tag tag = {0x5c17be92403af86d, 0x8a3fd25601e79bc4};
};

template <>
struct ClassTraits<AdamW> : OptimizerTraits<AdamW> {
  static constexpr const char* name = "AdamW";
  static constexpr napi_type_tag tag = {0xe6087d3a95c1f42b, 0xb74920fe6d1a83c5};
};

template <>
struct ClassTraits<SparseAdam> : OptimizerTraits<SparseAdam> {
  static constexpr const char* name = "SparseAdam";
  static constexpr napi_type_tag tag = {0x2d94fa7bc8061e53, 0x91ce5d8037fb64a2};
};

template <>
struct ClassTraits<Classifier> {
  static constexpr const char* name = "Classifier";
  static constexpr napi_type_tag tag = {0x60f1e7b35c9d4832, 0xba27c5d48e1f0693};
  static std::shared_ptr<Classifier> construct(const Napi::CallbackInfo& info);
  static int64_t bytes(const Classifier& classifier) { return classifier.bytes(); }
};

/** Makes a Tensor with memory of its own. */
inline Napi::Value wrapTensor(Napi::Env env, at::Tensor tensor) {
  return wrap(env, std::make_shared<TensorHandle>(TensorHandle{std::move(tensor), true}));
}

/** Makes a Tensor on memory that another object owns and accounts for. */
inline Napi::Value wrapAlias(Napi::Env env, at::Tensor tensor) {
  return wrap(env, std::make_shared<TensorHandle>(TensorHandle{std::move(tensor), false}));
}

/** Makes the Tensor of an operator's result; reshape and to, for two, return their input where they can. */
inline Napi::Value wrapResult(Napi::Env env, at::Tensor result, const at::Tensor& input) {
  const bool alias = result.storage().is_alias_of(input.storage());
  return wrap(env, std::make_shared<TensorHandle>(TensorHandle{std::move(result), !alias}));
}

}  // namespace imdb
