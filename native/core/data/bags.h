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

/** What the values of bags are multiplied by; see binding.d.ts. */
struct Weighting {
  std::optional<std::span<const float>> weights;  // [vocabulary]
  bool normalize;
  double gain;
};

/** What bags are made of; the memory behind the spans is not needed afterwards. */
struct BagArrays {
  std::variant<std::span<const int32_t>, std::span<const uint16_t>> ids;
  std::vector<int32_t> offsets;
  std::vector<int32_t> labels;
  int64_t vocabularySize;
  std::optional<std::span<const float>> values;  // one an id; without them all are 1
  std::optional<Weighting> weighting;            // what is done with the values first
};

/** Labelled bags of words in compressed rows; see binding.d.ts. */
class Bags {
 public:
  /** @throws Error (ERR_SHAPE, ERR_ARG_RANGE) for arrays that are no such bags */
  explicit Bags(BagArrays arrays);

  /**
   * The bags `rows` without the entries that any of `dropouts` takes, in the same word ranges; the values of
   * what is left are divided by each 1 - probability (Srivastava et al. 2014).
   */
  Bags withDropout(const std::vector<int64_t>& rows, const std::vector<Dropout>& dropouts) const;

  int64_t length() const { return static_cast<int64_t>(labels_.size()); }
  int64_t entries() const { return offsets_.back(); }
  int64_t vocabularySize() const { return vocabularySize_; }
  /** -1 without bags. */
  int32_t largestLabel() const { return largestLabel_; }
  int64_t bytes() const;

  /**
   * Words are cut into so many ranges, each with about as much work as any other: its entries and, in a large
   * vocabulary, the steps of its rows. More would let more threads share the work on them, but short runs of
   * ids cost more: their ends are branches that are guessed wrong.
   */
  static constexpr int kWordRanges = 4;
  /** The rows of so many words stay in a core's cache; those of others wait for memory, as long as so many
   * entries take. */
  static constexpr int64_t kCachedWords = 1 << 16, kEntriesOfStep = 8;
  /** A row takes a step in each batch that has its word, in one with so many examples as presets train on. */
  static constexpr int64_t kUsualBatch = 64;
  /** Word `wordBorder(range)` is the first of a range; the vocabulary size for kWordRanges. */
  int32_t wordBorder(int range) const { return wordBorders_[range]; }
  /** The first id of a bag that lies in word range `range` or behind it; the bag's end for kWordRanges. */
  const int32_t* idsFrom(int64_t bag, int range) const {
    return ids_.data() + cuts_[bag * (kWordRanges + 1) + range];
  }

  /** Where `idsFrom` looks. */
  const int32_t* placesOf(int64_t bag) const { return &cuts_[bag * (kWordRanges + 1)]; }

  const int32_t* ids(int64_t bag) const { return ids_.data() + offsets_[bag]; }
  int64_t size(int64_t bag) const { return offsets_[bag + 1] - offsets_[bag]; }
  /** The values of a bag's ids from this one on; null where all are 1. */
  const float* valuesOf(const int32_t* id) const {
    return values_.empty() ? nullptr : values_.data() + (id - ids_.data());
  }
  bool hasValues() const { return !values_.empty(); }
  int32_t label(int64_t bag) const { return labels_[bag]; }

 private:
  Bags() = default;

  /** Adds what dropout leaves of bag `row` of `all`. */
  void appendKept(const Bags& all, int64_t row, const std::vector<Dropout>& dropouts, float factor,
                  int32_t* count);
  void checkLengths(const BagArrays& arrays) const;
  /** Copies, checks and weighs all bags. @returns how often each word comes */
  std::vector<int32_t> takeBags(const BagArrays& arrays);
  void copyBag(int64_t bag, const BagArrays& arrays);
  /** The place of the first of a bag that is none of its ascending ids; the bag's end when all are right. */
  int32_t firstWrongId(int64_t bag) const;
  /** As above, of values that are not finite. */
  int32_t firstWrongValue(int64_t bag) const;
  void weigh(int64_t bag, const Weighting& weighting);
  [[noreturn]] void refuse(int64_t bag, bool areWeighted) const;
  void chooseWordBorders(const std::vector<int32_t>& counts);
  void cutBags();

  UntouchedVector<int32_t> ids_;
  UntouchedVector<float> values_;  // empty where all are 1
  std::vector<int32_t> offsets_{0};
  std::vector<int32_t> labels_;
  std::array<int32_t, kWordRanges + 1> wordBorders_{};
  std::vector<int32_t> cuts_;  // [bags, kWordRanges + 1]: places in `ids_`
  int64_t vocabularySize_ = 0;
  int32_t largestLabel_ = -1;
};

}  // namespace imdb
