#include "core/tensors/parameter.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <string>

#include "core/error.h"
#include "core/tensors/huge_pages.h"
#include "core/tensors/shared_memory.h"
#include "kernels/kernels.h"

namespace imdb {
namespace {

int64_t paddedColumns(int64_t columns, at::ScalarType dtype) {
  return dtype == at::kDouble ? kernels::paddedColumns<double>(columns)
                              : kernels::paddedColumns<float>(columns);
}

int64_t tableStride(int64_t columns, at::ScalarType dtype) {
  return dtype == at::kDouble ? kernels::tableStride<double>(columns) : kernels::tableStride<float>(columns);
}

/** Returns a leaf over storage of `elements`; by `set_` it is no view, so it may be changed in place.
 * @param memory its elements; undefined: zeros */
at::Tensor leafOver(int64_t elements, at::IntArrayRef shape, at::IntArrayRef strides, Placement placement,
                    at::Tensor memory = {}) {
  const auto options = at::TensorOptions().dtype(placement.dtype).device(placement.device);
  if (!memory.defined()) {
    memory = at::empty({elements}, options);
    if (placement.device.is_cpu()) adviseHugePages(memory.data_ptr(), memory.nbytes());
    memory.zero_();
  }
  if (memory.numel() != elements) {
    throw shapeError("Expected memory for " + std::to_string(elements) + " elements but received " +
                     std::to_string(memory.numel()));
  }
  at::Tensor leaf = at::empty({0}, options);
  leaf.set_(memory.storage(), 0, shape, strides);
  return leaf;
}

/** @param stride number of elements from one column to the next */
at::Tensor columnMatrix(int64_t rows, int64_t columns, int64_t stride, Placement placement,
                        const at::Tensor& memory = {}) {
  return leafOver(columns * stride, {rows, columns}, {1, stride}, placement, memory);
}

at::Tensor emptyFloats(at::IntArrayRef shape) {
  return at::empty(shape, at::TensorOptions().dtype(at::kFloat));
}

}  // namespace

at::Tensor paddedMatrix(int64_t rows, int64_t columns, Placement placement, const at::Tensor& memory) {
  const int64_t stride = paddedColumns(columns, placement.dtype);
  return leafOver(rows * stride, {rows, columns}, {stride, 1}, placement, memory);
}

at::Tensor paddedColumnMatrix(int64_t rows, int64_t columns, Placement placement, const at::Tensor& memory) {
  return columnMatrix(rows, columns, paddedColumns(rows, placement.dtype), placement, memory);
}

at::Tensor wordTable(int64_t rows, int64_t columns, Placement placement, const at::Tensor& memory) {
  return columnMatrix(rows, columns, tableStride(rows, placement.dtype), placement, memory);
}

at::Tensor packedWordTable(int64_t rows, int64_t columns, Placement placement, const at::Tensor& memory) {
  return columnMatrix(rows, columns, rows, placement, memory);
}

at::Tensor paddedVector(int64_t size, Placement placement, const at::Tensor& memory) {
  return leafOver(paddedColumns(size, placement.dtype), {size}, {1}, placement, memory);
}

at::Tensor zerosInLayoutOf(const at::Tensor& parameter) {
  const auto elements = static_cast<int64_t>(parameter.storage().nbytes() / parameter.itemsize());
  const at::Tensor zeros = leafOver(elements, parameter.sizes(), parameter.strides(),
                                    {parameter.scalar_type(), parameter.device()});
  zeros.unsafeGetTensorImpl()->set_storage_offset(parameter.storage_offset());
  return zeros;
}

std::array<at::Tensor, 2> zeroPairInLayoutOf(const at::Tensor& parameter) {
  const bool isByColumns =
      parameter.dim() == 2 && parameter.stride(0) == 1 && parameter.stride(1) >= parameter.size(0);
  if (!isByColumns || parameter.stride(1) == paddedColumns(parameter.size(0), parameter.scalar_type()))
    return {zerosInLayoutOf(parameter), zerosInLayoutOf(parameter)};
  const Placement placement{parameter.scalar_type(), parameter.device()};
  const int64_t stride = parameter.stride(1);
  at::Tensor first = columnMatrix(parameter.size(0), parameter.size(1), 2 * stride, placement);
  at::Tensor second = at::empty({0}, first.options());
  second.set_(first.storage(), stride, first.sizes(), first.strides());
  return {std::move(first), std::move(second)};
}

void assign(const at::Tensor& leaf, const at::Tensor& values) {
  const at::NoGradGuard noGrad;
  assertOwnMemory(leaf);
  leaf.copy_(values);
}

int64_t parameterBytes(const std::vector<at::Tensor>& parameters) {
  int64_t bytes = 0;
  for (const at::Tensor& parameter : parameters) {
    if (isShared(parameter)) continue;
    bytes += static_cast<int64_t>(parameter.storage().nbytes());
    if (parameter.grad().defined()) bytes += static_cast<int64_t>(parameter.grad().storage().nbytes());
  }
  return bytes;
}

at::Tensor drawXavierNormal(int64_t out, int64_t in, at::Generator generator) {
  const double deviation = std::sqrt(2.0 / static_cast<double>(in + out));
  return emptyFloats({out, in}).normal_(0, deviation, generator);
}

at::Tensor drawNormal(at::IntArrayRef shape, at::Generator generator, double deviation) {
  return emptyFloats(shape).normal_(0, deviation, generator);
}

at::Tensor drawUniform(at::IntArrayRef shape, double bound, at::Generator generator) {
  return emptyFloats(shape).uniform_(-bound, bound, generator);
}

at::Tensor drawKaimingUniform(int64_t out, int64_t in, at::Generator generator) {
  // In PyTorch's order: another order rounds the bound otherwise.
  const double gain = std::sqrt(2.0 / (1.0 + 5.0));
  const double bound = std::sqrt(3.0) * (gain / std::sqrt(static_cast<double>(in)));
  return drawUniform({out, in}, bound, generator);
}

}  // namespace imdb
