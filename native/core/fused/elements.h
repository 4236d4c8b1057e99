#pragma once

#include <cstdint>

#include "kernels/kernels.h"

// Loops over elements of parameters and gradients that need no kernel.

namespace imdb {

/** Returns the target `elements` further on. */
template <typename T>
kernels::Target<T> advance(const kernels::Target<T>& target, int64_t elements) {
  const auto from = [&](T* start) { return start == nullptr ? nullptr : start + elements; };
  return {from(target.value), from(target.first), from(target.second)};
}

template <typename T>
double squaredNorm(const T* values, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += static_cast<double>(values[i]) * values[i];
  return sum;
}

template <typename T>
void scale(T* values, int64_t count, T factor) {
  for (int64_t i = 0; i < count; ++i) values[i] *= factor;
}

}  // namespace imdb
