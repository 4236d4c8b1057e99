#include "core/layers/linear.h"

#include <ATen/ops/linear.h>

#include <cmath>
#include <string>

#include "core/error.h"

namespace imdb {

Linear::Linear(int64_t inFeatures, int64_t outFeatures, Placement placement,
               std::optional<at::Generator> generator)
    : weight(paddedMatrix(outFeatures, inFeatures, placement)), bias(paddedVector(outFeatures, placement)) {
  if (generator) {
    assign(weight, drawKaimingUniform(outFeatures, inFeatures, *generator));
    assign(bias, drawUniform({outFeatures}, 1 / std::sqrt(static_cast<double>(inFeatures)), *generator));
  }
  weight.set_requires_grad(true);
  bias.set_requires_grad(true);
}

at::Tensor Linear::forward(const at::Tensor& input) const {
  checkInput(input, weight);
  return at::linear(input, weight, bias);
}

int64_t Linear::bytes() const { return parameterBytes({weight, bias}); }

int64_t parameterBytes(const std::vector<at::Tensor>& tensors) {
  int64_t bytes = 0;
  for (const at::Tensor& tensor : tensors) {
    bytes += static_cast<int64_t>(tensor.storage().nbytes());
    if (tensor.grad().defined()) bytes += static_cast<int64_t>(tensor.grad().storage().nbytes());
  }
  return bytes;
}

void checkInput(const at::Tensor& input, const at::Tensor& weight) {
  if (input.dim() != 2 || input.size(1) != weight.size(1)) {
    throw shapeError("Expected an input of shape [n, " + std::to_string(weight.size(1)) + "] but received " +
                     c10::str(input.sizes()));
  }
  if (input.scalar_type() != weight.scalar_type() || input.device() != weight.device()) {
    throw rangeError(
        "Expected an input of the layer's dtype and device but received another; use input.to()");
  }
}

}  // namespace imdb
