#include "core/data/bag_indices.h"

#include <ATen/ops/embedding_bag.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <optional>
#include <tuple>

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
  if (!bags.hasValues()) return {ids.to(device), offsets.to(device), {}};
  at::Tensor values = at::empty({offset[count]}, at::TensorOptions().dtype(at::kFloat));
  auto* value = values.mutable_data_ptr<float>();
  for (int64_t i = 0; i < count; ++i)
    value = std::copy_n(bags.valuesOf(bags.ids(rows[i])), bags.size(rows[i]), value);
  return {ids.to(device), offsets.to(device), values.to(device)};
}

at::Tensor multiplyBags(const BagIndices& bags, const at::Tensor& matrix) {
  constexpr int64_t kModeSum = 0;
  std::optional<at::Tensor> values;
  if (bags.values.defined()) values = bags.values.to(matrix.scalar_type());
  return std::get<0>(at::embedding_bag(matrix.t(), bags.ids, bags.offsets, /*scale_grad_by_freq=*/false,
                                       kModeSum, /*sparse=*/false, values, /*include_last_offset=*/true));
}

}  // namespace imdb
