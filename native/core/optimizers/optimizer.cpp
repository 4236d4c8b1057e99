#include "core/optimizers/optimizer.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_vector_norm.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/tensors/parameter.h"

namespace imdb {
namespace {

using Kind = Optimizer::Rule::Kind;

/** Steps `parameter` by libtorch's operators, on any device; `gradient` stays as it is. */
void applyRule(const Optimizer::Rule& rule, const at::Tensor& parameter, at::Tensor gradient,
               const ParameterState& state) {
  if (rule.shrink != 1) parameter.mul_(rule.shrink);
  if (rule.weightDecay != 0) gradient = gradient.add(parameter, rule.weightDecay);
  switch (rule.kind) {
    case Kind::plain:
    case Kind::sgd:
      parameter.add_(gradient, -rule.rate);
      break;
    case Kind::momentum:
      state.first.mul_(rule.momentum).add_(gradient, rule.gradientShare);
      parameter.add_(rule.nesterov ? gradient.add(state.first, rule.momentum) : state.first, -rule.rate);
      break;
    case Kind::adam:
      state.first.lerp_(gradient, rule.gradientShare);
      state.second.mul_(rule.squareDecay).addcmul_(gradient, gradient, rule.squareShare);
      parameter.addcdiv_(state.first, state.second.sqrt().mul_(rule.squareScale).add_(rule.epsilon),
                         -rule.rate);
      break;
  }
}

/** Steps the columns `words` alone. */
void applyRuleTo(const at::Tensor& words, const Optimizer::Rule& rule, const at::Tensor& parameter,
                 const ParameterState& state) {
  const auto columns = [&](const at::Tensor& all) { return all.index_select(1, words); };
  const at::Tensor moved = columns(parameter);
  const ParameterState movedState{state.steps, columns(state.first), columns(state.second)};
  applyRule(rule, moved, columns(parameter.grad()), movedState);
  parameter.index_copy_(1, words, moved);
  state.first.index_copy_(1, words, movedState.first);
  state.second.index_copy_(1, words, movedState.second);
}

/** Returns null for a parameter without one column per word. */
const BatchWords* wordsOf(const OptimizedParameter& own, const std::vector<BatchWords>& batch) {
  const auto found = std::find_if(batch.begin(), batch.end(), [&](const BatchWords& words) {
    return own.parameter.is_same(words.parameter);
  });
  return found == batch.end() ? nullptr : &*found;
}

}  // namespace

Optimizer::Optimizer(std::vector<ParameterGroup> groups) : groups_(std::move(groups)) {
  for (size_t group = 0; group < groups_.size(); ++group) {
    for (at::Tensor& parameter : std::exchange(groups_[group].parameters, {})) {
      const std::string place = "parameter " + std::to_string(parameters_.size());
      if (!parameter.is_leaf() || !parameter.requires_grad()) {
        throw rangeError("Expected leaves that require a gradient but " + place +
                         " is none; set requiresGrad first");
      }
      if (find(parameter) != nullptr)
        throw rangeError("Expected each parameter once but " + place + " was there before");
      parameters_.push_back({std::move(parameter), group, {}});
    }
  }
  if (parameters_.empty()) throw rangeError("Expected at least one parameter but received none");
}

void Optimizer::step(double lrFactor, const std::vector<BatchWords>* batch) {
  const at::NoGradGuard noGrad;
  const auto hasGradient = [](const OptimizedParameter& own) { return own.parameter.grad().defined(); };
  if (movesBatchWordsOnly() && batch == nullptr &&
      std::any_of(parameters_.begin(), parameters_.end(), hasGradient)) {
    throw stateError(
        "Expected trainBatches() to step this optimizer, which has to know the words of the batch, but "
        "received a call of step(); use Adam for gradients of backward()");
  }
  for (OptimizedParameter& own : parameters_) {
    if (!hasGradient(own)) continue;
    makeState(&own);
    const ParameterGroup group = groupOf(own, lrFactor);
    const int64_t step = ++own.state.steps;
    if (const BatchWords* const words = batch == nullptr ? nullptr : wordsOf(own, *batch)) {
      applyRuleTo(words->words, wordsRule(group, step), own.parameter, own.state);
    } else {
      applyRule(rule(group, step), own.parameter, own.parameter.grad(), own.state);
    }
  }
}

double clippedShare(double norm, double maxNorm) {
  constexpr double kEpsilon = 1e-6;  // that of torch.nn.utils.clip_grad_norm_
  const double share = maxNorm / (norm + kEpsilon);
  return share > 1 ? 1 : share;
}

void Optimizer::zeroGrad() {
  for (const OptimizedParameter& own : parameters_) own.parameter.mutable_grad().reset();
}

void Optimizer::clipGradNorm(double maxNorm) {
  const at::NoGradGuard noGrad;
  double squares = 0;
  for (const OptimizedParameter& own : parameters_) {
    if (own.parameter.grad().defined())
      squares += std::pow(at::linalg_vector_norm(own.parameter.grad()).item<double>(), 2);
  }
  const double share = clippedShare(std::sqrt(squares), maxNorm);
  if (share == 1) return;
  for (const OptimizedParameter& own : parameters_) {
    if (own.parameter.grad().defined()) own.parameter.mutable_grad().mul_(share);
  }
}

void Optimizer::setLr(double lr) {
  for (ParameterGroup& group : groups_) group.lr = lr;
}

OptimizedParameter* Optimizer::find(const at::Tensor& parameter) {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(), [&](const OptimizedParameter& own) {
    return own.parameter.is_same(parameter);
  });
  return found == parameters_.end() ? nullptr : &*found;
}

ParameterGroup Optimizer::groupOf(const OptimizedParameter& own, double lrFactor) const {
  ParameterGroup group = groups_[own.group];
  group.lr *= lrFactor;
  return group;
}

void Optimizer::makeState(OptimizedParameter* own) const {
  const size_t tensors = stateNames().size();
  ParameterState& state = own->state;
  if (tensors == 0 || state.first.defined()) return;
  if (movesBatchWordsOnly()) {
    auto [first, second] = zeroPairInLayoutOf(own->parameter);
    state.first = std::move(first);
    state.second = std::move(second);
    return;
  }
  state.first = zerosInLayoutOf(own->parameter);
  if (tensors > 1) state.second = zerosInLayoutOf(own->parameter);
}

int64_t Optimizer::bytes() const {
  int64_t bytes = 0;
  for (const OptimizedParameter& own : parameters_) {
    const auto& [steps, first, second] = own.state;
    if (first.defined()) bytes += static_cast<int64_t>(first.storage().nbytes());
    if (second.defined() && !second.is_alias_of(first))
      bytes += static_cast<int64_t>(second.storage().nbytes());
  }
  return bytes;
}

}  // namespace imdb
