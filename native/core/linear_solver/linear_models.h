#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "core/linear_solver/linear_problem.h"
#include "core/tensors/huge_pages.h"
#include "kernels/linear_kernels.h"

namespace imdb {

/** What is left of a model that has been fitted. */
struct FittedModel {
  bool isDone = false;
  float bias = 0;
  int64_t passes = 0;
  std::vector<float> weights;  // [features], where they are kept
  std::vector<float> scores;   // [scored rows]
};

/** Up to `kLinearLanes` models of one row set, which are fitted side by side. */
class LinearModels {
 public:
  using Clock = std::chrono::steady_clock;

  /** @param models numbers of models of `problem`, at least one and at most `kLinearLanes` */
  LinearModels(LinearProblem* problem, std::vector<int64_t> models);

  /** Works until `deadline`, but takes some steps in any case. @returns whether all models are fitted */
  bool run(Clock::time_point deadline);
  /** Computes the scores, gives the models to `fitted`, indexed by their numbers, and frees the memory. */
  void finish(std::vector<FittedModel>* fitted);
  /** Returns the largest cost of the models. */
  double cost() const;
  int64_t bytes() const;

 private:
  const LinearModelSpec& model(size_t lane) const { return problem_->options().models[models_[lane]]; }
  const std::vector<int32_t>& rows() const { return problem_->options().rowSets[model(0).rows]; }
  void allocate();
  void fillScales();
  void fillRows();
  void startPass();
  void endPass();
  void score(std::vector<FittedModel>* fitted) const;

  LinearProblem* problem_;
  std::vector<int64_t> models_;
  kernels::LinearBlock block_{};
  std::vector<int64_t> passes_;
  UninitializedVector<float> weights_;  // see LinearBlock
  UninitializedVector<float> squares_;
  UninitializedVector<kernels::LinearRow> states_;
  std::vector<int32_t> order_;  // [rows + 1], the last of which is fetched but not used
  int64_t pass_ = 0;
  int64_t place_ = 0;  // in `order_`
  bool isAllocated_ = false;
};

}  // namespace imdb
