// The loops themselves. Each file kernels_*.cpp compiles them for one instruction set, in a namespace of its
// own (KERNELS_NAMESPACE), with KERNELS_MAX_TILE accumulators, as many as its registers hold. No standard
// header that defines inline functions may be included here: the linker could pick such a function's AVX code
// for all callers.

#include "kernels/kernels.h"

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

template <typename T, int kTile>
void sumRowsTile(const T* table, int64_t stride, const int32_t* ids, int64_t count, const T* bias, T* out) {
  constexpr int64_t kLanes = lanes<T>;
  constexpr int64_t kIdsAhead = 8;
#ifdef IMDB_PLANTED_READ  // see CMakeLists.txt
  ++count;
#endif
  Vector<T> sum[kTile] = {};
  for (int64_t j = 0; j < count; ++j) {
    if (j + kIdsAhead < count) prefetch(table + ids[j + kIdsAhead] * stride, kTile * kLanes);
    const T* row = table + ids[j] * stride;
    for (int k = 0; k < kTile; ++k) sum[k] += load(row + k * kLanes);
  }
  for (int k = 0; k < kTile; ++k) store(out + k * kLanes, sum[k] + load(bias + k * kLanes));
}

template <typename T, int kTile>
void updateRowsTile(T* table, int64_t stride, const WordGroups& groups, const T* delta, int64_t deltaStride,
                    T rate) {
  constexpr int64_t kLanes = lanes<T>;
  constexpr int64_t kGroupsAhead = 4;
  for (int64_t g = 0; g < groups.count; ++g) {
    if (g + kGroupsAhead < groups.count)
      prefetch(table + groups.words[g + kGroupsAhead] * stride, kTile * kLanes);
    Vector<T> sum[kTile] = {};
    for (int32_t j = groups.starts[g]; j < groups.starts[g + 1]; ++j) {
      const T* row = delta + groups.examples[j] * deltaStride;
      for (int k = 0; k < kTile; ++k) sum[k] += load(row + k * kLanes);
    }
    T* row = table + groups.words[g] * stride;
    for (int k = 0; k < kTile; ++k) store(row + k * kLanes, load(row + k * kLanes) - rate * sum[k]);
  }
}

/** Calls f.template run<N>() with N = tile, which is a number of registers and so has to be known when
 * compiling. */
template <int kTile, typename F>
inline void withTile(int64_t tile, const F& f) {
  if constexpr (kTile > 1) {
    if (tile < kTile) return withTile<kTile - 1>(tile, f);
  }
  f.template run<kTile>();
}

/** Cuts `columns` into tiles of nearly equal width, none wider than the registers allow. */
template <typename T, typename F>
inline void forEachTile(Columns columns, F f) {
  int64_t left = (columns.end - columns.begin) / lanes<T>;
  int64_t tiles = (left + KERNELS_MAX_TILE - 1) / KERNELS_MAX_TILE;
  for (f.begin = columns.begin; tiles > 0; --tiles) {
    const int64_t tile = (left + tiles - 1) / tiles;
    withTile<KERNELS_MAX_TILE>(tile, f);
    f.begin += tile * lanes<T>;
    left -= tile;
  }
}

template <typename T>
struct SumRows {
  const T* table;
  int64_t stride;
  const int32_t* ids;
  int64_t count;
  const T* bias;
  T* out;
  int64_t begin;

  template <int kTile>
  void run() const {
    sumRowsTile<T, kTile>(table + begin, stride, ids, count, bias + begin, out + begin);
  }
};

template <typename T>
void sumRows(const T* table, int64_t stride, const int32_t* ids, int64_t count, const T* bias, T* out,
             Columns columns) {
  forEachTile<T>(columns, SumRows<T>{table, stride, ids, count, bias, out, 0});
}

template <typename T>
struct UpdateRows {
  T* table;
  int64_t stride;
  const WordGroups& groups;
  const T* delta;
  int64_t deltaStride;
  T rate;
  int64_t begin;

  template <int kTile>
  void run() const {
    updateRowsTile<T, kTile>(table + begin, stride, groups, delta + begin, deltaStride, rate);
  }
};

