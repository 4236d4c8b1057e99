#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "core/layers/lora_linear.h"

namespace imdb {

/** The first values of a branch, and what W becomes. */
struct LoraStart {
  at::Tensor down;      // [rank, in]; undefined: 0
  at::Tensor up;        // [out, rank]; undefined: 0
  at::Tensor residual;  // [out, in], the new W; undefined: W stays
};

/**
 * Draws (`notebook`, `kaiming`, `gaussian`) or computes (`pissa`: Meng et al. 2024, arXiv 2404.02948) the
 * start of a branch on `weight`. The draws are those of PEFT 0.21 peft/tuners/lora/layer.py from the same
 * seed.
 */
LoraStart startLora(const at::Tensor& weight, const LoraOptions& lora, at::Generator generator);

}  // namespace imdb
