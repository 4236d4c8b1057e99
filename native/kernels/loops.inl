// The loops themselves. Each file kernels_*.cpp compiles them for one instruction set, in a namespace of its
// own (KERNELS_NAMESPACE), with KERNELS_MAX_TILE accumulators, as many as its registers hold. No standard
// header that defines inline functions may be included here: the linker could pick such a function's AVX code
// for all callers.

#include "kernels/kernels.h"
#include "kernels/linear_kernels.h"

namespace imdb::kernels::KERNELS_NAMESPACE {
namespace {

template <typename T>
struct VectorOf {
  // GCC and Clang lower this to whatever registers the target has. Loads may be unaligned.
  typedef T type __attribute__((vector_size(kVectorBytes), aligned(sizeof(T)), may_alias));
};
template <typename T>
using Vector = typename VectorOf<T>::type;

template <typename T>
inline Vector<T> load(const T* p) {
  return *reinterpret_cast<const Vector<T>*>(p);
}
template <typename T>
inline void store(T* p, Vector<T> v) {
  *reinterpret_cast<Vector<T>*>(p) = v;
}

/** Asks for the cache lines of `width` columns; the rows of rare words come from the last-level cache. */
template <typename T>
inline void prefetch(const T* row, int64_t width) {
  for (int64_t c = 0; c < width; c += 64 / static_cast<int64_t>(sizeof(T))) __builtin_prefetch(row + c);
}

#include "kernels/step_loops.inl"

/** Calls f.template operator()<N>(arguments ...) with N = `tile`, which is a number of registers and so has
 * to be known when compiling. */
template <int kTile, typename F, typename... Arguments>
inline void withTile(int64_t tile, const F& f, Arguments... arguments) {
  if constexpr (kTile > 1) {
    if (tile < kTile) return withTile<kTile - 1>(tile, f, arguments...);
  }
  f.template operator()<kTile>(arguments...);
}

/** Computes sum += value * row; a null value is 1. */
template <typename T, int kTile>
inline void addRow(Vector<T>* sum, const T* row, const float* value) {
  constexpr int64_t kLanes = lanes<T>;
  if (value == nullptr) {
    for (int k = 0; k < kTile; ++k) sum[k] += load(row + k * kLanes);
  } else {
    for (int k = 0; k < kTile; ++k) sum[k] += static_cast<T>(*value) * load(row + k * kLanes);
  }
}

#include "kernels/narrow_loops.inl"

// Whether there are values, and whether a step is the simplest one, is settled outside the loops over ids.
template <typename T, int kTile, bool kWeighted>
void sumRowsTile(const T* table, int64_t stride, const int32_t* ids, const float* values, int64_t count,
                 const T* bias, T* out) {
  constexpr int64_t kLanes = lanes<T>;
  constexpr int64_t kIdsAhead = 8;
  Vector<T> sum[kTile] = {};
  for (int64_t j = 0; j < count; ++j) {
    if (j + kIdsAhead < count) prefetch(table + ids[j + kIdsAhead] * stride, kTile * kLanes);
    const T* row = table + ids[j] * stride;
    addRow<T, kTile>(sum, row, kWeighted ? values + j : nullptr);
  }
  for (int k = 0; k < kTile; ++k) store(out + k * kLanes, sum[k] + load(bias + k * kLanes));
}

/** One step of `kTile` vectors with their gradient. */
template <typename T, int kTile, bool kPlain>
inline void stepTile(Target<T> target, const Vector<T>* gradient, const StepRule<T>& rule) {
  constexpr int64_t kLanes = lanes<T>;
  if constexpr (kPlain) {
    for (int k = 0; k < kTile; ++k)
      stepVector<T, StepRule<T>::Kind::plain>(rule, advance(target, k * kLanes), gradient[k]);
  } else {
    T elements[kTile * kLanes];
    for (int k = 0; k < kTile; ++k) store(elements + k * kLanes, gradient[k]);
    stepElements(target, elements, kTile * kLanes, rule);
  }
}

template <typename T, int kTile, bool kWeighted, bool kPlain>
void updateRowsTile(Target<T> table, int64_t stride, const WordGroups& groups, const T* delta,
                    int64_t deltaStride, const StepRule<T>& rule) {
  constexpr int64_t kLanes = lanes<T>;
  constexpr int64_t kGroupsAhead = 4;
  for (int64_t g = 0; g < groups.count; ++g) {
    if (g + kGroupsAhead < groups.count) {
      const Target<T> ahead = advance(table, groups.words[g + kGroupsAhead] * stride);
      prefetch(ahead.value, kTile * kLanes);
      if (!kPlain && ahead.first != nullptr) prefetch(ahead.first, kTile * kLanes);
      if (!kPlain && ahead.second != nullptr) prefetch(ahead.second, kTile * kLanes);
    }
    Vector<T> sum[kTile] = {};
    for (int32_t j = groups.starts[g]; j < groups.starts[g + 1]; ++j) {
      const T* row = delta + groups.examples[j] * deltaStride;
      addRow<T, kTile>(sum, row, kWeighted ? groups.values + j : nullptr);
    }
    stepTile<T, kTile, kPlain>(advance(table, groups.words[g] * stride), sum, rule);
  }
}

/** Cuts `columns` into tiles of nearly equal width, none wider than the registers allow, and calls
 * f.template operator()<vectors of the tile>(its first column). */
template <typename T, typename F>
inline void forEachTile(Columns columns, const F& f) {
  int64_t left = (columns.end - columns.begin) / lanes<T>;
  int64_t tiles = (left + KERNELS_MAX_TILE - 1) / KERNELS_MAX_TILE;
  for (int64_t begin = columns.begin; tiles > 0; --tiles) {
    const int64_t tile = (left + tiles - 1) / tiles;
    withTile<KERNELS_MAX_TILE>(tile, f, begin);
    begin += tile * lanes<T>;
    left -= tile;
  }
}

template <typename T>
void sumRows(const T* table, int64_t stride, const int32_t* ids, const float* values, int64_t count,
             const T* bias, T* out, Columns columns) {
  forEachTile<T>(columns, [=]<int kTile>(int64_t begin) {
    const auto sum = values == nullptr ? sumRowsTile<T, kTile, false> : sumRowsTile<T, kTile, true>;
    sum(table + begin, stride, ids, values, count, bias + begin, out + begin);
  });
}

template <typename T>
void updateRows(Target<T> table, int64_t stride, const WordGroups& groups, const T* delta,
                int64_t deltaStride, const StepRule<T>& rule, Columns columns) {
  forEachTile<T>(columns, [&]<int kTile>(int64_t begin) {
    const bool plain = rule.kind == StepRule<T>::Kind::plain;
    const auto update = groups.values != nullptr ? updateRowsTile<T, kTile, true, false>
                        : plain                  ? updateRowsTile<T, kTile, false, true>
                                                 : updateRowsTile<T, kTile, false, false>;
    update(advance(table, begin), stride, groups, delta + begin, deltaStride, rule);
  });
}

template <typename T>
void stepRow(Target<T> target, const T* rows, int64_t stride, const T* coefficients, int64_t every,
             int64_t count, const StepRule<T>& rule, Columns columns) {
  forEachTile<T>(columns, [=, &rule]<int kTile>(int64_t begin) {
    Vector<T> sum[kTile] = {};
    for (int64_t e = 0; e < count; ++e) {
      const T coefficient = coefficients == nullptr ? T{1} : coefficients[e * every];
      const T* row = rows + e * stride + begin;
      for (int k = 0; k < kTile; ++k) sum[k] += coefficient * load(row + k * lanes<T>);
    }
    if (rule.kind == StepRule<T>::Kind::plain) {
      stepTile<T, kTile, true>(advance(target, begin), sum, rule);
    } else {
      stepTile<T, kTile, false>(advance(target, begin), sum, rule);
    }
  });
}

template <typename T>
inline Vector<T> weightedSum(Vector<T> sum, const T* rows, int64_t stride, const T* factors, int64_t count) {
  for (int64_t r = 0; r < count; ++r) sum += factors[r] * load(rows + r * stride);
  return sum;
}

template <typename T>
void addAndClamp(T* out, const T* base, const T* rows, int64_t stride, const T* factors, int64_t count,
                 T least, Columns columns) {
  const Vector<T> bound = Vector<T>{} + least;
  for (int64_t c = columns.begin; c < columns.end; c += lanes<T>) {
    const Vector<T> sum = weightedSum<T>(load(base + c), rows + c, stride, factors, count);
    store(out + c, sum < bound ? bound : sum);
  }
}

template <typename T>
void reluBackward(T* out, const T* hidden, const T* rows, int64_t stride, const T* factors, int64_t count,
                  Columns columns) {
  const Vector<T> zero = {};
  for (int64_t c = columns.begin; c < columns.end; c += lanes<T>) {
    const Vector<T> sum = weightedSum<T>(zero, rows + c, stride, factors, count);
    store(out + c, load(hidden + c) > zero ? sum : zero);
  }
}

/** Sums pairwise over the lanes. */
template <typename T>
inline T sumOfLanes(Vector<T> sum) {
  for (int64_t width = lanes<T> / 2; width > 0; width /= 2) {
    for (int64_t i = 0; i < width; ++i) sum[i] += sum[i + width];
  }
  return sum[0];
}

template <typename T>
T dot(const T* a, const T* b, int64_t count) {
  Vector<T> sum = {};
  for (int64_t i = 0; i < count; i += lanes<T>) sum += load(a + i) * load(b + i);
  return sumOfLanes<T>(sum);
}

template <typename T>
T groupGradientSquaredNorm(const WordGroups& groups, int64_t group, const T* delta, int64_t deltaStride) {
  Vector<T> squares = {};
  for (int64_t c = 0; c < deltaStride; c += lanes<T>) {
    Vector<T> sum = {};
    for (int32_t j = groups.starts[group]; j < groups.starts[group + 1]; ++j) {
      addRow<T, 1>(&sum, delta + groups.examples[j] * deltaStride + c,
                   groups.values == nullptr ? nullptr : groups.values + j);
    }
    squares += sum * sum;
  }
  return sumOfLanes<T>(squares);
}

#include "kernels/linear_loops.inl"

}  // namespace

TakeDualSteps dualSteps() { return takeDualSteps; }

template <typename T>
const Kernels<T>& table() {
  static constexpr Kernels<T> kTable = {sumRows<T>,       updateRows<T>,     groupGradientSquaredNorm<T>,
                                        sumNarrowRows<T>, scatterAddRows<T>, gatherRows<T>,
                                        scatterRows<T>,   stepRow<T>,        stepElements<T>,
                                        addAndClamp<T>,   reluBackward<T>,   dot<T>};
  return kTable;
}

template const Kernels<float>& table<float>();
template const Kernels<double>& table<double>();

}  // namespace imdb::kernels::KERNELS_NAMESPACE
