#pragma once

#include <cstdint>
#include <vector>

#include "core/fused/batch.h"
#include "kernels/kernels.h"

namespace imdb {

/** The words of a batch that lie in a word range, each once. Memory is reused from batch to batch. */
class DistinctWords {
 public:
  void collect(const Batch& batch, int range);
  const int32_t* begin() const { return words_.data(); }
  int64_t count() const { return count_; }
  /** Returns, for each id of an example that lies in the range, which of the words it is. They end where
   * those of the next example begin. */
  const int32_t* places(int64_t example) const { return places_.data() + starts_[example]; }

 private:
  std::vector<int32_t> numbers_;  // [words of the range]: 1 + place of a word, all 0 between calls
  std::vector<int32_t> words_;    // in order of first appearance
  std::vector<int32_t> places_;   // [entries]
  std::vector<int32_t> starts_;   // [examples + 1]: where the places of each begin
  int64_t count_ = 0;
};

/** The entries of a batch that lie in some word ranges, grouped by word. Memory is reused from batch to
 * batch. */
class EntriesByWord {
 public:
  void build(const Batch& batch, WordRanges ranges);
  kernels::WordGroups view() const {
    return {words_.data(), starts_.data(), examples_.data(), values_.empty() ? nullptr : values_.data(),
            count_};
  }
  /** Sorts the words for `forEachMissing`. */
  void sortWords();
  /** Calls `visit(word)` for every word in `first .. last - 1` that the batch lacks. */
  template <typename Visit>
  void forEachMissing(int64_t first, int64_t last, Visit visit) const {
    for (const int64_t word : sorted_) {
      for (; first < word; ++first) visit(first);
      first = word + 1;
    }
    for (; first < last; ++first) visit(first);
  }

 private:
  std::vector<int32_t> cursor_;    // [vocabulary], all 0 between calls
  std::vector<int32_t> words_;     // [groups], in order of first appearance
  std::vector<int32_t> starts_;    // [groups + 1]
  std::vector<int32_t> examples_;  // [entries], ascending within a group
  std::vector<float> values_;      // [entries], empty where all are 1
  std::vector<int32_t> sorted_;    // [groups], as `sortWords` leaves them
  int64_t count_ = 0;
};

}  // namespace imdb
