#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace imdb {

/** Stochastic gradient descent, `p -= lr * grad`; see binding.d.ts. */
class Sgd {
 public:
  /** @throws Error (ERR_ARG_RANGE) for no parameters, one twice, or one that is no leaf that requires a
   * gradient */
  Sgd(std::vector<at::Tensor> parameters, double lr);

  void step();
  void zeroGrad();
  bool holds(const at::Tensor& parameter) const;

  double lr;

 private:
  std::vector<at::Tensor> parameters_;
};

}  // namespace imdb
