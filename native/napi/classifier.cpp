#include <numeric>

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/traits.h"

namespace imdb {
namespace {

using Self = std::shared_ptr<Classifier>;

Napi::Value learningRate(const Napi::CallbackInfo& info, const std::shared_ptr<Sgd>& self) {
  return Napi::Number::New(info.Env(), self->lr);
}

Napi::Value setLearningRate(const Napi::CallbackInfo& info, const std::shared_ptr<Sgd>& self) {
  self->lr = readPositive(info[0], "lr");
  return info.Env().Undefined();
}

Napi::Value step(const Napi::CallbackInfo& info, const std::shared_ptr<Sgd>& self) {
  self->step();
  return info.Env().Undefined();
}

Napi::Value zeroGrad(const Napi::CallbackInfo& info, const std::shared_ptr<Sgd>& self) {
  self->zeroGrad();
  return info.Env().Undefined();
}

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

Napi::Value trainBatches(const Napi::CallbackInfo& info, const Self& self) {
  const auto bags = readInstance<const Bags>(info[0], "bags");
  const Napi::Object options = readObject(info[2], "options");
  const int64_t batchSize = readInteger(options.Get("batchSize"), "batchSize", 1, kLargestSize);
  const auto optimizer = readInstance<Sgd>(options.Get("optimizer"), "optimizer");
  const LossForm loss = readLossForm(options.Get("loss"), "loss");
  const std::vector<double> losses =
      self->trainBatches(bags, readRows(info[1], "rows"), {batchSize, *optimizer, loss});
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
  const LossForm loss = readLossForm(readObject(info[2], "options").Get("loss"), "loss");
  const Gradients gradients = self->gradients(bags, readRows(info[1], "rows"), loss);
  const Napi::Object result = Napi::Object::New(info.Env());
  const auto set = [&](const char* name, const at::Tensor& gradient) {
    result.Set(name, gradient.defined() ? wrapTensor(info.Env(), gradient) : info.Env().Null());
  };
  result.Set("loss", gradients.loss);
  set("weight", gradients.weight);
  set("bias", gradients.bias);
  set("A", gradients.A);
  set("B", gradients.B);
  set("outputWeight", gradients.outputWeight);
  set("outputBias", gradients.outputBias);
  return result;
}

}  // namespace

std::shared_ptr<Sgd> ClassTraits<Sgd>::construct(const Napi::CallbackInfo& info) {
  if (!info[0].IsArray()) throw typeError("an array of tensors", "parameters", info[0]);
  const auto array = info[0].As<Napi::Array>();
  std::vector<at::Tensor> parameters;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const std::string name = "parameters[" + std::to_string(i) + "]";
    parameters.push_back(readInstance<TensorHandle>(array.Get(i), name)->tensor);
  }
  return std::make_shared<Sgd>(parameters, readPositive(readObject(info[1], "options").Get("lr"), "lr"));
}

std::shared_ptr<Classifier> ClassTraits<Classifier>::construct(const Napi::CallbackInfo& info) {
  const Napi::Object options = readObject(info[0], "options");
  const auto kind = readChoice(options.Get("engine"), "engine", {"torch", "fused"}) == 0
                        ? Classifier::EngineKind::torch
                        : Classifier::EngineKind::fused;
  const auto hidden = readInstance<LoraLinear>(options.Get("hidden"), "hidden");
  const auto output = readInstance<Linear>(options.Get("output"), "output");
  return std::make_shared<Classifier>(Layers{hidden, output}, kind);
}

void defineSgd(Napi::Env env, Napi::Object exports) {
  defineClass<Sgd>(env, exports,
                   {accessor<Sgd, learningRate, setLearningRate>("lr"), method<Sgd, step>("step"),
                    method<Sgd, zeroGrad>("zeroGrad")});
}

void defineClassifier(Napi::Env env, Napi::Object exports) {
  defineClass<Classifier>(
      env, exports,
      {getter<Classifier, engine>("engine"), getter<Classifier, classes>("classes"),
       method<Classifier, forward>("forward"), method<Classifier, trainBatches>("trainBatches"),
       method<Classifier, evaluate>("evaluate"), method<Classifier, gradients>("gradients")});
}

}  // namespace imdb
