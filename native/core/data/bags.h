#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/layers/dropout.h"
#include "core/tensors/huge_pages.h"

namespace imdb {

/** The factors of the values of bags; see binding.d.ts. */
struct Weighting {
  enum class Normalize { none, norm, length };

  std::optional<std::span<const float>> weights;  // [vocabulary]
  Normalize normalize;
  double gain;
};

/** The arguments of the constructor of Bags; the memory behind the spans is not needed afterwards. */
struct BagArrays {
  std::variant<std::span<const int32_t>, std::span<const uint16_t>> ids;
  std::vector<int32_t> offsets;
  std::vector<int32_t> labels;
  int64_t vocabularySize;
  std::optional<std::span<const float>> values;  // one per id; all are 1 without them
  std::optional<Weighting> weighting;            // applied to the values first
};

/** Labelled bags of words in compressed rows; see binding.d.ts. */
class Bags {
 public:
  /** @throws Error (ERR_SHAPE, ERR_ARG_RANGE) for arrays that are no such bags */
  explicit Bags(BagArrays arrays);

  /**
   * Returns the bags `rows` without the entries that any of `dropouts` takes, with the same word ranges. The
   * other values are divided by each 1 - probability (Srivastava et al. 2014).
   */
  Bags withDropout(const std::vector<int64_t>& rows, const std::vector<Dropout>& dropouts) const;

  int64_t length() const { return static_cast<int64_t>(labels_.size()); }
  int64_t entries() const { return offsets_.back(); }
  int64_t vocabularySize() const { return vocabularySize_; }
  /** Returns -1 without bags. */
  int32_t largestLabel() const { return largestLabel_; }
  int64_t bytes() const;

  /**
   * The number of ranges into which words are cut. Each has about the same work: its entries and, in a large
   * vocabulary, the steps of its rows. With more ranges more threads could share the work, but short
   * stretches of ids cost more, since the processor mispredicts where each ends.
   */
  static constexpr int kWordRanges = 4;
  /**
   * The number of words whose rows stay in a core's cache, and the number of entries that take as long as the
   * wait for memory in the step of another row.
   */
  static constexpr int64_t kCachedWords = 1 << 16, kEntriesOfStep = 8;
  /** The usual number of examples in a batch; a row takes a step in each batch that has its word. */
  static constexpr int64_t kUsualBatch = 64;
  /** Returns the first word of a range; the vocabulary size for kWordRanges. */
  int32_t wordBorder(int range) const { return wordBorders_[range]; }
  /** Returns the first id of a bag that lies in word range `range` or behind it; the bag's end for
   * kWordRanges. */
  const int32_t* idsFrom(int64_t bag, int range) const {
    return ids_.data() + cuts_[bag * (kWordRanges + 1) + range];
  }

  /** Returns the indices in `ids_` at which `idsFrom` starts, one per range, and the bag's end. */
  const int32_t* placesOf(int64_t bag) const { return &cuts_[bag * (kWordRanges + 1)]; }

  /** Returns where the ids of each bag begin among those of all, and the number of all, `[length + 1]`. */
  const int32_t* offsets() const { return offsets_.data(); }
  const int32_t* labels() const { return labels_.data(); }
  const int32_t* ids(int64_t bag) const { return ids_.data() + offsets_[bag]; }
  int64_t size(int64_t bag) const { return offsets_[bag + 1] - offsets_[bag]; }
  /** Returns the values of a bag's ids from `id` on; null where all are 1. */
  const float* valuesOf(const int32_t* id) const {
    return values_.empty() ? nullptr : values_.data() + (id - ids_.data());
  }
  bool hasValues() const { return !values_.empty(); }
  int32_t label(int64_t bag) const { return labels_[bag]; }

 private:
  Bags() = default;

  /** Adds the entries of bag `row` of `all` that dropout leaves. */
  void appendKept(const Bags& all, int64_t row, const std::vector<Dropout>& dropouts, float factor,
                  int32_t* count);
  void checkLengths(const BagArrays& arrays) const;
  /** Copies, checks and weighs all bags. @returns the number of entries of each word, where they are counted
   */
  std::vector<int32_t> takeBags(const BagArrays& arrays, bool areCounted);
  void copyBag(int64_t bag, const BagArrays& arrays);
  /** Returns the index of the first id of a bag that is out of range or order; the bag's end when there is
   * none. */
  int32_t firstWrongId(int64_t bag) const;
  /** Returns the index of the first value of a bag that is not finite; the bag's end when there is none. */
  int32_t firstWrongValue(int64_t bag) const;
  void weigh(int64_t bag, const Weighting& weighting);
  [[noreturn]] void refuse(int64_t bag, bool areWeighted) const;
  /** Returns the number of batches that bring a step of a word's row, which costs more than its entries. */
  int64_t batches() const { return vocabularySize_ > kCachedWords ? length() / kUsualBatch : 0; }
  void chooseWordBorders(const std::vector<int32_t>& counts);
  /** Chooses the same borders where the work is the number of entries, without counting those of each word.
   */
  void chooseBordersOfFew();
  void cutBags();

  UninitializedVector<int32_t> ids_;
  UninitializedVector<float> values_;  // empty where all are 1
  std::vector<int32_t> offsets_{0};
  std::vector<int32_t> labels_;
  std::array<int32_t, kWordRanges + 1> wordBorders_{};
  std::vector<int32_t> cuts_;  // [bags, kWordRanges + 1], indices in `ids_`
  int64_t vocabularySize_ = 0;
  int32_t largestLabel_ = -1;
};

}  // namespace imdb
