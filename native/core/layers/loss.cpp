#include "core/layers/loss.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace imdb {

at::Tensor crossEntropy(const at::Tensor& logits, const at::Tensor& labels, const Loss& loss) {
  const at::Tensor input = loss.form == LossForm::softmax ? at::softmax(logits, 1) : logits;
  if (!loss.isWeighted()) return at::cross_entropy_loss(input, labels);
  const at::Tensor weights = at::tensor(at::ArrayRef<double>(loss.classWeights));
  return at::cross_entropy_loss(input, labels, weights.to(logits.options().requires_grad(false)));
}

namespace {

/** Writes softmax(x) to `out` and returns log(sum(exp(x))). */
template <typename T>
T softmax(const T* x, int64_t count, T* out) {
  const T largest = *std::max_element(x, x + count);
  T sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += out[i] = std::exp(x[i] - largest);
  for (int64_t i = 0; i < count; ++i) out[i] /= sum;
  return largest + std::log(sum);
}

constexpr int64_t kClassesOnStack = 16;

}  // namespace

template <typename T>
T crossEntropyOfExample(const T* logits, int64_t classes, int64_t label, LossForm form, T* gradient) {
  T stack[2 * kClassesOnStack];
  std::vector<T> heap(classes > kClassesOnStack ? 2 * classes : 0);
  T* p = heap.empty() ? stack : heap.data();
  T* q = p + classes;
  const T logSum = softmax(logits, classes, p);
  if (form == LossForm::logits) {
    if (gradient != nullptr) {
      for (int64_t c = 0; c < classes; ++c) gradient[c] = p[c] - (c == label);
    }
    return logSum - logits[label];
  }
  const T loss = softmax(p, classes, q) - p[label];
  if (gradient != nullptr) {
    // dL/dp = q - onehot; through softmax: dL/dz = p * (dL/dp - sum of p * dL/dp)
    q[label] -= 1;
    T mean = 0;
    for (int64_t c = 0; c < classes; ++c) mean += p[c] * q[c];
    for (int64_t c = 0; c < classes; ++c) gradient[c] = p[c] * (q[c] - mean);
  }
  return loss;
}

template float crossEntropyOfExample(const float*, int64_t, int64_t, LossForm, float*);
template double crossEntropyOfExample(const double*, int64_t, int64_t, LossForm, double*);

}  // namespace imdb
