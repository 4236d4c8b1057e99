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
 * What an optimizer keeps of one parameter: all that a resumed training needs. The tensors are undefined
 * before the first step, and for rules without them; they have the parameter's shape, strides and padding,
 * except where `makeState` lays them side by side.
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

/** Columns of a parameter `[out, in]` that a batch of bags has words in; the rest of its gradient is 0. */
struct BatchWords {
  at::Tensor parameter;
  at::Tensor words;  // ascending ids, each once, int64
};

/** What gradients of this total norm are multiplied with so that it is at most `maxNorm`; never above 1. */
double clippedShare(double norm, double maxNorm);

/** torch.optim.Optimizer with the names of torch.optim; see binding.d.ts. Sources: torch 2.13 torch/optim. */
class Optimizer {
 public:
  using Rule = kernels::StepRule<double>;

  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /**
   * One step of every parameter that has a gradient, with the learning rates multiplied by `lrFactor`.
   * @throws Error (ERR_STATE) when only the words of a batch may move and none are given
   */
  void step(double lrFactor = 1, const std::vector<BatchWords>* batch = nullptr);
  void zeroGrad();
  /** torch.nn.utils.clip_grad_norm_ over all parameters. */
  void clipGradNorm(double maxNorm);

  double lr() const { return groups_.front().lr; }
  /** Of all groups. */
  void setLr(double lr);

  StateDict stateDict() const;
  /** @throws Error (ERR_ARG_RANGE, ERR_SHAPE) for a dictionary of other parameters; nothing has changed then
   */
  void loadStateDict(const StateDict& dict);
  /** Bytes of the state. */
  int64_t bytes() const;

  /** Null when this optimizer does not hold `parameter`. */
  OptimizedParameter* find(const at::Tensor& parameter);
  /** The rule of the step with this number (from 1) of a parameter of `group`. */
  virtual Rule rule(const ParameterGroup& group, int64_t step) const = 0;
  /** The same for a parameter with a column for each word of bags. */
  virtual Rule wordsRule(const ParameterGroup& group, int64_t step) const { return rule(group, step); }
  /** The options of a parameter, with the learning rate multiplied by `lrFactor`. */
  ParameterGroup groupOf(const OptimizedParameter& own, double lrFactor) const;
  /** Makes the state that `rule` needs where it is not there yet: side by side where only a batch's words
   * move. */
  void makeState(OptimizedParameter* own) const;
  /** Whether, of parameters with a column for each word, only the columns of the batch's words move. */
  virtual bool movesBatchWordsOnly() const { return false; }

 protected:
  /** @throws Error (ERR_ARG_RANGE) for no parameters, one twice, or one that is no leaf that requires a
   * gradient */
  explicit Optimizer(std::vector<ParameterGroup> groups);

 private:
  /** Names of the state's tensors, as in torch; at most two. */
  virtual std::vector<std::string> stateNames() const = 0;

  std::vector<ParameterGroup> groups_;  // without their parameters, which are:
  std::vector<OptimizedParameter> parameters_;
};

}  // namespace imdb
