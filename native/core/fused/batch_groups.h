#pragma once

#include <cstdint>
#include <vector>

#include "core/data/bags.h"
#include "kernels/kernels.h"

namespace imdb {

/** Asks for the cache lines of values that will be needed soon. */
template <typename T>
void prefetch(const T* values, int64_t count) {
  constexpr uintptr_t kCacheLine = 64;
  const auto end = reinterpret_cast<uintptr_t>(values + count);
  for (uintptr_t line = reinterpret_cast<uintptr_t>(values) & ~(kCacheLine - 1); line < end;
       line += kCacheLine)
    __builtin_prefetch(reinterpret_cast<const void*>(line));
}

/**
 * Reads a byte. Processors drop a prefetch whose page they would have to look up first, so rows in random
 * order are touched some time before they are prefetched.
 */
inline void touch(const void* memory) { (void)*static_cast<const volatile char*>(memory); }

/** The word ranges `begin .. end - 1` of Bags. */
struct WordRanges {
  int begin;
  int end;
};

/** A batch: rows of `bags`. */
struct Batch {
  /** How many examples ahead of use memory is asked for: the rows of a shuffled batch lie anywhere. */
  static constexpr int64_t kAhead = 4;

  void prefetchIds(int64_t example) const { prefetchIds(example, {0, Bags::kWordRanges}); }
  /** As above, of the ids that lie in `ranges`. */
  void prefetchIds(int64_t example, WordRanges ranges) const {
    if (example + 2 * kAhead < count) touch(bags.placesOf(rows[example + 2 * kAhead]));
    if (example + kAhead < count) touchIds(example + kAhead, ranges);
    if (example >= count) return;
    const int32_t* const begin = idsFrom(example, ranges.begin);
    prefetch(begin, idsFrom(example, ranges.end) - begin);
  }
  /** Where there are none, there may be no memory behind their place. */
  void touchIds(int64_t example, WordRanges ranges) const {
    const int32_t* const ids = idsFrom(example, ranges.begin);
    if (ids != idsFrom(example, ranges.end)) touch(ids);
  }
  /** The first id of an example that lies in word range `range` or behind it. */
  const int32_t* idsFrom(int64_t example, int range) const { return bags.idsFrom(rows[example], range); }

  const Bags& bags;
  const int64_t* rows;
  int64_t count;
};

/** The words of a batch that lie in a word range, each once. Memory is reused from batch to batch. */
class DistinctWords {
 public:
  void collect(const Batch& batch, int range);
  const int32_t* begin() const { return words_.data(); }
  int64_t count() const { return count_; }
  /** For each id of an example that lies in the range, which of the words it is; its end for the next one. */
  const int32_t* places(int64_t example) const { return places_.data() + starts_[example]; }

 private:
  std::vector<int32_t> numbers_;  // [words of the range]: 1 + place of a word, all 0 between calls
  std::vector<int32_t> words_;    // in order of first appearance
  std::vector<int32_t> places_;   // [entries]
  std::vector<int32_t> starts_;   // [examples + 1]: where the places of each begin
  int64_t count_ = 0;
};

/** The entries of a batch that lie in some word ranges, grouped by word. Memory is reused from batch to
 * batch.
 */
class BatchGroups {
 public:
  void build(const Batch& batch, WordRanges ranges);
  kernels::WordGroups view() const {
    return {words_.data(), starts_.data(), examples_.data(), values_.empty() ? nullptr : values_.data(),
            count_};
  }
  /** Has `forEachMissing` know the words. */
  void sortWords();
  /** Calls `visit(word)` for every word in `first .. last - 1` that the batch lacks. */
  template <typename Visit>
  void forEachMissing(int64_t first, int64_t last, Visit visit) const;

 private:
  std::vector<int32_t> cursor_;    // [vocabulary], all 0 between calls
  std::vector<int32_t> words_;     // [groups], in order of first appearance
  std::vector<int32_t> starts_;    // [groups + 1]
  std::vector<int32_t> examples_;  // [entries], ascending within a group
  std::vector<float> values_;      // [entries], empty where all are 1
  std::vector<int32_t> sorted_;    // [groups], as `sortWords` leaves them
  int64_t count_ = 0;
};

template <typename Visit>
void BatchGroups::forEachMissing(int64_t first, int64_t last, Visit visit) const {
  for (const int64_t word : sorted_) {
    for (; first < word; ++first) visit(first);
    first = word + 1;
  }
  for (; first < last; ++first) visit(first);
}

}  // namespace imdb
