#include <cmath>
#include <numeric>

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/optimizers.h"
#include "napi/traits.h"

namespace imdb {
namespace {

using Self = std::shared_ptr<Classifier>;

Napi::Value engine(const Napi::CallbackInfo& info, const Self& self) {
  return Napi::String::New(info.Env(), self->kind() == Classifier::EngineKind::fused ? "fused" : "torch");
}

Napi::Value classes(const Napi::CallbackInfo& info, const Self& self) {
  return Napi::Number::New(info.Env(), static_cast<double>(self->classes()));
}

Napi::Value forward(const Napi::CallbackInfo& info, const Self& self) {
  const auto bags = readInstance<const Bags>(info[0], "bags");
  Rows rows;
  if (info[1].IsUndefined()) {
    rows.resize(bags->length());
    std::iota(rows.begin(), rows.end(), 0);
  } else {
    rows = readRows(info[1], "rows");
  }
  return wrapTensor(info.Env(), self->forward(bags, rows));
}

/** Reads finite numbers of at least 0. */
std::vector<double> readLrFactors(const Napi::Value& value) {
  const std::vector<double> factors = readFloat64Array(value, "lrFactors");
  for (const double factor : factors) {
    if (!(factor >= 0) || std::isinf(factor))
      throw rangeError("Expected finite numbers of at least 0 for lrFactors but received " +
                       std::to_string(factor));
  }
  return factors;
}

Napi::Value trainBatches(const Napi::CallbackInfo& info, const Self& self) {
  const auto bags = readInstance<const Bags>(info[0], "bags");
  const Napi::Object object = readObject(info[2], "options");
  const int64_t batchSize = readInteger(object.Get("batchSize"), "batchSize", 1, kLargestSize);
  const Napi::Value optimizerObject = object.Get("optimizer");
  const auto optimizer = readOptimizer(optimizerObject, "optimizer");
  TrainingOptions options{batchSize, *optimizer, readLoss(object), {}, {}, 0, {}};
  const Napi::Value maxGradNorm = object.Get("maxGradNorm");
  if (!maxGradNorm.IsUndefined()) options.maxGradNorm = readPositive(maxGradNorm, "maxGradNorm");
  const Napi::Value lrFactors = object.Get("lrFactors");
  if (!lrFactors.IsUndefined()) options.lrFactors = readLrFactors(lrFactors);
  const Napi::Value inputDropout = object.Get("inputDropout");
  if (!inputDropout.IsUndefined()) options.inputDropout = readProbability(inputDropout, "inputDropout");
  const Napi::Value dropoutSeed = object.Get("dropoutSeed");
  if (!dropoutSeed.IsUndefined()) options.dropoutSeed = readSeed(dropoutSeed, "dropoutSeed");
  const std::vector<double> losses = self->trainBatches(bags, readRows(info[1], "rows"), options);
  reportOptimizerBytes(optimizerObject);
  Napi::Float64Array result = Napi::Float64Array::New(info.Env(), losses.size());
  std::copy(losses.begin(), losses.end(), result.Data());
  return result;
}

Napi::Value evaluate(const Napi::CallbackInfo& info, const Self& self) {
  const auto bags = readInstance<const Bags>(info[0], "bags");
  const Napi::Object options = readObject(info[1], "options");
  const LossForm loss = readLossForm(options.Get("loss"), "loss");
  const Napi::Value start = options.Get("start");
  const Napi::Value end = options.Get("end");
  const Evaluation evaluation =
      self->evaluate(bags, start.IsUndefined() ? 0 : readInteger(start, "start", 0, bags->length()),
                     end.IsUndefined() ? bags->length() : readInteger(end, "end", 0, bags->length()), loss);
  const Napi::Object result = Napi::Object::New(info.Env());
  result.Set("lossSum", evaluation.lossSum);
  result.Set("correct", static_cast<double>(evaluation.correct));
  result.Set("count", static_cast<double>(evaluation.count));
  return result;
}

Napi::Value gradients(const Napi::CallbackInfo& info, const Self& self) {
  const auto bags = readInstance<const Bags>(info[0], "bags");
  const Loss loss = readLoss(readObject(info[2], "options"));
  const Gradients gradients = self->gradients(bags, readRows(info[1], "rows"), loss);
  const Napi::Object result = Napi::Object::New(info.Env());
  const auto set = [&](const char* name, const at::Tensor& gradient) {
    result.Set(name, gradient.defined() ? wrapTensor(info.Env(), gradient) : info.Env().Null());
  };
  result.Set("loss", gradients.loss);
  set("weight", gradients.weight);
  set("bias", gradients.bias);
  set("up", gradients.up);
  set("down", gradients.down);
  set("magnitude", gradients.magnitude);
  set("outputWeight", gradients.outputWeight);
  set("outputBias", gradients.outputBias);
  return result;
}

}  // namespace

std::shared_ptr<Classifier> ClassTraits<Classifier>::construct(const Napi::CallbackInfo& info) {
  const Napi::Object options = readObject(info[0], "options");
  const auto kind = readChoice(options.Get("engine"), "engine", {"torch", "fused"}) == 0
                        ? Classifier::EngineKind::torch
                        : Classifier::EngineKind::fused;
  const auto hidden = readInstance<LoraLinear>(options.Get("hidden"), "hidden");
  const Napi::Value output = options.Get("output");
  Layers layers{hidden, nullptr, nullptr};
  if (handleOf<LoraLinear>(info.Env(), output) != nullptr) {
    layers.loraOutput = readInstance<LoraLinear>(output, "output");
  } else if (!output.IsNull()) {
    layers.output = readInstance<Linear>(output, "output");
  }
  return std::make_shared<Classifier>(layers, kind);
}

void defineClassifier(Napi::Env env, Napi::Object exports) {
  defineClass<Classifier>(
      env, exports,
      {getter<Classifier, engine>("engine"), getter<Classifier, classes>("classes"),
       method<Classifier, forward>("forward"), method<Classifier, trainBatches>("trainBatches"),
       method<Classifier, evaluate>("evaluate"), method<Classifier, gradients>("gradients")});
}

}  // namespace imdb
