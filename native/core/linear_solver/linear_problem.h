#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "core/data/bags.h"

namespace imdb {

/** A linear model to fit; see binding.d.ts. */
struct LinearModelSpec {
  int64_t rows;
  int64_t scale;
  double cost;
  int32_t positive;
};

/** The arguments of the constructor of LinearSolver; see binding.d.ts. */
struct LinearSolverOptions {
  enum class Normalize { none, norm, length };

  std::vector<std::vector<int32_t>> rowSets;
  std::vector<std::vector<int32_t>> scoredRows;  // one for each row set, or none at all
  std::vector<std::vector<float>> scales;
  std::vector<LinearModelSpec> models;
  Normalize normalize;
  std::vector<double> classWeights;  // empty: all 1
  uint64_t seed;
  double tolerance = 0.1;
  int64_t mostPasses = 100;
  bool keepWeights;
};

/** What a scale makes of each bag. */
struct ScaledBags {
  std::vector<float> factors;  // [bags] see `normalize`
  std::vector<float> squares;  // [bags] the squared norm of the bag, its factor included
};

/** The bags and models of a LinearSolver, which do not change; threads may share it. */
class LinearProblem {
 public:
  /** @throws Error (ERR_SHAPE, ERR_ARG_RANGE) for options that do not fit */
  LinearProblem(std::shared_ptr<const Bags> bags, LinearSolverOptions options);

  const Bags& bags() const { return *bags_; }
  const LinearSolverOptions& options() const { return options_; }
  /** Returns what a scale makes of the bags, which the first call for it computes. */
  const ScaledBags& scaledBags(int64_t scale);
  /** Returns the cost of the rows of a class. */
  double costOf(const LinearModelSpec& model, int32_t label) const;
  int64_t bytes() const;

 private:
  void checkRows(const std::vector<std::vector<int32_t>>& sets, const char* name) const;
  void checkScales() const;
  ScaledBags scaleBags(const std::vector<float>& scale) const;

  struct Lazy {
    std::once_flag once;
    ScaledBags bags;
  };

  std::shared_ptr<const Bags> bags_;
  LinearSolverOptions options_;
  std::vector<Lazy> scaled_;  // one for each scale
};

}  // namespace imdb
