#include "core/bags.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "core/error.h"

namespace imdb {

Bags::Bags(std::vector<int32_t> ids, std::vector<int32_t> offsets, std::vector<int32_t> labels,
           int64_t vocabularySize, std::optional<std::vector<float>> values)
    : ids_(std::move(ids)),
      offsets_(std::move(offsets)),
      labels_(std::move(labels)),
      vocabularySize_(vocabularySize) {
  checkLengths();
  checkIds();
  if (values) takeValues(std::move(*values));
  chooseWordBorders();
  cutBags();
  if (!labels_.empty()) largestLabel_ = *std::max_element(labels_.begin(), labels_.end());
}

void Bags::checkLengths() const {
  if (offsets_.size() != labels_.size() + 1) {
    throw shapeError("Expected one offset more than labels (" + std::to_string(labels_.size() + 1) +
                     ") but received " + std::to_string(offsets_.size()));
  }
  if (offsets_.front() != 0 || offsets_.back() != static_cast<int64_t>(ids_.size())) {
    throw shapeError("Expected offsets from 0 to the number of ids (" + std::to_string(ids_.size()) +
                     ") but received " + std::to_string(offsets_.front()) + " to " +
                     std::to_string(offsets_.back()));
  }
  const auto descent = std::is_sorted_until(offsets_.begin(), offsets_.end());
  if (descent != offsets_.end()) {
    throw shapeError("Expected ascending offsets but offset " + std::to_string(descent - offsets_.begin()) +
                     " is smaller than the one before");
  }
}

void Bags::checkIds() const {
  for (int64_t bag = 0; bag < length(); ++bag) {
    int64_t previous = -1;
    for (int32_t j = offsets_[bag]; j < offsets_[bag + 1]; ++j) {
      if (ids_[j] <= previous || ids_[j] >= vocabularySize_) {
        throw rangeError("Expected ascending ids in 0 .. " + std::to_string(vocabularySize_ - 1) +
                         " in bag " + std::to_string(bag) + " but received " + std::to_string(ids_[j]) +
                         (previous < 0 ? "" : " after " + std::to_string(previous)));
      }
      previous = ids_[j];
    }
    if (labels_[bag] < 0) {
      throw rangeError("Expected class numbers from 0 as labels but bag " + std::to_string(bag) + " has " +
                       std::to_string(labels_[bag]));
    }
  }
}

void Bags::takeValues(std::vector<float> values) {
  if (values.size() != ids_.size()) {
    throw shapeError("Expected one value for each of " + std::to_string(ids_.size()) + " ids but received " +
                     std::to_string(values.size()));
  }
  const auto isFinite = [](float value) { return std::isfinite(value); };
  const auto wrong = std::find_if_not(values.begin(), values.end(), isFinite);
  if (wrong != values.end()) {
    throw rangeError("Expected finite values but value " + std::to_string(wrong - values.begin()) +
                     " is a NaN or an infinity");
  }
  values_ = std::move(values);
}

void Bags::chooseWordBorders() {
  std::vector<int64_t> workOf(vocabularySize_, 0);
  for (const int32_t id : ids_) ++workOf[id];
  if (vocabularySize_ > kCachedWords) {
    const int64_t batches = length() / kUsualBatch;
    for (int64_t& work : workOf) work += kEntriesOfStep * std::min(work, batches);
  }
  const int64_t all = std::accumulate(workOf.begin(), workOf.end(), int64_t{0});
  int64_t below = 0, word = 0;
  for (int range = 1; range < kWordRanges; ++range) {
    while (below * kWordRanges < all * range) below += workOf[word++];
    wordBorders_[range] = static_cast<int32_t>(word);
  }
  wordBorders_[kWordRanges] = static_cast<int32_t>(vocabularySize_);
}

void Bags::cutBags() {
  cuts_.reserve(length() * (kWordRanges + 1));
  for (int64_t bag = 0; bag < length(); ++bag) {
    int32_t place = offsets_[bag];
    for (int range = 0; range <= kWordRanges; ++range) {
      while (place < offsets_[bag + 1] && ids_[place] < wordBorders_[range]) ++place;
      cuts_.push_back(place);
    }
  }
}

Bags Bags::withDropout(const std::vector<int64_t>& rows, const std::vector<Dropout>& dropouts) const {
  Bags left;
  left.vocabularySize_ = vocabularySize_;
  left.wordBorders_ = wordBorders_;
  left.largestLabel_ = largestLabel_;
  size_t most = 0;
  for (const int64_t row : rows) most += size(row);
  left.ids_.resize(most);
  left.values_.resize(most);
  double factor = 1;
  for (const Dropout& dropout : dropouts) factor /= 1 - dropout.probability;
  int32_t count = 0;
  for (const int64_t row : rows) {
    left.appendKept(*this, row, dropouts, static_cast<float>(factor), &count);
    left.offsets_.push_back(count);
    left.labels_.push_back(labels_[row]);
  }
  left.ids_.resize(count);
  left.values_.resize(count);
  return left;
}

void Bags::appendKept(const Bags& all, int64_t row, const std::vector<Dropout>& dropouts, float factor,
                      int32_t* count) {
  std::vector<DropoutDraws> draws;
  for (const Dropout& dropout : dropouts) draws.emplace_back(dropout, row);
  const auto isKept = [&](int64_t entry) {
    return std::all_of(draws.begin(), draws.end(), [&](const auto& own) { return own.keeps(entry); });
  };
  const int32_t* const cuts = all.placesOf(row);
  for (int range = 0; range < kWordRanges; ++range) {
    cuts_.push_back(*count);
    for (int32_t place = cuts[range]; place < cuts[range + 1]; ++place) {
      ids_[*count] = all.ids_[place];
      values_[*count] = factor * (all.values_.empty() ? 1 : all.values_[place]);
      *count += isKept(place - all.offsets_[row]) ? 1 : 0;
    }
  }
  cuts_.push_back(*count);
}

int64_t Bags::bytes() const {
  return static_cast<int64_t>(
      sizeof(int32_t) * (ids_.size() + values_.size() + offsets_.size() + labels_.size() + cuts_.size()));
}

}  // namespace imdb
