#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <optional>

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
  int64_t bytes() const { return parameterBytes({weight, bias}); }

  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out]
};

}  // namespace imdb
