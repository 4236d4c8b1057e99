#include "core/layers/shape_checks.h"

#include <string>

#include "core/error.h"

namespace imdb {

void checkShape(const char* name, const at::Tensor& tensor, at::IntArrayRef expected) {
  if (tensor.sizes() == expected) return;
  throw shapeError(std::string("Expected ") + name + " of shape " + c10::str(expected) + " but received " +
                   c10::str(tensor.sizes()));
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
