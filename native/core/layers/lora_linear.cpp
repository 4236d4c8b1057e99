#include "core/layers/lora_linear.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/layers/lora_initialization.h"
#include "core/layers/shape_checks.h"
#include "core/tensors/shared_memory.h"

namespace imdb {

double LoraOptions::scale() const {
  const auto size = static_cast<double>(rank);
  return alpha / (useRslora ? std::sqrt(size) : size);
}

LoraLinear::LoraLinear(int64_t inFeatures, int64_t outFeatures, const LoraOptions& lora, Placement placement,
                       std::optional<at::Generator> generator)
    : weight(wordTable(outFeatures, inFeatures, placement)), bias(paddedVector(outFeatures, placement)) {
  if (generator) {
    assign(weight, drawXavierNormal(outFeatures, inFeatures, *generator));
    // The notebook sets the bias to 0 by drawing it from uniform(0, 0), which moves the generator on.
    drawUniform({outFeatures}, 0, *generator);
  }
  weight.set_requires_grad(true);
  bias.set_requires_grad(true);
  initializeAdapter(lora, generator);
}

LoraLinear::LoraLinear(LoraParts parts)
    : weight(std::move(parts.weight)),
      bias(std::move(parts.bias)),
      down(std::move(parts.down)),
      up(std::move(parts.up)),
      magnitude(std::move(parts.magnitude)),
      alpha(parts.alpha),
      scale(parts.scale),
      dropout(parts.dropout),
      loraEnabled(parts.loraEnabled) {}

void LoraLinear::initializeAdapter(const LoraOptions& lora, std::optional<at::Generator> generator) {
  assertUnmerged();
  if (lora.initialization == LoraOptions::Initialization::pissa) assertOwnMemory(weight);
  const LoraStart start = generator ? startLora(weight, lora, *generator) : LoraStart{};
  allocateAdapter(lora.rank, lora.useDora);
  if (start.up.defined()) assign(up, start.up);
  if (start.down.defined()) assign(down, start.down);
  alpha = lora.alpha;
  scale = lora.scale();
  dropout = lora.dropout;
  if (start.residual.defined()) assign(weight, start.residual);
  resetMagnitude();
}

void LoraLinear::setAdapter(const LoraAdapter& adapter) {
  assertUnmerged();
  const int64_t newRank = adapter.up.dim() == 2 ? std::max<int64_t>(adapter.up.size(1), 1) : 1;
  checkShape("up", adapter.up, {outFeatures(), newRank});
  checkShape("down", adapter.down, {newRank, inFeatures()});
  if (adapter.magnitude.defined()) checkShape("magnitude", adapter.magnitude, {outFeatures()});
  allocateAdapter(newRank, adapter.magnitude.defined());
  assign(up, adapter.up);
  assign(down, adapter.down);
  if (magnitude.defined()) assign(magnitude, adapter.magnitude);
  alpha = adapter.scale * static_cast<double>(newRank);
  scale = adapter.scale;
  dropout = adapter.dropout;
}

void LoraLinear::allocateAdapter(int64_t rank, bool useDora) {
  const Placement placement{weight.scalar_type(), weight.device()};
  const bool trainable = up.defined() && up.requires_grad();
  // New tensors: whoever holds on to the old ones, such as an optimizer, keeps them as they are.
  up = paddedColumnMatrix(outFeatures(), rank, placement);
  down = packedWordTable(rank, inFeatures(), placement);
  magnitude = useDora ? paddedVector(outFeatures(), placement) : at::Tensor();
  setLoraTrainable(trainable);
}

at::Tensor LoraLinear::rowNorms() const {
  const at::NoGradGuard noGrad;
  return at::linalg_vector_norm(weight + scale * at::mm(up, down), 2, {1});
}

void LoraLinear::resetMagnitude() {
  if (magnitude.defined()) assign(magnitude, rowNorms());
}

at::Tensor LoraLinear::forward(const at::Tensor& input, const at::Tensor& branchInput) const {
  checkInput(input, weight);
  if (branchInput.defined()) {
    checkInput(branchInput, weight);
    checkShape("branchInput", branchInput, input.sizes());
  }
  const at::Tensor base = at::linear(input, weight, bias);
  if (!loraEnabled) return base;
  const at::Tensor& seen = branchInput.defined() ? branchInput : input;
  const at::Tensor branch = scale * at::mm(at::mm(seen, down.t()), up.t());  // [n, in] x [in, r] x [r, out]
  if (!magnitude.defined()) return base + branch;
  return addDora(base, branchInput.defined() ? at::mm(branchInput, weight.t()) : base - bias, branch);
}

at::Tensor LoraLinear::forward(const BagIndices& bags, const BagIndices* branchBags) const {
  const at::Tensor product = multiplyBags(bags, weight);  // [n, in] x [in, out]
  const at::Tensor base = product + bias;
  if (!loraEnabled) return base;
  const BagIndices& seen = branchBags ? *branchBags : bags;
  const at::Tensor branch = scale * at::mm(multiplyBags(seen, down), up.t());  // [n, in] x [in, r] x [r, out]
  if (!magnitude.defined()) return base + branch;
  return addDora(base, branchBags ? multiplyBags(seen, weight) : product, branch);
}

at::Tensor LoraLinear::addDora(const at::Tensor& base, const at::Tensor& product,
                               const at::Tensor& branch) const {
  const at::Tensor factor = magnitude / rowNorms();
  return base + (factor - 1) * product + factor * branch;
}

at::Tensor LoraLinear::deltaWeight() const {
  const at::Tensor delta = scale * at::mm(up, down);
  return magnitude.defined() ? (magnitude / rowNorms()).unsqueeze(1) * (weight + delta) - weight : delta;
}

void LoraLinear::merge(std::optional<at::Generator> generator) {
  const at::NoGradGuard noGrad;
  assertUnmerged();
  assertOwnMemory(weight);
  const at::Tensor merged = weight + deltaWeight();
  if (!at::isfinite(merged).all().item<bool>()) {
    throw Error(ErrorKind::state, "ERR_NON_FINITE",
                "Expected finite merged weights but scale * up * down has a NaN or an infinity; the adapter "
                "is broken");
  }
  if (!generator) {
    unmerged_ = Unmerged{
        weight.clone(), loraEnabled, {weight.requires_grad(), bias.requires_grad(), up.requires_grad()}};
  }
  assign(weight, merged);
  loraEnabled = false;
  setTrainable(true, false);
  if (!generator) return;
  assign(up, drawNormal({outFeatures(), rank()}, *generator));
  assign(down, at::zeros({1}));
  resetMagnitude();
}

void LoraLinear::unmerge() {
  if (!merged()) throw stateError("Expected a layer that merge({ keepAdapter: true }) has merged");
  assign(weight, unmerged_->weight);
  loraEnabled = unmerged_->loraEnabled;
  const auto [weightTrained, biasTrained, loraTrained] = unmerged_->trainable;
  weight.set_requires_grad(weightTrained);
  bias.set_requires_grad(biasTrained);
  setLoraTrainable(loraTrained);
  unmerged_.reset();
}

void LoraLinear::assertUnmerged() const {
  if (merged()) throw stateError("Expected a branch that is not merged into W; call unmerge() first");
}

void LoraLinear::setLoraEnabled(bool enabled) {
  if (enabled) assertUnmerged();
  loraEnabled = enabled;
}

void LoraLinear::setTrainable(bool base, bool lora) {
  if (base) assertOwnMemory(weight);
  if (lora) assertOwnMemory(down);
  weight.set_requires_grad(base);
  bias.set_requires_grad(base);
  setLoraTrainable(lora);
}

void LoraLinear::setLoraTrainable(bool trainable) {
  for (const at::Tensor& tensor : {up, down, magnitude}) {
    if (tensor.defined()) tensor.set_requires_grad(trainable);
  }
}

int64_t LoraLinear::bytes() const {
  std::vector<at::Tensor> tensors = {weight, bias, up, down};
  if (magnitude.defined()) tensors.push_back(magnitude);
  if (merged()) tensors.push_back(unmerged_->weight);
  return parameterBytes(tensors);
}

}  // namespace imdb
