#pragma once

#include <cstdint>

#include "core/data/bags.h"

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
 * Reads a byte of a page. Processors drop a prefetch whose page they would have to look up first, so the
 * pages of rows in random order are touched some time before the rows are prefetched.
 */
inline void pretouchPage(const void* memory) { (void)*static_cast<const volatile char*>(memory); }

/** The word ranges `begin .. end - 1` of Bags. */
struct WordRanges {
  int begin;
  int end;
};

inline constexpr WordRanges kAllWordRanges{0, Bags::kWordRanges};

/** The examples `begin .. end - 1` of a batch. */
struct Examples {
  int64_t begin;
  int64_t end;
};

/** A batch: rows of `bags`. */
struct Batch {
  /** Memory is asked for this many examples ahead: the rows of a shuffled batch lie anywhere. */
  static constexpr int64_t kAhead = 4;

  /** Asks for the ids of an example, which may lie behind the last one, in some word ranges. */
  void prefetchIds(int64_t example, WordRanges ranges = kAllWordRanges) const {
    if (example + 2 * kAhead < count) pretouchPage(bags.placesOf(rows[example + 2 * kAhead]));
    if (example + kAhead < count) pretouchIds(example + kAhead, ranges);
    if (example >= count) return;
    const int32_t* const begin = idsFrom(example, ranges.begin);
    prefetch(begin, idsFrom(example, ranges.end) - begin);
  }
  /** Touches the page of the ids. Without ids there may be no memory behind their place. */
  void pretouchIds(int64_t example, WordRanges ranges) const {
    const int32_t* const ids = idsFrom(example, ranges.begin);
    if (ids != idsFrom(example, ranges.end)) pretouchPage(ids);
  }
  /** Returns the first id of an example that lies in word range `range` or behind it. */
  const int32_t* idsFrom(int64_t example, int range) const { return bags.idsFrom(rows[example], range); }

  const Bags& bags;
  const int64_t* rows;
  int64_t count;
};

}  // namespace imdb
