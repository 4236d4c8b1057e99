#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <array>
#include <vector>

namespace imdb {

/** The dtype and the device of a layer's numbers. */
struct Placement {
  at::ScalarType dtype;
  at::Device device;
};

/**
 * The functions below make a leaf of zeros, or on `memory`, which is flat and holds what the storage of such
 * a leaf held.
 * @throws Error (ERR_SHAPE) for memory of another size
 */

/**
 * A `[rows, columns]` leaf whose rows start at multiples of whole vectors of the fused kernels; for
 * widths that are such multiples it is simply contiguous.
 */
at::Tensor paddedMatrix(int64_t rows, int64_t columns, Placement placement, const at::Tensor& memory = {});

/** The transpose of `paddedMatrix(columns, rows)`: a `[rows, columns]` leaf that is kept column by column. */
at::Tensor paddedColumnMatrix(int64_t rows, int64_t columns, Placement placement,
                              const at::Tensor& memory = {});

/** A `paddedColumnMatrix` with one column per word, where columns that are narrower than a vector are packed.
 */
at::Tensor wordTable(int64_t rows, int64_t columns, Placement placement, const at::Tensor& memory = {});

/** A `wordTable` whose columns are packed however wide they are. */
at::Tensor packedWordTable(int64_t rows, int64_t columns, Placement placement, const at::Tensor& memory = {});

/** A leaf `[size]` whose storage reaches to a whole vector. */
at::Tensor paddedVector(int64_t size, Placement placement, const at::Tensor& memory = {});

/** Zeros with the shape, strides and padding of `parameter`. */
at::Tensor zerosInLayoutOf(const at::Tensor& parameter);
/**
 * Two such tensors. For a table with packed columns they share one storage, in which both columns of a word
 * lie side by side, so that one wait for memory brings both.
 */
std::array<at::Tensor, 2> zeroPairInLayoutOf(const at::Tensor& parameter);

/** Copies `values` into a leaf without recording that for autograd.
 * @throws Error (ERR_STATE) for a leaf on memory that threads share */
void assign(const at::Tensor& leaf, const at::Tensor& values);

/** The bytes of the storages of `parameters` and of the gradients that they have. */
int64_t parameterBytes(const std::vector<at::Tensor>& parameters);

/**
 * These functions return draws in float32 on the CPU, as the notebook draws every initial number. Sources:
 * torch 2.13 torch/nn/init.py and torch/nn/modules/linear.py.
 */
at::Tensor drawXavierNormal(int64_t out, int64_t in, at::Generator generator);
at::Tensor drawNormal(at::IntArrayRef shape, at::Generator generator, double deviation = 1);
at::Tensor drawUniform(at::IntArrayRef shape, double bound, at::Generator generator);
/** `nn.init.kaiming_uniform_(weight, a=sqrt(5))`, by which `nn.Linear` draws its weight. */
at::Tensor drawKaimingUniform(int64_t out, int64_t in, at::Generator generator);

}  // namespace imdb
