#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "core/tensors/parameter.h"

namespace imdb {

/** `torch.nn.Linear`; see binding.d.ts. */
struct Linear {
  /** @param generator none: all parameters are 0 */
  Linear(int64_t inFeatures, int64_t outFeatures, Placement placement,
         std::optional<at::Generator> generator);

  /** [n, in] -> [n, out] */
  at::Tensor forward(const at::Tensor& input) const;
  int64_t inFeatures() const { return weight.size(1); }
  int64_t outFeatures() const { return weight.size(0); }
  int64_t bytes() const;

  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out]
};

/** Bytes of the storages of `tensors` and of the gradients that they have. */
int64_t parameterBytes(const std::vector<at::Tensor>& tensors);

/** @throws Error (ERR_SHAPE, ERR_ARG_RANGE) unless `input` is a matrix that fits `weight [out, in]` */
void checkInput(const at::Tensor& input, const at::Tensor& weight);

}  // namespace imdb
