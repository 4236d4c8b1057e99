#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randperm.h>

#include <optional>
#include <utility>
#include <vector>

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/traits.h"

namespace imdb {
namespace {

Napi::Value randomInt64(const Napi::CallbackInfo& info, const std::shared_ptr<RandomSource>& self) {
  const at::Tensor draw = at::empty({}, at::TensorOptions().dtype(at::kLong)).random_(self->generator);
  return Napi::BigInt::New(info.Env(), draw.item<int64_t>());
}

Napi::Value randperm(const Napi::CallbackInfo& info, const std::shared_ptr<RandomSource>& self) {
  const int64_t n = readInteger(info[0], "n", 0, kLargestSize);
  const at::Tensor order =
      at::randperm(n, self->generator, at::TensorOptions().dtype(at::kLong)).to(at::kInt);
  Napi::Int32Array result = Napi::Int32Array::New(info.Env(), static_cast<size_t>(n));
  std::copy_n(order.const_data_ptr<int32_t>(), n, result.Data());
  return result;
}

Napi::Value length(const Napi::CallbackInfo& info, const BagsPointer& self) {
  return Napi::Number::New(info.Env(), static_cast<double>(self->length()));
}

Napi::Value entries(const Napi::CallbackInfo& info, const BagsPointer& self) {
  return Napi::Number::New(info.Env(), static_cast<double>(self->entries()));
}

Napi::Value vocabularySize(const Napi::CallbackInfo& info, const BagsPointer& self) {
  return Napi::Number::New(info.Env(), static_cast<double>(self->vocabularySize()));
}

std::optional<std::vector<float>> readOptionalFloats(const Napi::Value& value, const std::string& name) {
  if (value.IsUndefined()) return std::nullopt;
  return readFloat32Array(value, name);
}

std::optional<Weighting> readWeighting(const Napi::Value& value) {
  if (value.IsUndefined()) return std::nullopt;
  const Napi::Object options = readObject(value, "weighting");
  return Weighting{readOptionalFloats(options.Get("weights"), "weighting.weights"),
                   readBoolean(options.Get("normalize"), "weighting.normalize"),
                   readNumber(options.Get("gain"), "weighting.gain")};
}

}  // namespace

std::shared_ptr<RandomSource> ClassTraits<RandomSource>::construct(const Napi::CallbackInfo& info) {
  return std::make_shared<RandomSource>(
      RandomSource{at::detail::createCPUGenerator(readSeed(info[0], "seed"))});
}

int64_t ClassTraits<RandomSource>::bytes(const RandomSource&) { return sizeof(at::CPUGeneratorImpl); }

std::shared_ptr<const Bags> ClassTraits<const Bags>::construct(const Napi::CallbackInfo& info) {
  const Napi::Object options = readObject(info[0], "options");
  const Napi::Value ids = options.Get("ids");
  const Napi::Value offsets = options.Get("offsets");
  const Napi::Value labels = options.Get("labels");
  const Napi::Value vocabulary = options.Get("vocabularySize");
  const Napi::Value values = options.Get("values");
  const Napi::Value weighting = options.Get("weighting");
  return std::make_shared<const Bags>(readIds(ids, "ids"), readInt32Array(offsets, "offsets"),
                                      readInt32Array(labels, "labels"),
                                      readInteger(vocabulary, "vocabularySize", 1, kLargestSize - 1),
                                      readOptionalFloats(values, "values"), readWeighting(weighting));
}

void defineGenerator(Napi::Env env, Napi::Object exports) {
  defineClass<RandomSource>(
      env, exports,
      {method<RandomSource, randomInt64>("randomInt64"), method<RandomSource, randperm>("randperm")});
}

void defineBags(Napi::Env env, Napi::Object exports) {
  defineClass<const Bags>(env, exports,
                          {getter<const Bags, length>("length"), getter<const Bags, entries>("entries"),
                           getter<const Bags, vocabularySize>("vocabularySize")});
}

}  // namespace imdb
