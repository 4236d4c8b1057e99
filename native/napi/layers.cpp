#include <algorithm>
#include <optional>

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/shared_layers.h"
#include "napi/traits.h"

namespace imdb {
namespace {

/** The options that both layers have. */
struct LinearOptions {
  int64_t inFeatures;
  int64_t outFeatures;
  Placement placement;
  std::optional<at::Generator> generator;
};

LinearOptions readLinearOptions(const Napi::Object& options) {
  const int64_t in = readInteger(options.Get("inFeatures"), "inFeatures", 1, kLargestSize);
  const int64_t out = readInteger(options.Get("outFeatures"), "outFeatures", 1, kLargestSize);
  const Placement placement = readPlacement(options, true);
  const Napi::Value source = options.Get("generator");
  if (source.IsUndefined()) return {in, out, placement, std::nullopt};
  return {in, out, placement, readInstance<RandomSource>(source, "generator")->generator};
}

LoraOptions readLoraOptions(const Napi::Object& options, int64_t inFeatures, int64_t outFeatures) {
  using Initialization = LoraOptions::Initialization;
  constexpr Initialization kInitializations[] = {Initialization::notebook, Initialization::kaiming,
                                                 Initialization::gaussian, Initialization::pissa};
  LoraOptions lora{readInteger(options.Get("rank"), "rank", 1, std::min(inFeatures, outFeatures)),
                   readPositive(options.Get("alpha"), "alpha")};
  const auto readFlag = [&](const char* name) {
    const Napi::Value value = options.Get(name);
    return !value.IsUndefined() && readBoolean(value, name);
  };
  lora.useRslora = readFlag("useRslora");
  lora.useDora = readFlag("useDora");
  const Napi::Value dropoutOption = options.Get("dropout");
  if (!dropoutOption.IsUndefined()) lora.dropout = readProbability(dropoutOption, "dropout");
  const Napi::Value initialization = options.Get("initialization");
  if (!initialization.IsUndefined()) {
    lora.initialization = kInitializations[readChoice(initialization, "initialization",
                                                      {"notebook", "kaiming", "gaussian", "pissa"})];
  }
  return lora;
}

/** Returns an undefined tensor where the value is undefined. */
at::Tensor readOptionalTensor(const Napi::Value& value, const std::string& name) {
  return value.IsUndefined() ? at::Tensor() : readInstance<TensorHandle>(value, name)->tensor;
}

template <typename Layer, at::Tensor Layer::*Parameter>
Napi::Value parameter(const Napi::CallbackInfo& info, const std::shared_ptr<Layer>& self) {
  return wrapAlias(info.Env(), (*self).*Parameter);
}

Napi::Value forwardLinear(const Napi::CallbackInfo& info, const std::shared_ptr<Linear>& self) {
  return wrapTensor(info.Env(), self->forward(readInstance<TensorHandle>(info[0], "input")->tensor));
}

BagIndices readBagIndices(const Napi::Value& value, const char* name, const LoraLinear& layer) {
  const auto bags = readInstance<const Bags>(value, name);
  if (bags->vocabularySize() != layer.inFeatures()) {
    throw shapeError("Expected bags of a vocabulary of " + std::to_string(layer.inFeatures()) +
                     " words but received bags of " + std::to_string(bags->vocabularySize()));
  }
  Rows rows(bags->length());
  for (int64_t row = 0; row < bags->length(); ++row) rows[row] = row;
  return bagIndices(*bags, rows.data(), bags->length(), layer.weight.device());
}

Napi::Value forwardLora(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  if (handleOf<const Bags>(info.Env(), info[0]) == nullptr) {
    const at::Tensor input = readInstance<TensorHandle>(info[0], "input")->tensor;
    const at::Tensor branchInput = readOptionalTensor(info[1], "branchInput");
    return wrapTensor(info.Env(), self->forward(input, branchInput));
  }
  const BagIndices bags = readBagIndices(info[0], "input", *self);
  if (info[1].IsUndefined()) return wrapTensor(info.Env(), self->forward(bags));
  const BagIndices branchBags = readBagIndices(info[1], "branchInput", *self);
  if (branchBags.offsets.size(0) != bags.offsets.size(0)) {
    throw shapeError("Expected as many bags for branchInput as for input but received another number");
  }
  return wrapTensor(info.Env(), self->forward(bags, &branchBags));
}

Napi::Value magnitude(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  return self->magnitude.defined() ? wrapAlias(info.Env(), self->magnitude) : info.Env().Null();
}

Napi::Value merged(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  return Napi::Boolean::New(info.Env(), self->merged());
}

Napi::Value dropout(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  return Napi::Number::New(info.Env(), self->dropout);
}

Napi::Value setDropout(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  self->dropout = readProbability(info[0], "dropout");
  return info.Env().Undefined();
}

Napi::Value rank(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  return Napi::Number::New(info.Env(), static_cast<double>(self->rank()));
}

Napi::Value alpha(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  return Napi::Number::New(info.Env(), self->alpha);
}

Napi::Value scale(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  return Napi::Number::New(info.Env(), self->scale);
}

Napi::Value setScale(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  self->scale = readNumber(info[0], "scale");
  return info.Env().Undefined();
}

Napi::Value loraEnabled(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  return Napi::Boolean::New(info.Env(), self->loraEnabled);
}

Napi::Value setLoraEnabled(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  self->setLoraEnabled(readBoolean(info[0], "loraEnabled"));
  return info.Env().Undefined();
}

Napi::Value setTrainable(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  const Napi::Object options = readObject(info[0], "options");
  const bool base = readBoolean(options.Get("base"), "base");
  const bool lora = readBoolean(options.Get("lora"), "lora");
  self->setTrainable(base, lora);
  return info.Env().Undefined();
}

Napi::Value deltaWeight(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  return wrapTensor(info.Env(), self->deltaWeight());
}

Napi::Value merge(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  const Napi::Object options = readObject(info[0], "options");
  const Napi::Value keep = options.Get("keepAdapter");
  if (!keep.IsUndefined() && readBoolean(keep, "keepAdapter")) {
    self->merge(std::nullopt);
  } else {
    self->merge(readInstance<RandomSource>(options.Get("generator"), "generator")->generator);
  }
  return info.Env().Undefined();
}

Napi::Value unmerge(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  self->unmerge();
  return info.Env().Undefined();
}

Napi::Value initializeAdapter(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  const Napi::Object options = readObject(info[0], "options");
  const LoraOptions lora = readLoraOptions(options, self->inFeatures(), self->outFeatures());
  self->initializeAdapter(lora, readInstance<RandomSource>(options.Get("generator"), "generator")->generator);
  return info.Env().Undefined();
}

Napi::Value setAdapter(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  const Napi::Object adapter = readObject(info[0], "adapter");
  const Napi::Value factors = adapter.Get("magnitude");
  const Napi::Value rate = adapter.Get("dropout");
  const at::Tensor up = readInstance<TensorHandle>(adapter.Get("up"), "up")->tensor;
  const at::Tensor down = readInstance<TensorHandle>(adapter.Get("down"), "down")->tensor;
  const double factor = readNumber(adapter.Get("scale"), "scale");
  self->setAdapter({down, up, factor,
                    factors.IsNull() ? at::Tensor() : readOptionalTensor(factors, "magnitude"),
                    rate.IsUndefined() ? 0 : readProbability(rate, "dropout")});
  return info.Env().Undefined();
}

}  // namespace

std::shared_ptr<Linear> ClassTraits<Linear>::construct(const Napi::CallbackInfo& info) {
  const LinearOptions options = readLinearOptions(readObject(info[0], "options"));
  return std::make_shared<Linear>(options.inFeatures, options.outFeatures, options.placement,
                                  options.generator);
}

std::shared_ptr<LoraLinear> ClassTraits<LoraLinear>::construct(const Napi::CallbackInfo& info) {
  const Napi::Object object = readObject(info[0], "options");
  const LinearOptions options = readLinearOptions(object);
  const LoraOptions lora = readLoraOptions(object, options.inFeatures, options.outFeatures);
  return std::make_shared<LoraLinear>(options.inFeatures, options.outFeatures, lora, options.placement,
                                      options.generator);
}

void defineLinear(Napi::Env env, Napi::Object exports) {
  defineClass<Linear>(
      env, exports,
      {getter<Linear, parameter<Linear, &Linear::weight>>("weight"),
       getter<Linear, parameter<Linear, &Linear::bias>>("bias"), method<Linear, forwardLinear>("forward"),
       method<Linear, shareLinear>("share"), staticMethod<linearFromShared>("fromShared")});
}

void defineLoraLinear(Napi::Env env, Napi::Object exports) {
  using Layer = LoraLinear;
  defineClass<Layer>(env, exports,
                     {getter<Layer, parameter<Layer, &Layer::weight>>("weight"),
                      getter<Layer, parameter<Layer, &Layer::bias>>("bias"),
                      getter<Layer, parameter<Layer, &Layer::up>>("up"),
                      getter<Layer, parameter<Layer, &Layer::down>>("down"),
                      getter<Layer, magnitude>("magnitude"),
                      getter<Layer, rank>("rank"),
                      getter<Layer, alpha>("alpha"),
                      getter<Layer, merged>("merged"),
                      accessor<Layer, scale, setScale>("scale"),
                      accessor<Layer, dropout, setDropout>("dropout"),
                      accessor<Layer, loraEnabled, setLoraEnabled>("loraEnabled"),
                      method<Layer, setTrainable>("setTrainable"),
                      method<Layer, forwardLora>("forward"),
                      method<Layer, deltaWeight>("deltaWeight"),
                      method<Layer, merge>("merge"),
                      method<Layer, unmerge>("unmerge"),
                      method<Layer, initializeAdapter>("initializeAdapter"),
                      method<Layer, setAdapter>("setAdapter"),
                      method<Layer, shareLora>("share"),
                      staticMethod<loraFromShared>("fromShared")});
}

}  // namespace imdb
