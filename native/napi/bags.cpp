#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/traits.h"

namespace imdb {
namespace {

Napi::Value length(const Napi::CallbackInfo& info, const BagsPointer& self) {
  return Napi::Number::New(info.Env(), static_cast<double>(self->length()));
}

Napi::Value entries(const Napi::CallbackInfo& info, const BagsPointer& self) {
  return Napi::Number::New(info.Env(), static_cast<double>(self->entries()));
}

Napi::Value vocabularySize(const Napi::CallbackInfo& info, const BagsPointer& self) {
  return Napi::Number::New(info.Env(), static_cast<double>(self->vocabularySize()));
}

std::variant<std::span<const int32_t>, std::span<const uint16_t>> viewIds(const Napi::Value& value) {
  const Elements elements =
      readTypedArray(value, "ids", "an Int32Array or a Uint16Array", {napi_int32_array, napi_uint16_array});
  if (elements.type == napi_uint16_array) return elements.as<uint16_t>();
  return elements.as<int32_t>();
}

std::optional<std::span<const float>> viewOptionalFloats(const Napi::Value& value, const std::string& name,
                                                         SharedMemory shared) {
  if (value.IsUndefined()) return std::nullopt;
  return readTypedArray(value, name, "a Float32Array", {napi_float32_array}, shared).as<float>();
}

Weighting::Normalize readNormalize(const Napi::Value& value, const std::string& name) {
  using Normalize = Weighting::Normalize;
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value() ? Normalize::norm : Normalize::none;
  if (value.IsString() && value.As<Napi::String>().Utf8Value() == "length") return Normalize::length;
  throw typeError("true, false or \"length\"", name, value);
}

std::optional<Weighting> viewWeighting(const Napi::Value& value) {
  if (value.IsUndefined()) return std::nullopt;
  const Napi::Object options = readObject(value, "weighting");
  const Napi::Value weights = options.Get("weights");
  const Napi::Value normalize = options.Get("normalize");
  const Napi::Value gain = options.Get("gain");
  return Weighting{viewOptionalFloats(weights, "weighting.weights", SharedMemory::allowed),
                   readNormalize(normalize, "weighting.normalize"), readNumber(gain, "weighting.gain")};
}

}  // namespace

std::shared_ptr<const Bags> ClassTraits<const Bags>::construct(const Napi::CallbackInfo& info) {
  const Napi::Object options = readObject(info[0], "options");
  const Napi::Value ids = options.Get("ids");
  const Napi::Value offsets = options.Get("offsets");
  const Napi::Value labels = options.Get("labels");
  const Napi::Value vocabulary = options.Get("vocabularySize");
  const Napi::Value values = options.Get("values");
  // A getter may run here, which could take the memory of an array away: views are made afterwards.
  std::optional<Weighting> weighting = viewWeighting(options.Get("weighting"));
  return std::make_shared<const Bags>(
      BagArrays{viewIds(ids), readInt32Array(offsets, "offsets"), readInt32Array(labels, "labels"),
                readInteger(vocabulary, "vocabularySize", 1, kLargestSize - 1),
                viewOptionalFloats(values, "values", SharedMemory::refused), std::move(weighting)});
}

void defineBags(Napi::Env env, Napi::Object exports) {
  defineClass<const Bags>(env, exports,
                          {getter<const Bags, length>("length"), getter<const Bags, entries>("entries"),
                           getter<const Bags, vocabularySize>("vocabularySize")});
}

}  // namespace imdb
