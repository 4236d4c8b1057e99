#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "core/fused/batch_words.h"
#include "core/fused/elements.h"
#include "core/tensors/huge_pages.h"
#include "kernels/kernels.h"

namespace imdb {

/**
 * x times a table with a narrow row for each word (down^T, or W^T where the hidden layer is narrower than a
 * vector), and the gradient and the steps of the table. Each range of words is worked on by itself.
 *
 * A training stores what it needs of the rows in one of two ways. In place: the gradient lies beside the
 * whole table, and a step moves every row. Gathered: a step moves the rows of the batch's words alone, and
 * rows, gradient and state of these lie side by side, range by range; in the table they lie far apart, and
 * each would be waited for again at every entry of its word.
 */
template <typename T>
class NarrowTable {
 public:
  /** Works from now on in place on `values [vocabulary, width]`, in batches of at most `batchSize` examples.
   */
  void open(const T* values, int64_t width, int64_t batchSize) {
    values_ = values;
    width_ = width;
    batchSize_ = batchSize;
    isGathered_ = false;
    reserveAtLeast(&parts_, Bags::kWordRanges * batchSize * width);
  }

  /** Prepares for the gradient and the steps, gathered where only rows of the batch's words move. */
  void openForTraining(const Bags& bags, bool movesBatchWordsOnly) {
    isGathered_ = movesBatchWordsOnly;
    for (int range = 0; range <= Bags::kWordRanges; ++range) borders_[range] = bags.wordBorder(range);
    if (!isGathered_) reserveAtLeast(&gradient_, bags.vocabularySize() * width_);
  }

  /** Gathers the rows of a batch, where they are gathered; their gradient is 0. */
  void startBatch(const Batch& batch, WordRanges ranges) {
    for (int range = ranges.begin; isGathered_ && range < ranges.end; ++range) {
      GatheredRows& rows = gathered_[range];
      rows.words.collect(batch, range);
      const int64_t count = rows.words.count(), elements = count * width_;
      for (auto* values : {&rows.values, &rows.gradient, &rows.first, &rows.second})
        reserveAtLeast(values, elements);
      kernels_.gatherRows(rows.values.data(), values_, width_, width_, rows.words.begin(), count);
      std::fill_n(rows.gradient.data(), elements, T{0});
    }
  }

  /** Computes x times the rows of some ranges, of some examples, for `product`. */
  void multiply(const Batch& batch, Examples examples, WordRanges ranges) {
    const auto multiplyRange = [&](int64_t example, int range) {
      const T* const rows = isGathered_ ? gathered_[range].values.data() : values_;
      const Entries entries = entriesOf(batch, example, range, range + 1);
      kernels_.sumNarrowRows(rows, width_, entries.begin, entries.end, entries.values,
                             parts_.data() + (range * batchSize_ + example) * width_);
    };
    // Gathered, the rows of a range lie together; in place, the entries of an example do.
    for (int range = ranges.begin; isGathered_ && range < ranges.end; ++range)
      for (int64_t example = examples.begin; example < examples.end; ++example) multiplyRange(example, range);
    for (int64_t example = examples.begin; !isGathered_ && example < examples.end; ++example)
      for (int range = ranges.begin; range < ranges.end; ++range) multiplyRange(example, range);
  }

  /** Returns element `index` of x times the table, [batch, width]. */
  T product(int64_t index) const {
    T sum = 0;
    for (int range = 0; range < Bags::kWordRanges; ++range)
      sum += parts_[range * batchSize_ * width_ + index];
    return sum;
  }

  /** Adds the gradient of the rows.
   * @param delta [batch, stride]: the derivative of the loss by x times the table */
  void addGradient(const Batch& batch, const T* delta, int64_t stride, WordRanges ranges) {
    // In place, an example's entries of all ranges lie behind each other: one call adds them.
    const int together = isGathered_ ? 1 : ranges.end - ranges.begin;
    for (int range = ranges.begin; range < ranges.end; range += together) {
      T* const gradient = isGathered_ ? gathered_[range].gradient.data() : gradient_.data();
      for (int64_t example = 0; example < batch.count; ++example) {
        const Entries entries = entriesOf(batch, example, range, range + together);
        kernels_.scatterAddRows(gradient, width_, entries.begin, entries.end, entries.values,
                                delta + example * stride);
      }
    }
  }

