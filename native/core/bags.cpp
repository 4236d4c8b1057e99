#include "core/bags.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/error.h"

namespace imdb {

Bags::Bags(std::vector<int32_t> ids, std::vector<int32_t> offsets, std::vector<int32_t> labels,
           int64_t vocabularySize)
    : ids_(std::move(ids)),
      offsets_(std::move(offsets)),
      labels_(std::move(labels)),
      vocabularySize_(vocabularySize) {
  checkLengths();
  checkIds();
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

void Bags::chooseWordBorders() {
  std::vector<int32_t> entriesOf(vocabularySize_, 0);
  for (const int32_t id : ids_) ++entriesOf[id];
  int64_t below = 0, word = 0;
  for (int range = 1; range < kWordRanges; ++range) {
    while (below * kWordRanges < entries() * range) below += entriesOf[word++];
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

int64_t Bags::bytes() const {
  return static_cast<int64_t>(sizeof(int32_t) *
                              (ids_.size() + offsets_.size() + labels_.size() + cuts_.size()));
}

}  // namespace imdb
