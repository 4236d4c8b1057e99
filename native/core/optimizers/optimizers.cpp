#include "core/optimizers/optimizers.h"

#include <cmath>
#include <string>
#include <utility>

#include "core/error.h"

namespace imdb {

using Kind = Optimizer::Rule::Kind;

Sgd::Sgd(std::vector<ParameterGroup> groups, SgdOptions options)
    : Optimizer(std::move(groups)), options_(options) {
  if (options_.nesterov && (options_.momentum == 0 || options_.dampening != 0)) {
    throw rangeError("Expected momentum above 0 and no dampening with nesterov but received others");
  }
}

Optimizer::Rule Sgd::rule(const ParameterGroup& group, int64_t step) const {
  Rule rule;
  if (options_.momentum != 0)
    rule.kind = Kind::momentum;
  else if (group.weightDecay != 0)
    rule.kind = Kind::sgd;
  rule.nesterov = options_.nesterov;
  rule.rate = group.lr;
  rule.weightDecay = group.weightDecay;
  rule.momentum = options_.momentum;
  // The buffer starts as the first gradient, undamped.
  rule.gradientShare = step == 1 ? 1 : 1 - options_.dampening;
  return rule;
}

std::vector<std::string> Sgd::stateNames() const {
  if (options_.momentum == 0) return {};
  return {"momentum_buffer"};
}

Adam::Adam(std::vector<ParameterGroup> groups, AdamOptions options)
    : Optimizer(std::move(groups)), options_(options) {}

Optimizer::Rule Adam::rule(const ParameterGroup& group, int64_t step) const {
  const auto [beta1, beta2] = options_.betas;
  const auto steps = static_cast<double>(step);
  Rule rule;
  rule.kind = Kind::adam;
  rule.rate = group.lr / (1 - std::pow(beta1, steps));
  rule.weightDecay = group.weightDecay;
  rule.gradientShare = 1 - beta1;
  rule.squareDecay = beta2;
  rule.squareShare = 1 - beta2;
  rule.squareScale = 1 / std::sqrt(1 - std::pow(beta2, steps));
  rule.epsilon = options_.epsilon;
  return rule;
}

Optimizer::Rule AdamW::rule(const ParameterGroup& group, int64_t step) const {
  Rule rule = Adam::rule(group, step);
  rule.shrink = 1 - group.lr * group.weightDecay;
  rule.weightDecay = 0;
  return rule;
}

namespace {

std::vector<ParameterGroup> withoutDecay(std::vector<ParameterGroup> groups) {
  for (const ParameterGroup& group : groups) {
    if (group.weightDecay != 0) {
      throw rangeError("Expected no weightDecay for SparseAdam, as it would move every word, but received " +
                       std::to_string(group.weightDecay) + "; use AdamW");
    }
  }
  return groups;
}

}  // namespace

SparseAdam::SparseAdam(std::vector<ParameterGroup> groups, AdamOptions options)
    : Adam(withoutDecay(std::move(groups)), options) {}

// As in torch's SparseAdam, epsilon is added before the bias correction.
Optimizer::Rule SparseAdam::wordsRule(const ParameterGroup& group, int64_t step) const {
  Rule rule = Adam::rule(group, step);
  rule.rate /= rule.squareScale;
  rule.squareScale = 1;
  return rule;
}

}  // namespace imdb
