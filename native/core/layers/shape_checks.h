#pragma once

#include <ATen/core/Tensor.h>

namespace imdb {

/** @throws Error (ERR_SHAPE) unless `tensor` has the expected shape */
void checkShape(const char* name, const at::Tensor& tensor, at::IntArrayRef expected);

/** @throws Error (ERR_SHAPE, ERR_ARG_RANGE) unless `input` is a matrix that fits `weight [out, in]` */
void checkInput(const at::Tensor& input, const at::Tensor& weight);

}  // namespace imdb
