#include <ATen/core/grad_mode.h>
#include <ATen/ops/_unique.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

#include "core/engines/engine.h"

namespace imdb {
namespace {

/** Computes with libtorch's operators and autograd, on any device. */
class TorchEngine final : public Engine {
 public:
  explicit TorchEngine(Layers layers) : layers_(std::move(layers)) {}

  at::Tensor forward(const BagsPointer& bags, const Rows& rows) override {
    return logits(*bags, rows.data(), static_cast<int64_t>(rows.size()));
  }

  std::vector<double> trainBatches(const TrainingRows& data, const TrainingOptions& options) override {
    std::vector<double> losses;
    const bool sameBags = data.branch.bags == data.base.bags;
    forEachBatch(data.base.rows, options.batchSize, [&](const int64_t* rows, int64_t count) {
      const int64_t begin = rows - data.base.rows.data();
      const BagIndices base = indicesOf(*data.base.bags, rows, count);
      const BagIndices branch =
          sameBags ? base : indicesOf(*data.branch.bags, data.branch.rows.data() + begin, count);
      const at::Tensor hidden = layers_.hidden->forward(base, sameBags ? nullptr : &branch);
      const at::Tensor mask = outputBranchMask(data.rows.data() + begin, count, options);
      const at::Tensor labels = batchLabels(*data.base.bags, rows, count);
      const at::Tensor loss = crossEntropy(logitsOf(hidden, mask), labels, options.loss);
      losses.push_back(loss.item<double>());
      if (!std::isfinite(losses.back())) return false;
      step(loss, options, losses.size() - 1,
           {{layers_.hidden->weight, base.ids}, {layers_.hidden->down, branch.ids}});
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
          crossEntropy(batchLogits, labels, {form}).item<double>() * static_cast<double>(count);
      evaluation.correct += batchLogits.argmax(1).eq(labels).sum().item<int64_t>();
      evaluation.count += count;
      return true;
    });
    return evaluation;
  }

  Gradients gradients(const BagsPointer& bags, const Rows& rows, const Loss& minimized) override {
    const LoraLinear& hidden = *layers_.hidden;
    Gradients result;
    const std::pair<at::Tensor*, at::Tensor> parameters[] = {{&result.weight, hidden.weight},
                                                             {&result.bias, hidden.bias},
                                                             {&result.up, hidden.up},
                                                             {&result.down, hidden.down},
                                                             {&result.magnitude, hidden.magnitude},
                                                             {&result.outputWeight, layers_.outputWeight()},
                                                             {&result.outputBias, layers_.outputBias()}};
    // backward() accumulates into .grad, which belongs to the caller: put aside, restored below.
    std::vector<at::Tensor> saved;
    for (const auto& [gradient, parameter] : parameters)
      saved.push_back(parameter.defined() ? std::exchange(parameter.mutable_grad(), {}) : at::Tensor());
    const at::Tensor loss = meanLoss(*bags, rows.data(), static_cast<int64_t>(rows.size()), minimized);
    if (loss.requires_grad()) loss.backward();
    for (size_t i = 0; i < saved.size(); ++i) {
      const auto& [gradient, parameter] = parameters[i];
      if (!parameter.defined()) continue;
      *gradient = std::exchange(parameter.mutable_grad(), saved[i]);
      if (parameter.requires_grad() && !gradient->defined()) *gradient = at::zeros_like(parameter);
    }
    result.loss = loss.item<double>();
    return result;
  }

  int64_t bytes() const override { return 0; }

 private:
  /** @param batch ids of the batch's entries, in any order */
  static void step(const at::Tensor& loss, const TrainingOptions& options, size_t number,
                   std::vector<BatchWords> batch) {
    Optimizer& optimizer = options.optimizer;
    optimizer.zeroGrad();
    if (loss.requires_grad()) loss.backward();
    if (options.maxGradNorm) optimizer.clipGradNorm(*options.maxGradNorm);
    if (!optimizer.movesBatchWordsOnly()) return optimizer.step(options.lrFactor(number));
    for (BatchWords& own : batch) own.words = std::get<0>(at::_unique(own.words, /*sorted=*/true));
    optimizer.step(options.lrFactor(number), &batch);
  }

  BagIndices indicesOf(const Bags& bags, const int64_t* rows, int64_t count) const {
    return bagIndices(bags, rows, count, layers_.hidden->weight.device());
  }

  at::Tensor logits(const Bags& bags, const int64_t* rows, int64_t count) const {
    return logitsOf(layers_.hidden->forward(indicesOf(bags, rows, count)));
  }

  /** @param branchMask what the input of the output layer's branch is multiplied with; undefined: 1 */
  at::Tensor logitsOf(const at::Tensor& hidden, const at::Tensor& branchMask = {}) const {
    if (layers_.isLinear()) return hidden;
    const at::Tensor active = at::relu(hidden);
    if (layers_.output) return layers_.output->forward(active);
    return layers_.loraOutput->forward(active, branchMask.defined() ? active.mul(branchMask) : at::Tensor());
  }

  /** Returns the factors of the hidden values, `[count, hidden]`: 0 for those that dropout takes. */
  at::Tensor outputBranchMask(const int64_t* rows, int64_t count, const TrainingOptions& options) const {
    if (layers_.loraOutput == nullptr || !layers_.loraOutput->dropsInTraining()) return {};
    const double probability = layers_.loraOutput->dropout;
    const Dropout dropout{Dropout::Of::outputBranchInput, probability, *options.dropoutSeed};
    const int64_t width = layers_.hidden->outFeatures();
    const at::Tensor mask = at::zeros({count, width}, at::TensorOptions().dtype(at::kDouble));
    auto* value = mask.mutable_data_ptr<double>();
    for (int64_t i = 0; i < count; ++i) {
      const DropoutDraws draws(dropout, rows[i]);
      for (int64_t entry = 0; entry < width; ++entry)
        *value++ = draws.keeps(entry) ? 1 / (1 - probability) : 0;
    }
    return mask.to(layers_.hidden->weight.options().requires_grad(false));
  }

  at::Tensor batchLabels(const Bags& bags, const int64_t* rows, int64_t count) const {
    at::Tensor labels = at::empty({count}, at::TensorOptions().dtype(at::kLong));
    std::transform(rows, rows + count, labels.mutable_data_ptr<int64_t>(),
                   [&](int64_t row) { return int64_t{bags.label(row)}; });
    return labels.to(layers_.hidden->weight.device());
  }

  at::Tensor meanLoss(const Bags& bags, const int64_t* rows, int64_t count, const Loss& loss) const {
    return crossEntropy(logits(bags, rows, count), batchLabels(bags, rows, count), loss);
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
