#include "core/layers/lora_initialization.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/mm.h>

#include <tuple>

#include "core/tensors/parameter.h"

namespace imdb {
namespace {

/** Draws what PEFT draws for nothing: it makes two `nn.Linear`, whose weights it draws anew or sets to 0. */
void skipDrawsOfLayers(int64_t out, int64_t rank, int64_t in, at::Generator generator) {
  drawKaimingUniform(rank, in, generator);
  drawKaimingUniform(out, rank, generator);
}

/** Makes `scale * up * down` the part of W with the largest singular values, which W loses. */
LoraStart startPissa(const at::Tensor& weight, const LoraOptions& lora) {
  const auto [U, S, Vh] = at::linalg_svd(weight, /*full_matrices=*/false);
  const at::Tensor root = (S.narrow(0, 0, lora.rank) / lora.scale()).sqrt();
  const at::Tensor down = root.unsqueeze(1) * Vh.narrow(0, 0, lora.rank);
  const at::Tensor up = U.narrow(1, 0, lora.rank) * root;
  return {down, up, weight - at::mm(lora.scale() * up, down)};
}

}  // namespace

LoraStart startLora(const at::Tensor& weight, const LoraOptions& lora, at::Generator generator) {
  using Initialization = LoraOptions::Initialization;
  const at::NoGradGuard noGrad;
  const int64_t out = weight.size(0), in = weight.size(1), rank = lora.rank;
  if (lora.initialization == Initialization::notebook) return {{}, drawNormal({out, rank}, generator), {}};
  skipDrawsOfLayers(out, rank, in, generator);
  if (lora.initialization == Initialization::pissa) return startPissa(weight, lora);
  const at::Tensor down = lora.initialization == Initialization::kaiming
                              ? drawKaimingUniform(rank, in, generator)
                              : drawNormal({rank, in}, generator, 1 / static_cast<double>(rank));
  return {down, {}, {}};
}

}  // namespace imdb
