#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "kernels/step_rule.h"

namespace imdb {

/** Parameters that share options. */
struct ParameterGroup {
  std::vector<at::Tensor> parameters;
  double lr;
  double weightDecay;
};

/**
 * The state of one parameter, which is all that a resumed training needs. The tensors are undefined before
 * the first step and for rules without them. They have the parameter's shape, strides and padding, except
 * where `makeState` lays them side by side.
 */
struct ParameterState {
  int64_t steps = 0;
  at::Tensor first;   // momentum_buffer or exp_avg
  at::Tensor second;  // exp_avg_sq
};

/** One parameter with its group's number and its state. */
struct OptimizedParameter {
  at::Tensor parameter;
  size_t group;
  ParameterState state;
};

/** Numbers and tensors by names like `param_groups.0.lr`, `state.0.step`, `state.0.exp_avg`. */
using StateDict = std::map<std::string, std::variant<double, at::Tensor>>;

/** The columns of a parameter `[out, in]` whose words are in a batch; the rest of its gradient is 0. */
struct BatchWords {
  at::Tensor parameter;
  at::Tensor words;  // ascending ids, each once, int64
};

/** Returns the factor, at most 1, by which gradients of this total norm get a norm of at most `maxNorm`. */
double clippedShare(double norm, double maxNorm);

/** torch.optim.Optimizer with the names of torch.optim; see binding.d.ts. Sources: torch 2.13 torch/optim. */
class Optimizer {
 public:
  using Rule = kernels::StepRule<double>;

  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /**
   * Steps every parameter that has a gradient, with the learning rates multiplied by `lrFactor`.
   * @throws Error (ERR_STATE) when only the words of a batch may move and none are given
   */
  void step(double lrFactor = 1, const std::vector<BatchWords>* batch = nullptr);
  void zeroGrad();
  /** Does what torch.nn.utils.clip_grad_norm_ does, over all parameters. */
  void clipGradNorm(double maxNorm);

  double lr() const { return groups_.front().lr; }
  /** Sets the learning rate of every group. */
  void setLr(double lr);

  StateDict stateDict() const;
  /** @throws Error (ERR_ARG_RANGE, ERR_SHAPE) for a dictionary of other parameters; nothing has changed then
   */
  void loadStateDict(const StateDict& dict);
  /** Returns the bytes of the state. */
  int64_t bytes() const;

  /** Returns null when this optimizer does not hold `parameter`. */
  OptimizedParameter* find(const at::Tensor& parameter);
  /** Returns the rule for step number `step`, counted from 1, of a parameter of `group`. */
  virtual Rule rule(const ParameterGroup& group, int64_t step) const = 0;
  /** Returns the rule for a parameter with one column per word. */
  virtual Rule wordsRule(const ParameterGroup& group, int64_t step) const { return rule(group, step); }
  /** Returns the options of a parameter, with the learning rate multiplied by `lrFactor`. */
  ParameterGroup groupOf(const OptimizedParameter& own, double lrFactor) const;
  /**
   * Makes the state that `rule` needs and that is not there yet. Where only the words of a batch move, its
   * tensors lie side by side.
   */
  void makeState(OptimizedParameter* own) const;
  /** Returns whether parameters with one column per word move in the columns of the batch's words only. */
  virtual bool movesBatchWordsOnly() const { return false; }

 protected:
  /**
   * @throws Error (ERR_ARG_RANGE) for no parameters, for one that is given twice, or for one that is not a
   *   leaf that requires a gradient
   */
  explicit Optimizer(std::vector<ParameterGroup> groups);

 private:
  /** Returns the names of the state's tensors as in torch, at most two. */
  virtual std::vector<std::string> stateNames() const = 0;

  std::vector<ParameterGroup> groups_;  // without their parameters
  std::vector<OptimizedParameter> parameters_;
};

}  // namespace imdb
