#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <vector>

#include "core/data/bags.h"
#include "core/layers/dropout.h"
#include "core/layers/linear.h"
#include "core/layers/lora_linear.h"
#include "core/layers/loss.h"
#include "core/optimizers/optimizer.h"

namespace imdb {

using BagsPointer = std::shared_ptr<const Bags>;
using Rows = std::vector<int64_t>;

/** Bag of words -> hidden -> ReLU -> output; without an output the logits are those of the hidden layer. */
struct Layers {
  bool isLinear() const { return output == nullptr && loraOutput == nullptr; }
  int64_t classes() const {
    return isLinear() ? hidden->outFeatures() : output ? output->outFeatures() : loraOutput->outFeatures();
  }
  /** Returns an undefined tensor without an output; so does `outputBias`. */
  at::Tensor outputWeight() const {
    return output ? output->weight : loraOutput ? loraOutput->weight : at::Tensor();
  }
  at::Tensor outputBias() const {
    return output ? output->bias : loraOutput ? loraOutput->bias : at::Tensor();
  }

  std::shared_ptr<LoraLinear> hidden;
  // At most one of these two is there.
  std::shared_ptr<Linear> output;
  std::shared_ptr<LoraLinear> loraOutput;
};

struct TrainingOptions {
  /** Returns the factor of the learning rates in the step of this batch, counted from 0. */
  double lrFactor(size_t batch) const { return lrFactors ? (*lrFactors)[batch] : 1; }

  int64_t batchSize;
  Optimizer& optimizer;
  Loss loss;
  std::optional<std::vector<double>> lrFactors;  // [batches]
  std::optional<double> maxGradNorm;             // see Optimizer::clipGradNorm
  double inputDropout = 0;
  std::optional<uint64_t> dropoutSeed;  // given when something is dropped
};

struct BagRows {
  BagsPointer bags;
  Rows rows;
};

/** The rows of a training in their order, and the bags that the model sees in their place. */
struct TrainingRows {
  Rows rows;
  BagRows base;    // what W sees
  BagRows branch;  // what `down` sees: `base` unless the branch has a dropout of its own
};

struct Evaluation {
  double lossSum = 0;
  int64_t correct = 0;
  int64_t count = 0;
};

/** The mean loss and its gradients, which are undefined for parameters that require none. */
struct Gradients {
  double loss = 0;
  at::Tensor weight, bias, up, down, magnitude, outputWeight, outputBias;
};

/** Computes a model. Its arguments have been checked by Classifier. */
class Engine {
 public:
  virtual ~Engine() = default;

  /** Returns logits `[rows, classes]`. */
  virtual at::Tensor forward(const BagsPointer& bags, const Rows& rows) = 0;
  /** Returns the loss of each batch up to the first that is not finite, whose step is not taken. */
  virtual std::vector<double> trainBatches(const TrainingRows& data, const TrainingOptions& options) = 0;
  virtual Evaluation evaluate(const BagsPointer& bags, const Rows& rows, LossForm loss) = 0;
  virtual Gradients gradients(const BagsPointer& bags, const Rows& rows, const Loss& loss) = 0;
  /** Returns the bytes that the engine holds beside the layers. */
  virtual int64_t bytes() const = 0;
};

std::unique_ptr<Engine> makeTorchEngine(Layers layers);
/** @throws Error (ERR_ARG_RANGE) for layers that are not on the CPU, or an output with a LoRA branch */
std::unique_ptr<Engine> makeFusedEngine(Layers layers);

}  // namespace imdb
