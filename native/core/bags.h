#pragma once

#include <cstdint>
#include <vector>

namespace imdb {

/** Labelled bags of words in compressed rows; see binding.d.ts. */
class Bags {
 public:
  /** @throws Error (ERR_SHAPE, ERR_ARG_RANGE) for arrays that are no such bags */
  Bags(std::vector<int32_t> ids, std::vector<int32_t> offsets, std::vector<int32_t> labels,
       int64_t vocabularySize);

  int64_t length() const { return static_cast<int64_t>(labels_.size()); }
  int64_t entries() const { return offsets_.back(); }
  int64_t vocabularySize() const { return vocabularySize_; }
  /** -1 without bags. */
  int32_t largestLabel() const { return largestLabel_; }
  int64_t bytes() const;

  const int32_t* ids(int64_t bag) const { return ids_.data() + offsets_[bag]; }
  int64_t size(int64_t bag) const { return offsets_[bag + 1] - offsets_[bag]; }
  int32_t label(int64_t bag) const { return labels_[bag]; }

  /** The least id below which at least `share` (0 .. 1) of all entries lie; the vocabulary size for 1. */
  int32_t idBelowWhich(double share) const;

 private:
  void checkLengths() const;
  void checkIds() const;

  std::vector<int32_t> ids_;
  std::vector<int32_t> offsets_;
  std::vector<int32_t> labels_;
  std::vector<int32_t> entriesBelow_;  // [vocabularySize + 1]
  int64_t vocabularySize_;
  int32_t largestLabel_ = -1;
};

}  // namespace imdb
