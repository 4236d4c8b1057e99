#include "core/linear_solver/linear_models.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <utility>

#include "kernels/kernels.h"

namespace imdb {

namespace {

/** Rows between two looks at the clock. */
constexpr int64_t kRowsAtOnce = 64;

/** The numbers of SplitMix64 (Steele, Lea & Flood 2014). */
class SplitMix64 {
 public:
  explicit SplitMix64(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /** Returns a number below `bound`. */
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>(((next() >> 32) * bound) >> 32); }

 private:
  uint64_t state_;
};

}  // namespace

LinearModels::LinearModels(LinearProblem* problem, std::vector<int64_t> models)
    : problem_(problem), models_(std::move(models)), passes_(models_.size()) {}

void LinearModels::allocate() {
  const Bags& bags = problem_->bags();
  fillScales();
  fillRows();
  order_.resize(rows().size() + 1);
  block_.ids = bags.ids(0);
  block_.values = bags.valuesOf(block_.ids);
  block_.offsets = bags.offsets();
  block_.labels = bags.labels();
  block_.rows = rows().data();
  block_.states = states_.data();
  for (size_t lane = 0; lane < models_.size(); ++lane) {
    block_.positive[lane] = model(lane).positive;
    block_.isActive[lane] = -1;
  }
  startPass();
  isAllocated_ = true;
}

void LinearModels::fillScales() {
  const auto& scales = problem_->options().scales;
  const int64_t features = problem_->bags().vocabularySize();
  const auto& first = scales[model(0).scale];
  bool isShared = true;
  for (size_t lane = 1; lane < models_.size(); ++lane) isShared &= model(lane).scale == model(0).scale;
  const int64_t stride = isShared ? kernels::kLinearLanes : 2 * kernels::kLinearLanes;
  weights_.resize(features * stride);
  std::fill(weights_.begin(), weights_.end(), 0.0F);
  if (isShared) {
    squares_.resize(features);
    for (int64_t id = 0; id < features; ++id) squares_[id] = first[id] * first[id];
  } else {
    for (size_t lane = 0; lane < models_.size(); ++lane) {
      const auto& scale = scales[model(lane).scale];
      float* const squares = weights_.data() + kernels::kLinearLanes + lane;
      for (int64_t id = 0; id < features; ++id) squares[id * stride] = scale[id] * scale[id];
    }
  }
  block_.weights = weights_.data();
  block_.squares = isShared ? squares_.data() : nullptr;
}

void LinearModels::fillRows() {
  const auto& rows = this->rows();
  states_.resize(rows.size());
  std::vector<const ScaledBags*> scaled;
  for (size_t lane = 0; lane < models_.size(); ++lane)
    scaled.push_back(&problem_->scaledBags(model(lane).scale));
  for (size_t row = 0; row < rows.size(); ++row) {
    kernels::LinearRow state{};
    for (size_t lane = 0; lane < models_.size(); ++lane) {
      const double penalty = 0.5 / problem_->costOf(model(lane), problem_->bags().label(rows[row]));
      state.factor[lane] = scaled[lane]->factors[rows[row]];
      state.penalty[lane] = static_cast<float>(penalty);
      state.inverse[lane] = static_cast<float>(1 / (1 + penalty + scaled[lane]->squares[rows[row]]));
    }
    states_[row] = state;
  }
}

void LinearModels::startPass() {
  const auto count = static_cast<uint32_t>(rows().size());
  for (uint32_t k = 0; k < count; ++k) order_[k] = static_cast<int32_t>(k);
  SplitMix64 source(problem_->options().seed);
  SplitMix64 random(source.next() + static_cast<uint64_t>(pass_));
  for (uint32_t k = count; k > 1; --k) std::swap(order_[k - 1], order_[random.below(k)]);
  order_[count] = order_[0];
  place_ = 0;
  std::fill_n(block_.greatest, kernels::kLinearLanes, -std::numeric_limits<float>::infinity());
  std::fill_n(block_.least, kernels::kLinearLanes, std::numeric_limits<float>::infinity());
}

void LinearModels::endPass() {
  const auto& options = problem_->options();
  ++pass_;
  for (size_t lane = 0; lane < models_.size(); ++lane) {
    if (block_.isActive[lane] == 0) continue;
    passes_[lane] = pass_;
    const float difference = block_.greatest[lane] - block_.least[lane];
    if (difference > options.tolerance && pass_ < options.mostPasses) continue;
    block_.isActive[lane] = 0;
  }
}

bool LinearModels::run(Clock::time_point deadline) {
  if (!isAllocated_) allocate();
  const auto count = static_cast<int64_t>(rows().size());
  do {
    const int64_t steps = std::min(kRowsAtOnce, count - place_);
    if (steps > 0) kernels::takeDualSteps()(&block_, order_.data() + place_, steps);
    place_ += steps;
    if (place_ < count) continue;
    endPass();
    if (std::all_of(std::begin(block_.isActive), std::end(block_.isActive), std::logical_not<>()))
      return true;
    startPass();
  } while (Clock::now() < deadline);
  return false;
}

void LinearModels::finish(std::vector<FittedModel>* fitted) {
  const int64_t stride = kernels::weightStride(block_);
  const int64_t features = problem_->bags().vocabularySize();
  for (size_t lane = 0; lane < models_.size(); ++lane) {
    FittedModel& own = (*fitted)[models_[lane]];
    own.bias = block_.bias[lane];
    own.passes = passes_[lane];
    if (problem_->options().keepWeights) {
      own.weights.resize(features);
      for (int64_t id = 0; id < features; ++id) own.weights[id] = weights_[id * stride + lane];
    }
  }
  score(fitted);
  for (const int64_t number : models_) (*fitted)[number].isDone = true;
  weights_ = {};
  squares_ = {};
  states_ = {};
  order_ = {};
}

void LinearModels::score(std::vector<FittedModel>* fitted) const {
  if (problem_->options().scoredRows.empty()) return;
  const auto& scored = problem_->options().scoredRows[model(0).rows];
  const Bags& bags = problem_->bags();
  std::vector<const float*> factors;
  for (size_t lane = 0; lane < models_.size(); ++lane) {
    factors.push_back(problem_->scaledBags(model(lane).scale).factors.data());
    (*fitted)[models_[lane]].scores.resize(scored.size());
  }
  const float zeros[kernels::kLinearLanes] = {};
  float sums[kernels::kLinearLanes];
  for (size_t k = 0; k < scored.size(); ++k) {
    const int32_t bag = scored[k];
    kernels::kernels<float>().sumRows(block_.weights, kernels::weightStride(block_), bags.ids(bag),
                                      bags.valuesOf(bags.ids(bag)), bags.size(bag), zeros, sums,
                                      {0, kernels::kLinearLanes});
    for (size_t lane = 0; lane < models_.size(); ++lane)
      (*fitted)[models_[lane]].scores[k] = factors[lane][bag] * sums[lane] + block_.bias[lane];
  }
}

double LinearModels::cost() const {
  double most = 0;
  for (size_t lane = 0; lane < models_.size(); ++lane) most = std::max(most, model(lane).cost);
  return most;
}

int64_t LinearModels::bytes() const { return bytesOf(weights_, squares_, states_, order_); }

}  // namespace imdb
