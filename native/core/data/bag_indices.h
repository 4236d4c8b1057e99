#pragma once

#include <ATen/core/Tensor.h>

#include "core/data/bags.h"

namespace imdb {

/** Rows of `Bags` as libtorch's embedding_bag takes them. */
struct BagIndices {
  at::Tensor ids;      // [entries], int64
  at::Tensor offsets;  // [rows + 1], int64
  at::Tensor values;   // [entries], float32; undefined: all 1
};

BagIndices bagIndices(const Bags& bags, const int64_t* rows, int64_t count, at::Device device);

/** x W^T of the rows x that the bags are, `[n, in] x [in, out]`: sums of columns of `matrix [out, in]`. */
at::Tensor multiplyBags(const BagIndices& bags, const at::Tensor& matrix);

}  // namespace imdb