template <typename T>
void updateRows(T* table, int64_t stride, WordGroups groups, const T* delta, int64_t deltaStride, T rate,
                Columns columns) {
  forEachTile<T>(columns, UpdateRows<T>{table, stride, groups, delta, deltaStride, rate, 0});
}

template <typename T>
void sumNarrowRows(const T* table, int64_t width, const int32_t* ids, const int32_t* end, T* out) {
  if (width == 1) {
    // Four sums side by side: one alone would wait for each addition to finish.
    T sum[4] = {};
    for (; ids + 4 <= end; ids += 4) {
      for (int k = 0; k < 4; ++k) sum[k] += table[ids[k]];
    }
    for (; ids < end; ++ids) sum[0] += table[*ids];
    *out = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    return;
  }
  for (int64_t r = 0; r < width; ++r) out[r] = 0;
  for (; ids < end; ++ids) {
    for (int64_t r = 0; r < width; ++r) out[r] += table[*ids * width + r];
  }
}

template <typename T>
void addToNarrowRows(T* table, int64_t width, const int32_t* ids, const int32_t* end, const T* row) {
  if (width == 1) {
    for (; ids < end; ++ids) table[*ids] += *row;
    return;
  }
  for (; ids < end; ++ids) {
    for (int64_t r = 0; r < width; ++r) table[*ids * width + r] += row[r];
  }
}

template <typename T>
struct StepRow {
  T* target;
  const T* rows;
  int64_t stride;
  const T* coefficients;
  int64_t every;
  int64_t count;
  T rate;
  int64_t begin;

  template <int kTile>
  void run() const {
    Vector<T> sum[kTile] = {};
    for (int64_t e = 0; e < count; ++e) {
      const T coefficient = coefficients == nullptr ? T{1} : coefficients[e * every];
      const T* row = rows + e * stride + begin;
      for (int k = 0; k < kTile; ++k) sum[k] += coefficient * load(row + k * lanes<T>);
    }
    T* out = target + begin;
    for (int k = 0; k < kTile; ++k) store(out + k * lanes<T>, load(out + k * lanes<T>) - rate * sum[k]);
  }
};

template <typename T>
void stepRow(T* target, const T* rows, int64_t stride, const T* coefficients, int64_t every, int64_t count,
             T rate, Columns columns) {
  forEachTile<T>(columns, StepRow<T>{target, rows, stride, coefficients, every, count, rate, 0});
}

template <typename T>
inline Vector<T> weightedSum(Vector<T> sum, const T* rows, int64_t stride, const T* factors, int64_t count) {
  for (int64_t r = 0; r < count; ++r) sum += factors[r] * load(rows + r * stride);
  return sum;
}

template <typename T>
void reluOfSum(T* out, const T* base, const T* rows, int64_t stride, const T* factors, int64_t count,
               Columns columns) {
  const Vector<T> zero = {};
  for (int64_t c = columns.begin; c < columns.end; c += lanes<T>) {
    const Vector<T> sum = weightedSum<T>(load(base + c), rows + c, stride, factors, count);
    store(out + c, sum < zero ? zero : sum);
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

template <typename T>
T dot(const T* a, const T* b, int64_t count) {
  Vector<T> sum = {};
  for (int64_t i = 0; i < count; i += lanes<T>) sum += load(a + i) * load(b + i);
  for (int64_t width = lanes<T> / 2; width > 0; width /= 2) {
    for (int64_t i = 0; i < width; ++i) sum[i] += sum[i + width];
  }
  return sum[0];
}

}  // namespace

template <typename T>
const Kernels<T>& table() {
  static constexpr Kernels<T> kTable = {sumRows<T>, updateRows<T>, sumNarrowRows<T>, addToNarrowRows<T>,
                                        stepRow<T>, reluOfSum<T>,  reluBackward<T>,  dot<T>};
  return kTable;
}

template const Kernels<float>& table<float>();
template const Kernels<double>& table<double>();

}  // namespace imdb::kernels::KERNELS_NAMESPACE
