#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace imdb {

/** The form of the loss; see LossForm in binding.d.ts. */
enum class LossForm { softmax, logits };

/** The loss that is made small; see `classWeights` of TrainBatchesOptions in binding.d.ts. */
struct Loss {
  bool isWeighted() const { return !classWeights.empty(); }

  LossForm form;
  std::vector<double> classWeights = {};  // [classes], above 0; empty: all are 1
};

/** Returns the mean cross entropy of `logits [n, classes]` and `labels [n]` (int64), a scalar. */
at::Tensor crossEntropy(const at::Tensor& logits, const at::Tensor& labels, const Loss& loss);

/**
 * Returns the loss of one example and, where `gradient` is not null, writes its derivative by the logits.
 * @param gradient [classes], may be null
 */
template <typename T>
T crossEntropyOfExample(const T* logits, int64_t classes, int64_t label, LossForm form, T* gradient);

}  // namespace imdb
