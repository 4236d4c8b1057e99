#pragma once

#include <cstdint>
#include <vector>

#include "core/bags.h"
#include "kernels/kernels.h"

namespace imdb {

/** Asks for the cache lines of values that will be needed soon. */
template <typename T>
void prefetch(const T* values, int64_t count) {
  constexpr int64_t kCacheLine = 64 / static_cast<int64_t>(sizeof(T));
  for (int64_t i = 0; i < count; i += kCacheLine) __builtin_prefetch(values + i);
}

/** A batch: rows of `bags`. */
struct Batch {
  /** How many examples ahead of use memory is asked for: the rows of a shuffled batch lie anywhere. */
  static constexpr int64_t kAhead = 2;

  void prefetchIds(int64_t example) const {
    if (example < count) prefetch(bags.ids(rows[example]), bags.size(rows[example]));
  }

  const Bags& bags;
  const int64_t* rows;
  int64_t count;
};

struct IdRange {
  const int32_t* begin;
  const int32_t* end;
};

/** The ids of an example of the batch that lie in `firstWord .. endWord - 1`. */
IdRange idsWithin(const Batch& batch, int64_t example, int32_t firstWord, int32_t endWord);

/** The entries of a batch whose ids lie in a range, grouped by word. Memory is reused from batch to batch. */
class BatchGroups {
 public:
  void build(const Batch& batch, int32_t firstWord, int32_t endWord);
  kernels::WordGroups view() const { return {words_.data(), starts_.data(), examples_.data(), count_}; }

 private:
  std::vector<IdRange> ranges_;    // [batch]
  std::vector<int32_t> cursor_;    // [vocabulary], all 0 between calls
  std::vector<int32_t> words_;     // [groups], in order of first appearance
  std::vector<int32_t> starts_;    // [groups + 1]
  std::vector<int32_t> examples_;  // [entries], ascending within a group
  int64_t count_ = 0;
};

}  // namespace imdb
