// The steps of linear models side by side. Included by loops.inl.

typedef int32_t LaneMask __attribute__((vector_size(kVectorBytes), aligned(4), may_alias));

inline LaneMask loadMask(const int32_t* p) { return *reinterpret_cast<const LaneMask*>(p); }

inline bool isAnySet(LaneMask mask) {
  int32_t any = 0;
  for (int64_t lane = 0; lane < kLinearLanes; ++lane) any |= mask[lane];
  return any != 0;
}

/** The ids of a row. */
struct RowIds {
  const int32_t* ids;
  const float* values;
  int64_t count;
};

inline RowIds idsOf(const LinearBlock& block, int32_t row) {
  const int32_t bag = block.rows[row];
  const int64_t begin = block.offsets[bag];
  return {block.ids + begin, block.values == nullptr ? nullptr : block.values + begin,
          block.offsets[bag + 1] - begin};
}

/** Asks for the memory of the weights of a feature, and of the squares of its scales. */
template <bool kShared>
inline void prefetchWeights(const LinearBlock& block, int32_t id) {
  constexpr int64_t kStride = kShared ? kLinearLanes : 2 * kLinearLanes;
  __builtin_prefetch(block.weights + id * kStride);
  if (kShared) __builtin_prefetch(block.squares + id);
}

/** Sums the weights of a row's features; meanwhile asks for those of the next row. */
template <bool kShared, bool kWeighted>
inline Vector<float> sumWeights(const LinearBlock& block, const RowIds& row, const RowIds& next) {
  constexpr int64_t kStride = kShared ? kLinearLanes : 2 * kLinearLanes;
  Vector<float> sum = {};
  const int64_t common = row.count < next.count ? row.count : next.count;
  const auto add = [&](int64_t j) {
    const Vector<float> weights = load(block.weights + row.ids[j] * kStride);
    sum += kWeighted ? row.values[j] * weights : weights;
  };
  for (int64_t j = 0; j < common; ++j) {
    prefetchWeights<kShared>(block, next.ids[j]);
    add(j);
  }
  for (int64_t j = common; j < row.count; ++j) add(j);
  for (int64_t j = common; j < next.count; ++j) prefetchWeights<kShared>(block, next.ids[j]);
  return sum;
}

/** Adds a multiple of a row to the weights. */
template <bool kShared, bool kWeighted>
inline void addToWeights(LinearBlock* block, const RowIds& row, Vector<float> factor) {
  constexpr int64_t kStride = kShared ? kLinearLanes : 2 * kLinearLanes;
  float* const table = block->weights;
  const float* const squares = block->squares;
  for (int64_t j = 0; j < row.count; ++j) {
    float* const weights = table + row.ids[j] * kStride;
    const Vector<float> change = kWeighted ? factor * row.values[j] : factor;
    if (kShared) {
      store(weights, load(weights) + change * squares[row.ids[j]]);
    } else {
      store(weights, load(weights) + change * load(weights + kLinearLanes));
    }
  }
}

/** Moves the dual variables of a row. @returns the changes, each times the sign of its model */
inline Vector<float> moveDualVariables(LinearBlock* block, LinearRow* state, int32_t label,
                                       Vector<float> sum) {
  /** As in liblinear: a smaller gradient moves nothing. */
  constexpr float kLeastGradient = 1e-12F;
  const Vector<float> zero = {}, one = zero + 1.0F;
  const Vector<float> sign = loadMask(block->positive) == label ? one : -one;
  const Vector<float> alpha = load(state->alpha);
  const Vector<float> margin = sign * (load(state->factor) * sum + load(block->bias));
  const Vector<float> gradient = margin - 1.0F + alpha * load(state->penalty);
  const Vector<float> projected = alpha > zero || gradient < zero ? gradient : zero;
  const Vector<float> greatest = load(block->greatest), least = load(block->least);
  store(block->greatest, projected > greatest ? projected : greatest);
  store(block->least, projected < least ? projected : least);
  const Vector<float> moved = alpha - gradient * load(state->inverse);
  const auto moves = loadMask(block->isActive) & (projected > kLeastGradient || projected < -kLeastGradient);
  const Vector<float> next = moves ? (moved > zero ? moved : zero) : alpha;
  store(state->alpha, next);
  return (next - alpha) * sign;
}

template <bool kShared, bool kWeighted>
void takeSteps(LinearBlock* block, const int32_t* order, int64_t count) {
  RowIds row = idsOf(*block, order[0]);
  for (int64_t k = 0; k < count; ++k) {
    const RowIds next = idsOf(*block, order[k + 1]);
    prefetch(block->states[order[k + 1]].alpha, sizeof(LinearRow) / sizeof(float));
    LinearRow* const state = block->states + order[k];
    const Vector<float> sum = sumWeights<kShared, kWeighted>(*block, row, next);
    const Vector<float> change = moveDualVariables(block, state, block->labels[block->rows[order[k]]], sum);
    if (isAnySet(change != Vector<float>{})) {
      store(block->bias, load(block->bias) + change);
      addToWeights<kShared, kWeighted>(block, row, change * load(state->factor));
    }
    row = next;
  }
}

void takeDualSteps(LinearBlock* block, const int32_t* order, int64_t count) {
  const bool isShared = block->squares != nullptr, isWeighted = block->values != nullptr;
  const auto take = isShared ? (isWeighted ? takeSteps<true, true> : takeSteps<true, false>)
                             : (isWeighted ? takeSteps<false, true> : takeSteps<false, false>);
  take(block, order, count);
}
