#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <vector>

#include "core/bags.h"
#include "core/linear.h"
#include "core/lora_linear.h"
#include "core/loss.h"
#include "core/optimizer.h"

namespace imdb {

using BagsPointer = std::shared_ptr<const Bags>;
using Rows = std::vector<int64_t>;

/** Bag of words -> hidden -> ReLU -> output. */
struct Layers {
  std::shared_ptr<LoraLinear> hidden;
  std::shared_ptr<Linear> output;
};

struct TrainingOptions {
  /** What the learning rates of a batch (from 0) are multiplied with. */
  double lrFactor(size_t batch) const { return lrFactors.empty() ? 1 : lrFactors[batch]; }

  int64_t batchSize;
  Optimizer& optimizer;
  LossForm loss;
  std::vector<double> lrFactors;      // one a batch, or none
  std::optional<double> maxGradNorm;  // see Optimizer::clipGradNorm
};

struct Evaluation {
  double lossSum = 0;
  int64_t correct = 0;
  int64_t count = 0;
};

/** Of the mean loss; undefined tensors for parameters that require none. */
struct Gradients {
  double loss = 0;
  at::Tensor weight, bias, A, B, magnitude, outputWeight, outputBias;
};

/** How the model's floats are computed. Arguments have been checked by Classifier. */
class Engine {
 public:
  virtual ~Engine() = default;

  /** Logits `[rows, classes]`. */
  virtual at::Tensor forward(const BagsPointer& bags, const Rows& rows) = 0;
  /** The loss of each batch; ends before the first step whose loss is not finite, which is the last element
   * then. */
  virtual std::vector<double> trainBatches(const BagsPointer& bags, const Rows& rows,
                                           const TrainingOptions& options) = 0;
  virtual Evaluation evaluate(const BagsPointer& bags, const Rows& rows, LossForm loss) = 0;
  virtual Gradients gradients(const BagsPointer& bags, const Rows& rows, LossForm loss) = 0;
  /** Bytes that the engine keeps beside the layers. */
  virtual int64_t bytes() const = 0;
};

std::unique_ptr<Engine> makeTorchEngine(Layers layers);
/** @throws Error (ERR_ARG_RANGE) for layers that are not on the CPU */
std::unique_ptr<Engine> makeFusedEngine(Layers layers);

}  // namespace imdb
