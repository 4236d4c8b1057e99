#include "core/sgd.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/error.h"

namespace imdb {

Sgd::Sgd(std::vector<at::Tensor> parameters, double lr) : lr(lr) {
  if (parameters.empty()) throw rangeError("Expected at least one parameter but received none");
  for (at::Tensor& parameter : parameters) {
    const std::string place = "parameter " + std::to_string(parameters_.size());
    if (!parameter.is_leaf() || !parameter.requires_grad()) {
      throw rangeError("Expected leaves that require a gradient but " + place +
                       " is none; set requiresGrad first");
    }
    if (holds(parameter)) throw rangeError("Expected each parameter once but " + place + " was there before");
    parameters_.push_back(std::move(parameter));
  }
}

void Sgd::step() {
  const at::NoGradGuard noGrad;
  for (const at::Tensor& parameter : parameters_) {
    if (parameter.grad().defined()) parameter.add_(parameter.grad(), -lr);
  }
}

void Sgd::zeroGrad() {
  for (const at::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
}

bool Sgd::holds(const at::Tensor& parameter) const {
  return std::any_of(parameters_.begin(), parameters_.end(),
                     [&](const at::Tensor& held) { return held.is_same(parameter); });
}

}  // namespace imdb
