#include <ATen/core/grad_mode.h>
#include <ATen/ops/_unique.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/engine.h"

namespace imdb {
namespace {

/** libtorch's operators and autograd, on any device. */
class TorchEngine final : public Engine {
 public:
  explicit TorchEngine(Layers layers) : layers_(std::move(layers)) {}

  at::Tensor forward(const BagsPointer& bags, const Rows& rows) override {
    return logits(*bags, rows.data(), static_cast<int64_t>(rows.size()));
  }

  std::vector<double> trainBatches(const BagsPointer& bags, const Rows& rows,
                                   const TrainingOptions& options) override {
    std::vector<double> losses;
    forEachBatch(rows, options.batchSize, [&](const int64_t* batch, int64_t count) {
      const at::Tensor loss = meanLoss(*bags, batch, count, options.loss);
      losses.push_back(loss.item<double>());
      if (!std::isfinite(losses.back())) return false;
      Optimizer& optimizer = options.optimizer;
      optimizer.zeroGrad();
      if (loss.requires_grad()) loss.backward();
      if (options.maxGradNorm) optimizer.clipGradNorm(*options.maxGradNorm);
      BatchWords words{{layers_.hidden->weight, layers_.hidden->B}, {}};
      if (optimizer.movesBatchWordsOnly()) words.words = wordsOf(*bags, batch, count);
      optimizer.step(options.lrFactor(losses.size() - 1), &words);
      return true;
    });
    return losses;
  }

  Evaluation evaluate(const BagsPointer& bags, const Rows& rows, LossForm form) override {
    constexpr int64_t kRowsAtOnce = 1024;
    const at::NoGradGuard noGrad;
    Evaluation evaluation;
    forEachBatch(rows, kRowsAtOnce, [&](const int64_t* batch, int64_t count) {
      const at::Tensor batchLogits = logits(*bags, batch, count);
      const at::Tensor labels = batchLabels(*bags, batch, count);
      evaluation.lossSum +=
          crossEntropy(batchLogits, labels, form).item<double>() * static_cast<double>(count);
      evaluation.correct += batchLogits.argmax(1).eq(labels).sum().item<int64_t>();
      evaluation.count += count;
      return true;
    });
    return evaluation;
  }

  Gradients gradients(const BagsPointer& bags, const Rows& rows, LossForm form) override {
    const auto& [hidden, output] = layers_;
    Gradients result;
    std::vector<std::pair<at::Tensor*, at::Tensor>> parameters = {{&result.weight, hidden->weight},
                                                                  {&result.bias, hidden->bias},
                                                                  {&result.A, hidden->A},
                                                                  {&result.B, hidden->B},
                                                                  {&result.outputWeight, output->weight},
                                                                  {&result.outputBias, output->bias}};
    if (hidden->magnitude.defined()) parameters.emplace_back(&result.magnitude, hidden->magnitude);
    // backward() accumulates into .grad, which belongs to the caller: put aside, restored below.
    std::vector<at::Tensor> saved;
    for (const auto& [gradient, parameter] : parameters)
      saved.push_back(std::exchange(parameter.mutable_grad(), {}));
    const at::Tensor loss = meanLoss(*bags, rows.data(), static_cast<int64_t>(rows.size()), form);
    if (loss.requires_grad()) loss.backward();
    for (size_t i = 0; i < saved.size(); ++i) {
      const auto& [gradient, parameter] = parameters[i];
      *gradient = std::exchange(parameter.mutable_grad(), saved[i]);
      if (parameter.requires_grad() && !gradient->defined()) *gradient = at::zeros_like(parameter);
    }
    result.loss = loss.item<double>();
    return result;
  }

  int64_t bytes() const override { return 0; }

 private:
  at::Tensor logits(const Bags& bags, const int64_t* rows, int64_t count) const {
    const auto& [hidden, output] = layers_;
    return output->forward(at::relu(hidden->forward(bagIndices(bags, rows, count, hidden->weight.device()))));
  }

  /** The words of a batch, ascending, each once. */
  at::Tensor wordsOf(const Bags& bags, const int64_t* rows, int64_t count) const {
    const at::Tensor ids = bagIndices(bags, rows, count, layers_.hidden->weight.device()).ids;
    return std::get<0>(at::_unique(ids, /*sorted=*/true));
  }

  at::Tensor batchLabels(const Bags& bags, const int64_t* rows, int64_t count) const {
    at::Tensor labels = at::empty({count}, at::TensorOptions().dtype(at::kLong));
    std::transform(rows, rows + count, labels.mutable_data_ptr<int64_t>(),
                   [&](int64_t row) { return int64_t{bags.label(row)}; });
    return labels.to(layers_.hidden->weight.device());
  }

  at::Tensor meanLoss(const Bags& bags, const int64_t* rows, int64_t count, LossForm form) const {
    return crossEntropy(logits(bags, rows, count), batchLabels(bags, rows, count), form);
  }

  /** Calls `visit(rows, count)` batch by batch while it returns true. */
  template <typename Visit>
  static void forEachBatch(const Rows& rows, int64_t batchSize, Visit visit) {
    const auto total = static_cast<int64_t>(rows.size());
    for (int64_t begin = 0; begin < total; begin += batchSize) {
      if (!visit(rows.data() + begin, std::min(batchSize, total - begin))) return;
    }
  }

  const Layers layers_;
};

}  // namespace

std::unique_ptr<Engine> makeTorchEngine(Layers layers) {
  return std::make_unique<TorchEngine>(std::move(layers));
}

}  // namespace imdb
