#pragma once

#include <ATen/core/Tensor.h>

namespace imdb {

/** The form of the loss; see LossForm in binding.d.ts. */
enum class LossForm { softmax, logits };

/** Returns the mean cross entropy of `logits [n, classes]` and `labels [n]` (int64), a scalar. */
at::Tensor crossEntropy(const at::Tensor& logits, const at::Tensor& labels, LossForm form);

/**
 * Returns the loss of one example and, where `gradient` is not null, writes its derivative by the logits.
 * @param gradient [classes], may be null
 */
template <typename T>
T crossEntropyOfExample(const T* logits, int64_t classes, int64_t label, LossForm form, T* gradient);

}  // namespace imdb
