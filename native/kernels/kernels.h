#pragma once

#include <cstdint>

namespace imdb::kernels {

/** Bytes of the vectors that the loops work in. Rows and column ranges are whole vectors (see `lanes`). */
inline constexpr int64_t kVectorBytes = 32;

template <typename T>
inline constexpr int64_t lanes = kVectorBytes / static_cast<int64_t>(sizeof(T));

/** `columns` rounded up to whole vectors: the distance between two rows of a matrix that the kernels read. */
template <typename T>
constexpr int64_t paddedColumns(int64_t columns) {
  return (columns + lanes<T> - 1) / lanes<T> * lanes<T>;
}

/** A range of columns; both ends are multiples of `lanes`. */
struct Columns {
  int64_t begin;
  int64_t end;
};

/** Examples of a batch grouped by word: word `words[g]` is in the examples `examples[starts[g] .. starts[g +
 * 1])`. */
struct WordGroups {
  const int32_t* words;
  const int32_t* starts;
  const int32_t* examples;
  int64_t count;
};

/**
 * The loops that take the time, over raw pointers. Every column is computed by itself, in the order of the
 * ids or examples, and products and sums are rounded one by one (no fused multiply-add): the bits do not
 * depend on the instruction set nor on how columns are split between threads.
 *
 * Matrices are row-major with rows of whole vectors; what lies past the real columns is 0.
 */
template <typename T>
struct Kernels {
  /** out[c] = bias[c] + sum over `ids` of table[id, c] */
  void (*sumRows)(const T* table, int64_t stride, const int32_t* ids, int64_t count, const T* bias, T* out,
                  Columns columns);
  /** table[word, c] -= rate * (sum over the word's examples of delta[example, c]), for every group. */
  void (*updateRows)(T* table, int64_t stride, WordGroups groups, const T* delta, int64_t deltaStride, T rate,
                     Columns columns);
  /** out[r] = sum over the ids in `ids .. end` of table[id, r], for rows of `width` numbers, which may be
   * one. */
  void (*sumNarrowRows)(const T* table, int64_t width, const int32_t* ids, const int32_t* end, T* out);
  /** table[id, r] += row[r] for every id in `ids .. end` */
  void (*addToNarrowRows)(T* table, int64_t width, const int32_t* ids, const int32_t* end, const T* row);
  /** target[c] -= rate * (sum over examples e of coefficients[e * every] * rows[e, c]); null coefficients are
   * ones. */
  void (*stepRow)(T* target, const T* rows, int64_t stride, const T* coefficients, int64_t every,
                  int64_t count, T rate, Columns columns);
  /** out[c] = max(base[c] + sum over r of factors[r] * rows[r, c], 0); NaN stays NaN. `out` may be `base`. */
  void (*reluOfSum)(T* out, const T* base, const T* rows, int64_t stride, const T* factors, int64_t count,
                    Columns columns);
  /** out[c] = hidden[c] > 0 ? sum over r of factors[r] * rows[r, c] : 0 */
  void (*reluBackward)(T* out, const T* hidden, const T* rows, int64_t stride, const T* factors,
                       int64_t count, Columns columns);
  /** sum of a[i] * b[i], lane by lane and then pairwise over the lanes; `count` a multiple of `lanes` */
  T (*dot)(const T* a, const T* b, int64_t count);
};

enum class InstructionSet { portable, avx2, avx512 };

/** The widest instruction set that was compiled in and that this processor has. */
InstructionSet instructionSet();
const char* instructionSetName();

template <typename T>
const Kernels<T>& kernels();

}  // namespace imdb::kernels
