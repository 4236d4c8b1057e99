#pragma once

#include <cstdint>

#include "kernels/step_rule.h"

namespace imdb::kernels {

/** The loops work in vectors of this many bytes. Rows and column ranges are whole vectors (see `lanes`). */
inline constexpr int64_t kVectorBytes = 32;

template <typename T>
inline constexpr int64_t lanes = kVectorBytes / static_cast<int64_t>(sizeof(T));

/** Returns the distance between two rows of a matrix that the kernels read: whole vectors. */
template <typename T>
constexpr int64_t paddedColumns(int64_t columns) {
  return (columns + lanes<T> - 1) / lanes<T> * lanes<T>;
}

/** Returns the distance between two rows of a table that has one for each word. Rows narrower than a vector
 * are packed: most of what is read of such a table would else be padding. */
template <typename T>
constexpr int64_t tableStride(int64_t columns) {
  return columns < lanes<T> ? columns : paddedColumns<T>(columns);
}

/** A range of columns; both ends are multiples of `lanes`. */
struct Columns {
  int64_t begin;
  int64_t end;
};

/** Groups the entries of a batch by word: word `words[g]` occurs in `examples[starts[g] .. starts[g + 1])`.
 */
struct WordGroups {
  const int32_t* words;
  const int32_t* starts;
  const int32_t* examples;
  const float* values;  // one per element of `examples`; null: all 1
  int64_t count;
};

/**
 * The loops that take the time, over raw pointers. Every column is computed by itself, in the order of the
 * ids or examples, and products and sums are rounded one by one (no fused multiply-add): the bits do not
 * depend on the instruction set nor on how columns are split between threads.
 *
 * Matrices are row-major with rows of whole vectors, unless they are narrow; what lies past the real columns
 * is 0.
 */
template <typename T>
struct Kernels {
  /** out[c] = bias[c] + sum over `ids` of value * table[id, c]; null `values` are ones. */
  void (*sumRows)(const T* table, int64_t stride, const int32_t* ids, const float* values, int64_t count,
                  const T* bias, T* out, Columns columns);
  /** Takes one step of the rows of the groups' words: the gradient of a word is the sum over its examples of
   * value * delta[example, c]. */
  void (*updateRows)(Target<T> table, int64_t stride, const WordGroups& groups, const T* delta,
                     int64_t deltaStride, const StepRule<T>& rule, Columns columns);
  /** Returns the sum over all columns of the squares of a group's gradient. */
  T (*groupGradientSquaredNorm)(const WordGroups& groups, int64_t group, const T* delta, int64_t deltaStride);
  /** out[r] = sum over the ids in `ids .. end` of value * table[id, r], for rows of `width` numbers, which
   * may be one. */
  void (*sumNarrowRows)(const T* table, int64_t width, const int32_t* ids, const int32_t* end,
                        const float* values, T* out);
  /** table[id, r] += value * row[r] for every id in `ids .. end`. */
  void (*scatterAddRows)(T* table, int64_t width, const int32_t* ids, const int32_t* end, const float* values,
                         const T* row);
  /** rows[i, r] = table[words[i], r], for rows of `width` numbers that lie `stride` apart in the table. */
  void (*gatherRows)(T* rows, const T* table, int64_t stride, int64_t width, const int32_t* words,
                     int64_t count);
  /** table[words[i], r] = rows[i, r]. */
  void (*scatterRows)(const T* rows, T* table, int64_t stride, int64_t width, const int32_t* words,
                      int64_t count);
  /** Takes one step of a row with the gradient sum over e of coefficients[e * every] * rows[e, c]; null
   * coefficients are ones. */
  void (*stepRow)(Target<T> target, const T* rows, int64_t stride, const T* coefficients, int64_t every,
                  int64_t count, const StepRule<T>& rule, Columns columns);
  /** Takes one step of any elements; a null `gradient` is 0. */
  void (*stepElements)(Target<T> target, const T* gradient, int64_t count, const StepRule<T>& rule);
  /** out[c] = max(base[c] + sum over r of factors[r] * rows[r, c], least); NaN stays NaN. `out` may
   * be `base`. */
  void (*addAndClamp)(T* out, const T* base, const T* rows, int64_t stride, const T* factors, int64_t count,
                      T least, Columns columns);
  /** out[c] = hidden[c] > 0 ? sum over r of factors[r] * rows[r, c] : 0. */
  void (*reluBackward)(T* out, const T* hidden, const T* rows, int64_t stride, const T* factors,
                       int64_t count, Columns columns);
  /** Returns the sum of a[i] * b[i], lane by lane, then pairwise over the lanes; `count` is a multiple of
   * `lanes`. */
  T (*dot)(const T* a, const T* b, int64_t count);
};

/** Returns the name of the widest instruction set that was compiled in and that this processor has. */
const char* instructionSetName();

/** Returns the loops for that instruction set. */
template <typename T>
const Kernels<T>& kernels();

}  // namespace imdb::kernels
