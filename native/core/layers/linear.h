#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <optional>
#include <utility>

#include "core/tensors/parameter.h"

namespace imdb {

/** `torch.nn.Linear`; see binding.d.ts. */
struct Linear {
  /** @param generator none: all parameters are 0 */
  Linear(int64_t inFeatures, int64_t outFeatures, Placement placement,
         std::optional<at::Generator> generator);

  /** Makes a layer of parameters that are there already, which none is to be trained. */
  Linear(at::Tensor weight, at::Tensor bias) : weight(std::move(weight)), bias(std::move(bias)) {}

  /** [n, in] -> [n, out] */
  at::Tensor forward(const at::Tensor& input) const;
  int64_t inFeatures() const { return weight.size(1); }
  int64_t outFeatures() const { return weight.size(0); }
  int64_t bytes() const { return parameterBytes({weight, bias}); }

  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out]
};

}  // namespace imdb
