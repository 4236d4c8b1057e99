#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/optimizers/optimizer.h"

namespace imdb {

struct SgdOptions {
  double momentum = 0;
  double dampening = 0;
  bool nesterov = false;
};

/** torch.optim.SGD (torch/optim/sgd.py). */
class Sgd final : public Optimizer {
 public:
  /** @throws Error (ERR_ARG_RANGE) for Nesterov's momentum without momentum or with dampening */
  Sgd(std::vector<ParameterGroup> groups, SgdOptions options);
  Rule rule(const ParameterGroup& group, int64_t step) const override;

 private:
  std::vector<std::string> stateNames() const override;

  const SgdOptions options_;
};

struct AdamOptions {
  std::array<double, 2> betas = {0.9, 0.999};
  double epsilon = 1e-8;
};

/** torch.optim.Adam (Kingma and Ba 2015, arXiv 1412.6980; torch/optim/adam.py). */
class Adam : public Optimizer {
 public:
  Adam(std::vector<ParameterGroup> groups, AdamOptions options);
  Rule rule(const ParameterGroup& group, int64_t step) const override;

 protected:
  const AdamOptions options_;

 private:
  std::vector<std::string> stateNames() const override { return {"exp_avg", "exp_avg_sq"}; }
};

/** torch.optim.AdamW, in which weights decay beside the step, not through the gradient (arXiv 1711.05101). */
class AdamW final : public Adam {
 public:
  using Adam::Adam;
  Rule rule(const ParameterGroup& group, int64_t step) const override;
};

/**
 * torch.optim.SparseAdam (torch/optim/_functional.py) for the parameters with one column per word: the
 * columns of words that the batch lacks stay, moments included. The other parameters are stepped as by Adam.
 */
class SparseAdam final : public Adam {
 public:
  /** @throws Error (ERR_ARG_RANGE) for weight decay, which would move every word */
  SparseAdam(std::vector<ParameterGroup> groups, AdamOptions options);
  Rule wordsRule(const ParameterGroup& group, int64_t step) const override;
  bool movesBatchWordsOnly() const override { return true; }
};

}  // namespace imdb
