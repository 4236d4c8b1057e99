#include "core/lora_linear.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/embedding_bag.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "core/error.h"
#include "core/linear.h"

namespace imdb {

BagIndices bagIndices(const Bags& bags, const int64_t* rows, int64_t count, at::Device device) {
  const auto int64 = at::TensorOptions().dtype(at::kLong);
  at::Tensor offsets = at::empty({count + 1}, int64);
  auto* offset = offsets.mutable_data_ptr<int64_t>();
  offset[0] = 0;
  for (int64_t i = 0; i < count; ++i) offset[i + 1] = offset[i] + bags.size(rows[i]);
  at::Tensor ids = at::empty({offset[count]}, int64);
  auto* id = ids.mutable_data_ptr<int64_t>();
  for (int64_t i = 0; i < count; ++i) id = std::copy_n(bags.ids(rows[i]), bags.size(rows[i]), id);
  return {ids.to(device), offsets.to(device)};
}

namespace {

/** Sum of the columns of `matrix [out, in]` that each bag names: [n, out]. */
at::Tensor sumColumns(const at::Tensor& matrix, const BagIndices& bags) {
  constexpr int64_t kModeSum = 0;
  return std::get<0>(
      at::embedding_bag(matrix.t(), bags.ids, bags.offsets, /*scale_grad_by_freq=*/false, kModeSum,
                        /*sparse=*/false, /*per_sample_weights=*/{}, /*include_last_offset=*/true));
}

}  // namespace

LoraLinear::LoraLinear(int64_t inFeatures, int64_t outFeatures, int64_t rank, double alpha,
                       Placement placement, at::Generator generator)
    : weight(paddedColumnMatrix(outFeatures, inFeatures, placement)),
      bias(paddedVector(outFeatures, placement)),
      A(paddedColumnMatrix(outFeatures, rank, placement)),
      B(at::zeros({inFeatures, rank}, at::TensorOptions().dtype(placement.dtype).device(placement.device))
            .t()),
      alpha(alpha),
      scale(alpha / static_cast<double>(rank)) {
  assign(weight, drawXavierNormal(outFeatures, inFeatures, generator));
  // The notebook sets the bias to 0 by drawing it from uniform(0, 0), which moves the generator on.
  drawUniform({outFeatures}, 0, generator);
  resetLora(generator);
  setTrainable(true, false);
}

void LoraLinear::resetLora(at::Generator generator) {
  assign(A, drawNormal({outFeatures(), rank()}, generator));
  assign(B, at::zeros({1}));
}

at::Tensor LoraLinear::forward(const at::Tensor& input) const {
  checkInput(input, weight);
  const at::Tensor base = at::linear(input, weight, bias);
  if (!loraEnabled) return base;
  return base + scale * at::mm(at::mm(input, B.t()), A.t());  // [n, in] x [in, r] x [r, out]
}

at::Tensor LoraLinear::forward(const BagIndices& bags) const {
  const at::Tensor base = sumColumns(weight, bags) + bias;
  if (!loraEnabled) return base;
  return base + scale * at::mm(sumColumns(B, bags), A.t());  // [n, r] x [r, out]
}

at::Tensor LoraLinear::deltaWeight() const { return scale * at::mm(A, B); }

void LoraLinear::merge(std::optional<at::Generator> generator) {
  const at::NoGradGuard noGrad;
  const at::Tensor merged = weight + deltaWeight();
  if (!at::isfinite(merged).all().item<bool>()) {
    throw Error(
        ErrorKind::state, "ERR_NON_FINITE",
        "Expected finite merged weights but scale * A B has a NaN or an infinity; the adapter is broken");
  }
  assign(weight, merged);
  loraEnabled = false;
  setTrainable(true, false);
  if (generator) resetLora(*generator);
}

void LoraLinear::setTrainable(bool base, bool lora) {
  weight.set_requires_grad(base);
  bias.set_requires_grad(base);
  A.set_requires_grad(lora);
  B.set_requires_grad(lora);
}

int64_t LoraLinear::bytes() const { return parameterBytes({weight, bias, A, B}); }

}  // namespace imdb
