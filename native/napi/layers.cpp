#include <algorithm>
#include <optional>

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/traits.h"

namespace imdb {
namespace {

/** Options that both layers have. */
struct LinearOptions {
  int64_t inFeatures;
  int64_t outFeatures;
  Placement placement;
  at::Generator generator;
};

LinearOptions readLinearOptions(const Napi::Object& options) {
  const int64_t in = readInteger(options.Get("inFeatures"), "inFeatures", 1, kLargestSize);
  const int64_t out = readInteger(options.Get("outFeatures"), "outFeatures", 1, kLargestSize);
  const Placement placement = readPlacement(options, true);
  return {in, out, placement, readInstance<RandomSource>(options.Get("generator"), "generator")->generator};
}

template <typename Layer, at::Tensor Layer::*Parameter>
Napi::Value parameter(const Napi::CallbackInfo& info, const std::shared_ptr<Layer>& self) {
  return wrapAlias(info.Env(), (*self).*Parameter);
}

Napi::Value forwardLinear(const Napi::CallbackInfo& info, const std::shared_ptr<Linear>& self) {
  return wrapTensor(info.Env(), self->forward(readInstance<TensorHandle>(info[0], "input")->tensor));
}

Napi::Value forwardLora(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self) {
  if (handleOf<const Bags>(info.Env(), info[0]) == nullptr) {
    return wrapTensor(info.Env(), self->forward(readInstance<TensorHandle>(info[0], "input")->tensor));
  }
  const auto bags = readInstance<const Bags>(info[0], "input");
  if (bags->vocabularySize() != self->inFeatures()) {
    throw shapeError("Expected bags of a vocabulary of " + std::to_string(self->inFeatures()) +
                     " words but received bags of " + std::to_string(bags->vocabularySize()));
  }
  Rows rows(bags->length());
  for (int64_t row = 0; row < bags->length(); ++row) rows[row] = row;
  return wrapTensor(info.Env(),
                    self->forward(bagIndices(*bags, rows.data(), bags->length(), self->weight.device())));
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
  self->loraEnabled = readBoolean(info[0], "loraEnabled");
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

}  // namespace

std::shared_ptr<Linear> ClassTraits<Linear>::construct(const Napi::CallbackInfo& info) {
  const LinearOptions options = readLinearOptions(readObject(info[0], "options"));
  return std::make_shared<Linear>(options.inFeatures, options.outFeatures, options.placement,
                                  options.generator);
}

std::shared_ptr<LoraLinear> ClassTraits<LoraLinear>::construct(const Napi::CallbackInfo& info) {
  const Napi::Object object = readObject(info[0], "options");
  const Napi::Value rankOption = object.Get("rank");
  const double alphaOption = readPositive(object.Get("alpha"), "alpha");
  const LinearOptions options = readLinearOptions(object);
  const int64_t ranks = readInteger(rankOption, "rank", 1, std::min(options.inFeatures, options.outFeatures));
  return std::make_shared<LoraLinear>(options.inFeatures, options.outFeatures, ranks, alphaOption,
                                      options.placement, options.generator);
}

void defineLinear(Napi::Env env, Napi::Object exports) {
  defineClass<Linear>(
      env, exports,
      {getter<Linear, parameter<Linear, &Linear::weight>>("weight"),
       getter<Linear, parameter<Linear, &Linear::bias>>("bias"), method<Linear, forwardLinear>("forward")});
}

void defineLoraLinear(Napi::Env env, Napi::Object exports) {
  using Layer = LoraLinear;
  defineClass<Layer>(
      env, exports,
      {getter<Layer, parameter<Layer, &Layer::weight>>("weight"),
       getter<Layer, parameter<Layer, &Layer::bias>>("bias"), getter<Layer, parameter<Layer, &Layer::A>>("A"),
       getter<Layer, parameter<Layer, &Layer::B>>("B"), getter<Layer, rank>("rank"),
       getter<Layer, alpha>("alpha"), accessor<Layer, scale, setScale>("scale"),
       accessor<Layer, loraEnabled, setLoraEnabled>("loraEnabled"),
       method<Layer, setTrainable>("setTrainable"), method<Layer, forwardLora>("forward"),
       method<Layer, deltaWeight>("deltaWeight"), method<Layer, merge>("merge")});
}

}  // namespace imdb
