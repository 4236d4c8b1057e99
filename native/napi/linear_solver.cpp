#include "core/linear_solver/linear_solver.h"

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/traits.h"

namespace imdb {

template <>
struct ClassTraits<LinearSolver> {
  static constexpr const char* name = "LinearSolver";
  static constexpr napi_type_tag tag = {0xc53a91e7406d2f88, 0x8b17f4d03e95ac62};
  static std::shared_ptr<LinearSolver> construct(const Napi::CallbackInfo& info);
  static int64_t bytes(const LinearSolver& solver) { return solver.bytes(); }
};

namespace {

using Self = std::shared_ptr<LinearSolver>;
using Options = LinearSolverOptions;

/** Reads the elements of an array. @param read is given an element and its name */
template <typename Read>
auto readArray(const Napi::Value& value, const std::string& name, const char* expected, const Read& read) {
  if (!value.IsArray()) throw typeError(expected, name, value);
  const auto array = value.As<Napi::Array>();
  std::vector<decltype(read(value, name))> elements;
  for (uint32_t i = 0; i < array.Length(); ++i)
    elements.push_back(read(array.Get(i), name + "[" + std::to_string(i) + "]"));
  return elements;
}

std::vector<float> readFloats(const Napi::Value& value, const std::string& name) {
  const auto floats = readTypedArray(value, name, "a Float32Array", {napi_float32_array}).as<float>();
  return {floats.begin(), floats.end()};
}

LinearModelSpec readModel(const Napi::Value& value, const std::string& name, const Options& options) {
  const auto last = [](const auto& lists) { return static_cast<int64_t>(lists.size()) - 1; };
  const Napi::Object model = readObject(value, name);
  LinearModelSpec spec{};
  spec.rows = readInteger(model.Get("rows"), name + ".rows", 0, last(options.rowSets));
  spec.scale = readInteger(model.Get("scale"), name + ".scale", 0, last(options.scales));
  spec.cost = readPositive(model.Get("cost"), name + ".cost");
  spec.positive =
      static_cast<int32_t>(readInteger(model.Get("positive"), name + ".positive", 0, kLargestSize));
  return spec;
}

std::vector<double> readClassWeights(const Napi::Value& value) {
  if (value.IsUndefined()) return {};
  std::vector<double> weights = readFloat64Array(value, "classWeights");
  for (const double weight : weights) {
    if (weight > 0 && std::isfinite(weight)) continue;
    throw rangeError("Expected finite numbers above 0 for classWeights but received " +
                     std::to_string(weight));
  }
  return weights;
}

Options readOptions(const Napi::Object& object) {
  Options options{};
  options.rowSets = readArray(object.Get("rowSets"), "rowSets", "an array of Int32Arrays", readInt32Array);
  const Napi::Value scored = object.Get("scoredRows");
  if (!scored.IsUndefined())
    options.scoredRows = readArray(scored, "scoredRows", "an array of Int32Arrays", readInt32Array);
  options.scales = readArray(object.Get("scales"), "scales", "an array of Float32Arrays", readFloats);
  options.models = readArray(
      object.Get("models"), "models", "an array of models",
      [&](const Napi::Value& value, const std::string& name) { return readModel(value, name, options); });
  options.normalize = static_cast<Options::Normalize>(
      readChoice(object.Get("normalize"), "normalize", {"none", "norm", "length"}));
  options.classWeights = readClassWeights(object.Get("classWeights"));
  options.seed = readSeed(object.Get("seed"), "seed");
  const Napi::Value tolerance = object.Get("tolerance");
  if (!tolerance.IsUndefined()) options.tolerance = readPositive(tolerance, "tolerance");
  const Napi::Value mostPasses = object.Get("mostPasses");
  if (!mostPasses.IsUndefined()) options.mostPasses = readInteger(mostPasses, "mostPasses", 1, kLargestSize);
  options.keepWeights = readBoolean(object.Get("keepWeights"), "keepWeights");
  return options;
}

Napi::Value run(const Napi::CallbackInfo& info, const Self& self) {
  const double milliseconds = readNonNegative(info[0], "milliseconds");
  return Napi::Number::New(info.Env(), static_cast<double>(self->run(milliseconds)));
}

const FittedModel& readFitted(const Napi::CallbackInfo& info, const Self& self) {
  return self->fitted(readInteger(info[0], "model", 0, self->models() - 1));
}

Napi::Value copyFloats(Napi::Env env, const std::vector<float>& floats) {
  Napi::Float32Array array = Napi::Float32Array::New(env, floats.size());
  std::copy(floats.begin(), floats.end(), array.Data());
  return array;
}

Napi::Value weights(const Napi::CallbackInfo& info, const Self& self) {
  const FittedModel& model = readFitted(info, self);
  if (!self->keepsWeights()) throw stateError("Expected a solver with keepWeights but this one keeps none");
  return copyFloats(info.Env(), model.weights);
}

Napi::Value scores(const Napi::CallbackInfo& info, const Self& self) {
  const FittedModel& model = readFitted(info, self);
  if (!self->givesScores()) throw stateError("Expected a solver with scoredRows but this one has none");
  return copyFloats(info.Env(), model.scores);
}

Napi::Value bias(const Napi::CallbackInfo& info, const Self& self) {
  return Napi::Number::New(info.Env(), readFitted(info, self).bias);
}

Napi::Value passes(const Napi::CallbackInfo& info, const Self& self) {
  return Napi::Number::New(info.Env(), static_cast<double>(readFitted(info, self).passes));
}

}  // namespace

std::shared_ptr<LinearSolver> ClassTraits<LinearSolver>::construct(const Napi::CallbackInfo& info) {
  auto bags = readInstance<const Bags>(info[0], "bags");
  return std::make_shared<LinearSolver>(std::move(bags), readOptions(readObject(info[1], "options")));
}

void defineLinearSolver(Napi::Env env, Napi::Object exports) {
  defineClass<LinearSolver>(env, exports,
                            {method<LinearSolver, run>("run"), method<LinearSolver, weights>("weights"),
                             method<LinearSolver, bias>("bias"), method<LinearSolver, passes>("passes"),
                             method<LinearSolver, scores>("scores")});
}

}  // namespace imdb
