#pragma once

#include <cstdint>

namespace imdb::kernels {

/** The number of linear models that are fitted side by side, one to a lane of a vector. */
inline constexpr int64_t kLinearLanes = 8;

/** What the steps of one row need of each model, `[lanes]` each. */
struct LinearRow {
  /** The row's dual variable. */
  float alpha[kLinearLanes];
  /** The factor of the row's values; see `normalize` of LinearSolver in binding.d.ts. */
  float factor[kLinearLanes];
  /** 1 / (2 C), C being the cost of the row's class. */
  float penalty[kLinearLanes];
  /** 1 / (the row's squared norm, 1 for the bias included, + penalty). */
  float inverse[kLinearLanes];
};

/**
 * Linear models that are fitted side by side on the same rows. The weight of a feature is kept multiplied by
 * its scale, so that a row needs no scales to be multiplied with the weights.
 */
struct LinearBlock {
  // The bags: bag i has the ids `ids[offsets[i] .. offsets[i + 1])`; null `values` are ones.
  const int32_t* ids;
  const float* values;
  const int32_t* offsets;
  const int32_t* labels;
  /** The number of the bag of each row. */
  const int32_t* rows;
  LinearRow* states;
  /**
   * `[features, kLinearLanes]` weights times scales. Without `squares` each feature's are followed by the
   * squares of its scales, as many.
   */
  float* weights;
  /** `[features]` the squares of the scales that all models share; null: each model has its own. */
  const float* squares;
  float bias[kLinearLanes];
  /** The class of each model. */
  int32_t positive[kLinearLanes];
  /** -1 for models that are still fitted, 0 for the others, whose numbers stay as they are. */
  int32_t isActive[kLinearLanes];
  /** The bounds of the projected gradients of this pass. */
  float greatest[kLinearLanes];
  float least[kLinearLanes];
};

/** The distance between the weights of two features. */
inline int64_t weightStride(const LinearBlock& block) {
  return block.squares == nullptr ? 2 * kLinearLanes : kLinearLanes;
}

/**
 * Takes the steps of the rows `order[0 .. count)` by dual coordinate descent for the squared hinge loss
 * (Hsieh et al. 2008, algorithm 1). Sums over a row go in the order of its ids, and products and sums are
 * rounded one by one: the bits of a model depend neither on the instruction set nor on the other models.
 * `order[count]` is read, too: the row whose memory is fetched meanwhile.
 */
using TakeDualSteps = void (*)(LinearBlock* block, const int32_t* order, int64_t count);

/** Returns the loop for the widest instruction set. */
TakeDualSteps takeDualSteps();

}  // namespace imdb::kernels
