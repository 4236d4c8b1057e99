#include "core/layers/linear.h"

#include <ATen/ops/linear.h>

#include <cmath>

#include "core/layers/shape_checks.h"

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

}  // namespace imdb
