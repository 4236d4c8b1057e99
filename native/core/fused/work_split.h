#pragma once

#include <algorithm>
#include <cstdint>

#include "core/fused/batch.h"
#include "kernels/kernels.h"
#include "kernels/thread_team.h"

namespace imdb {

/** The part of the work that each thread owns; see fused_training.h. */
template <typename T>
class WorkSplit {
 public:
  /** Gradients are summed over blocks of this many examples, whose rows are still in a core's own cache then;
   * threads hand each other the sums and not the rows. Blocks do not depend on the number of threads. */
  static constexpr int64_t kBlock = 8;
  static int64_t blocksOf(int64_t examples) { return (examples + kBlock - 1) / kBlock; }

  WorkSplit(int64_t stride, int64_t batchSize) : stride_(stride), batchSize_(batchSize) {}

  /** Returns whether a row of the hidden layer is so few cache lines that threads which own columns would
   * take them from each other. */
  bool isNarrow() const { return stride_ * static_cast<int64_t>(sizeof(T)) <= kNarrowBytes; }
  int threadLimit() const {
    return isNarrow() ? Bags::kWordRanges : static_cast<int>(stride_ / kernels::lanes<T>);
  }
  /** Returns whole blocks, in shares of the largest batch and not of one with `count` examples: so a thread
   * keeps its places in a smaller last batch, where it could else write what a slower one still reads. */
  Examples examplesOf(const kernels::TeamThread& thread, int64_t count) const {
    const auto [begin, end] = thread.share(blocksOf(batchSize_));
    return {std::min(begin * kBlock, count), std::min(end * kBlock, count)};
  }
  kernels::Columns columnsOf(const kernels::TeamThread& thread) const {
    const auto [begin, end] = thread.share(stride_ / kernels::lanes<T>);
    return {begin * kernels::lanes<T>, end * kernels::lanes<T>};
  }
  static WordRanges wordRangesOf(const kernels::TeamThread& thread) {
    const auto [begin, end] = thread.share(Bags::kWordRanges);
    return {static_cast<int>(begin), static_cast<int>(end)};
  }

 private:
  static constexpr int64_t kNarrowBytes = 256;

  int64_t stride_;
  int64_t batchSize_;
};

}  // namespace imdb
