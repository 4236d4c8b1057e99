#include "core/linear_solver/linear_problem.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/error.h"

namespace imdb {

LinearProblem::LinearProblem(std::shared_ptr<const Bags> bags, LinearSolverOptions options)
    : bags_(std::move(bags)), options_(std::move(options)), scaled_(options_.scales.size()) {
  checkRows(options_.rowSets, "rowSets");
  if (!options_.scoredRows.empty() && options_.scoredRows.size() != options_.rowSets.size()) {
    throw shapeError("Expected as many scoredRows as rowSets (" + std::to_string(options_.rowSets.size()) +
                     ") but received " + std::to_string(options_.scoredRows.size()));
  }
  checkRows(options_.scoredRows, "scoredRows");
  checkScales();
  const auto classes = static_cast<int64_t>(options_.classWeights.size());
  if (classes > 0 && classes <= bags_->largestLabel()) {
    throw shapeError("Expected one class weight for each of " + std::to_string(bags_->largestLabel() + 1) +
                     " classes but received " + std::to_string(classes));
  }
}

void LinearProblem::checkRows(const std::vector<std::vector<int32_t>>& sets, const char* name) const {
  for (size_t set = 0; set < sets.size(); ++set) {
    for (const int32_t row : sets[set]) {
      if (row >= 0 && row < bags_->length()) continue;
      throw rangeError("Expected rows in 0 .. " + std::to_string(bags_->length() - 1) + " for " + name + "[" +
                       std::to_string(set) + "] but received " + std::to_string(row));
    }
  }
}

void LinearProblem::checkScales() const {
  for (size_t index = 0; index < options_.scales.size(); ++index) {
    const auto& scale = options_.scales[index];
    const std::string name = "scales[" + std::to_string(index) + "]";
    if (static_cast<int64_t>(scale.size()) != bags_->vocabularySize()) {
      throw shapeError("Expected one number for each of " + std::to_string(bags_->vocabularySize()) +
                       " features for " + name + " but received " + std::to_string(scale.size()));
    }
    const auto wrong = std::find_if_not(scale.begin(), scale.end(),
                                        [](float value) { return std::isfinite(value * value); });
    if (wrong == scale.end()) continue;
    throw rangeError("Expected numbers with a finite square for " + name + " but number " +
                     std::to_string(wrong - scale.begin()) + " is " + std::to_string(*wrong));
  }
}

const ScaledBags& LinearProblem::scaledBags(int64_t scale) {
  Lazy& lazy = scaled_[scale];
  std::call_once(lazy.once, [&] { lazy.bags = scaleBags(options_.scales[scale]); });
  return lazy.bags;
}

ScaledBags LinearProblem::scaleBags(const std::vector<float>& scale) const {
  using Normalize = LinearSolverOptions::Normalize;
  ScaledBags scaled;
  scaled.factors.resize(bags_->length());
  scaled.squares.resize(bags_->length());
  for (int64_t bag = 0; bag < bags_->length(); ++bag) {
    const int32_t* const ids = bags_->ids(bag);
    const float* const values = bags_->valuesOf(ids);
    double squares = 0;
    int64_t count = 0;
    for (int64_t j = 0; j < bags_->size(bag); ++j) {
      const double value = static_cast<double>(scale[ids[j]]) * (values == nullptr ? 1 : values[j]);
      squares += value * value;
      count += scale[ids[j]] != 0 ? 1 : 0;
    }
    const double measure = options_.normalize == Normalize::norm     ? squares
                           : options_.normalize == Normalize::length ? static_cast<double>(count)
                                                                     : 1;
    const double factor = measure > 0 ? 1 / std::sqrt(measure) : 1;
    scaled.factors[bag] = static_cast<float>(factor);
    scaled.squares[bag] = static_cast<float>(factor * factor * squares);
  }
  return scaled;
}

double LinearProblem::costOf(const LinearModelSpec& model, int32_t label) const {
  return options_.classWeights.empty() ? model.cost : model.cost * options_.classWeights[label];
}

int64_t LinearProblem::bytes() const {
  const auto numbers = [](const auto& lists) {
    int64_t count = 0;
    for (const auto& list : lists) count += static_cast<int64_t>(list.size());
    return count;
  };
  return static_cast<int64_t>(sizeof(float)) *
         (numbers(options_.rowSets) + numbers(options_.scoredRows) + numbers(options_.scales) +
          2 * bags_->length() * static_cast<int64_t>(scaled_.size()));
}

}  // namespace imdb
