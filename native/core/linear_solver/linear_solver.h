#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

#include "core/linear_solver/linear_models.h"
#include "core/linear_solver/linear_problem.h"

namespace imdb {

/** Fits many linear models; see binding.d.ts. */
class LinearSolver {
 public:
  /** @throws Error (ERR_SHAPE, ERR_ARG_RANGE) for options that do not fit */
  LinearSolver(std::shared_ptr<const Bags> bags, LinearSolverOptions options);

  /** Works for about so many milliseconds. @returns the number of models that are fitted */
  int64_t run(double milliseconds);
  int64_t models() const { return static_cast<int64_t>(fitted_.size()); }
  bool keepsWeights() const { return problem_.options().keepWeights; }
  bool givesScores() const { return !problem_.options().scoredRows.empty(); }
  /** @throws Error (ERR_STATE) for a model that is not fitted yet */
  const FittedModel& fitted(int64_t model) const;
  int64_t bytes() const;

 private:
  using Blocks = std::deque<std::unique_ptr<LinearModels>>;

  /** Puts the models that are to be fitted side by side into blocks. */
  void makeBlocks();
  /** What one thread does until the deadline. */
  void work(LinearModels::Clock::time_point deadline, Blocks* unfinished);
  std::unique_ptr<LinearModels> takeBlock();

  LinearProblem problem_;
  std::vector<FittedModel> fitted_;
  std::mutex mutex_;
  Blocks blocks_;  // those that are begun are the first
};

}  // namespace imdb
