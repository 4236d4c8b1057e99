#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <optional>

#include "core/bags.h"
#include "core/parameter.h"

namespace imdb {

/** Rows of `Bags` as libtorch's embedding_bag wants them. */
struct BagIndices {
  at::Tensor ids;      // [entries], int64
  at::Tensor offsets;  // [rows + 1], int64
};
BagIndices bagIndices(const Bags& bags, const int64_t* rows, int64_t count, at::Device device);

/** A linear layer with a LoRA branch (Hu et al. 2021, arXiv 2106.09685); see binding.d.ts. */
class LoraLinear {
 public:
  LoraLinear(int64_t inFeatures, int64_t outFeatures, int64_t rank, double alpha, Placement placement,
             at::Generator generator);

  /** [n, in] -> [n, out] */
  at::Tensor forward(const at::Tensor& input) const;
  /** The same for multi-hot rows, written as sums of columns of W and B. */
  at::Tensor forward(const BagIndices& bags) const;

  /** scale * A B, [out, in] */
  at::Tensor deltaWeight() const;
  /**
   * W += deltaWeight(); the branch is switched off, the base trainable. With a generator A and B start anew.
   * @throws Error (ERR_NON_FINITE), before anything has changed
   */
  void merge(std::optional<at::Generator> generator);
  void setTrainable(bool base, bool lora);

  bool baseTrainable() const { return weight.requires_grad() || bias.requires_grad(); }
  int64_t inFeatures() const { return weight.size(1); }
  int64_t outFeatures() const { return weight.size(0); }
  int64_t rank() const { return B.size(0); }
  int64_t bytes() const;

  // W, A and B are kept column by column: the numbers that belong to one word lie together.
  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out]
  at::Tensor A;       // [out, rank]
  at::Tensor B;       // [rank, in]
  double alpha;
  double scale;
  bool loraEnabled = false;

 private:
  void resetLora(at::Generator generator);
};

}  // namespace imdb