  double gradientSquaredNorm(int range) {
    const std::span<T> gradient = gradientOf(range);
    return squaredNorm(gradient.data(), gradient.size());
  }

  void scaleGradient(T factor, WordRanges ranges) {
    for (int range = ranges.begin; range < ranges.end; ++range)
      scale(gradientOf(range).data(), gradientOf(range).size(), factor);
  }

  /** Moves `target` and clears the gradient.
   * @param target the table, or a gradient of its shape, and its state, whose rows lie `stateStride` apart */
  void step(const kernels::Target<T>& target, int64_t stateStride, const kernels::StepRule<T>& rule,
            WordRanges ranges) {
    for (int range = ranges.begin; range < ranges.end; ++range) {
      if (isGathered_) {
        stepGathered(&gathered_[range], target, stateStride, rule);
        continue;
      }
      const std::span<T> gradient = gradientOf(range);
      kernels_.stepElements(advance(target, gradient.data() - gradient_.data()), gradient.data(),
                            gradient.size(), rule);
      std::fill(gradient.begin(), gradient.end(), T{0});
    }
  }

  int64_t bytes() const {
    int64_t bytes = bytesOf(parts_, gradient_);
    for (const GatheredRows& rows : gathered_)
      bytes += bytesOf(rows.values, rows.gradient, rows.first, rows.second);
    return bytes;
  }

 private:
  /** The rows of the words of a batch that lie in a range. */
  struct GatheredRows {
    DistinctWords words;
    UninitializedVector<T> values, gradient, first, second;  // [words, width]
  };
  /** The places of the rows of an example's entries in some ranges, and what the rows are multiplied by. */
  struct Entries {
    const int32_t* begin;
    const int32_t* end;
    const float* values;
  };

  /** The entries of an example from range `range` to before range `end`, which is the next one where rows are
   * gathered. */
  Entries entriesOf(const Batch& batch, int64_t example, int range, int end) const {
    const int32_t* const ids = batch.idsFrom(example, range);
    const float* const values = batch.bags.valuesOf(ids);
    if (!isGathered_) return {ids, batch.idsFrom(example, end), values};
    const DistinctWords& words = gathered_[range].words;
    return {words.places(example), words.places(example + 1), values};
  }

  /** Returns the gradient of the rows of a range that move. */
  std::span<T> gradientOf(int range) {
    GatheredRows& rows = gathered_[range];
    if (isGathered_) return {rows.gradient.data(), static_cast<size_t>(rows.words.count() * width_)};
    const int64_t first = borders_[range] * width_, end = borders_[range + 1] * width_;
    return {gradient_.data() + first, static_cast<size_t>(end - first)};
  }

  void stepGathered(GatheredRows* rows, const kernels::Target<T>& target, int64_t stateStride,
                    const kernels::StepRule<T>& rule) const {
    const int32_t* const words = rows->words.begin();
    const int64_t count = rows->words.count();
    const auto gather = [&](UninitializedVector<T>* into, const T* from, int64_t stride) -> T* {
      if (from == nullptr) return nullptr;
      kernels_.gatherRows(into->data(), from, stride, width_, words, count);
      return into->data();
    };
    // The target may be a gradient instead of the table.
    if (target.value != values_) gather(&rows->values, target.value, width_);
    const kernels::Target<T> moved{rows->values.data(), gather(&rows->first, target.first, stateStride),
                                   gather(&rows->second, target.second, stateStride)};
    kernels_.stepElements(moved, rows->gradient.data(), count * width_, rule);
    const auto scatter = [&](const T* from, T* into, int64_t stride) {
      if (from != nullptr) kernels_.scatterRows(from, into, stride, width_, words, count);
    };
    scatter(moved.value, target.value, width_);
    scatter(moved.first, target.first, stateStride);
    scatter(moved.second, target.second, stateStride);
  }

  const kernels::Kernels<T>& kernels_ = kernels::kernels<T>();
  const T* values_ = nullptr;
  int64_t width_ = 0;
  int64_t batchSize_ = 0;
  bool isGathered_ = false;
  std::array<int64_t, Bags::kWordRanges + 1> borders_{};  // see Bags::wordBorder

  UninitializedVector<T> parts_;     // [Bags::kWordRanges, batch, width], of x times the table
  UninitializedVector<T> gradient_;  // [vocabulary, width], 0 between batches; only in place
  std::array<GatheredRows, Bags::kWordRanges> gathered_;
};

}  // namespace imdb
