#include "core/data/bags.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/error.h"
#include "kernels/thread_team.h"

namespace imdb {

namespace {

/** Returns the number of threads that share the work. */
int threadsFor(const Bags& bags) {
  // With fewer entries a thread costs more to wake than it saves.
  constexpr int64_t kEntriesPerThread = 1 << 16;
  const int64_t size = kernels::ThreadTeam::instance().threads();
  return static_cast<int>(std::min(size, 1 + bags.entries() / kEntriesPerThread));
}

/** Calls `visit(bag, thread)` for all bags, in order for each thread. */
template <typename Visit>
void forEachBag(const Bags& bags, int threads, Visit visit) {
  kernels::ThreadTeam::instance().run(threads, [&](const kernels::TeamThread& thread) {
    const auto [begin, end] = thread.share(bags.length());
    for (int64_t bag = begin; bag < end; ++bag) visit(bag, thread.index);
  });
}

}  // namespace

Bags::Bags(BagArrays arrays)
    : offsets_(std::move(arrays.offsets)),
      labels_(std::move(arrays.labels)),
      vocabularySize_(arrays.vocabularySize) {
  checkLengths(arrays);
  // Counting takes time and memory for every word; few entries in few bags are sooner looked at one by one.
  const bool isSmall = batches() == 0 && entries() < vocabularySize_;
  const std::vector<int32_t> counts = takeBags(arrays, !isSmall);
  wordBorders_[kWordRanges] = static_cast<int32_t>(vocabularySize_);
  if (isSmall) {
    chooseBordersOfFew();
  } else {
    chooseWordBorders(counts);
  }
  cutBags();
  if (!labels_.empty()) largestLabel_ = *std::max_element(labels_.begin(), labels_.end());
}

void Bags::checkLengths(const BagArrays& arrays) const {
  const auto entries = static_cast<int64_t>(std::visit([](auto ids) { return ids.size(); }, arrays.ids));
  if (offsets_.size() != labels_.size() + 1) {
    throw shapeError("Expected one offset more than labels (" + std::to_string(labels_.size() + 1) +
                     ") but received " + std::to_string(offsets_.size()));
  }
  if (offsets_.front() != 0 || offsets_.back() != entries) {
    throw shapeError("Expected offsets from 0 to the number of ids (" + std::to_string(entries) +
                     ") but received " + std::to_string(offsets_.front()) + " to " +
                     std::to_string(offsets_.back()));
  }
  const auto descent = std::is_sorted_until(offsets_.begin(), offsets_.end());
  if (descent != offsets_.end()) {
    throw shapeError("Expected ascending offsets but offset " + std::to_string(descent - offsets_.begin()) +
                     " is smaller than the one before");
  }
  if (arrays.values && static_cast<int64_t>(arrays.values->size()) != entries) {
    throw shapeError("Expected one value for each of " + std::to_string(entries) + " ids but received " +
                     std::to_string(arrays.values->size()));
  }
  const auto& weighting = arrays.weighting;
  if (weighting && weighting->weights &&
      static_cast<int64_t>(weighting->weights->size()) != vocabularySize_) {
    throw shapeError("Expected one weight for each of " + std::to_string(vocabularySize_) +
                     " words but received " + std::to_string(weighting->weights->size()));
  }
}

std::vector<int32_t> Bags::takeBags(const BagArrays& arrays, bool areCounted) {
  const auto& weighting = arrays.weighting;
  // Uninitialised, so that each thread is the first to write its own part.
  ids_.resize(entries());
  if (arrays.values || weighting) values_.resize(entries());
  const int threads = threadsFor(*this);
  std::vector<std::vector<int32_t>> counts(threads, std::vector<int32_t>(areCounted ? vocabularySize_ : 0));
  std::vector<int64_t> wrong(threads, length());
  forEachBag(*this, threads, [&](int64_t bag, int thread) {
    if (wrong[thread] < length()) return;
    copyBag(bag, arrays);
    if (firstWrongId(bag) == offsets_[bag + 1] && labels_[bag] >= 0) {
      for (int32_t j = offsets_[bag]; areCounted && j < offsets_[bag + 1]; ++j) ++counts[thread][ids_[j]];
      if (weighting) weigh(bag, *weighting);
      if (firstWrongValue(bag) == offsets_[bag + 1]) return;
    }
    wrong[thread] = bag;
  });
  const int64_t first = *std::min_element(wrong.begin(), wrong.end());
  if (first < length()) refuse(first, weighting.has_value());
  for (int thread = 1; thread < threads; ++thread) {
    for (size_t word = 0; word < counts[0].size(); ++word) counts[0][word] += counts[thread][word];
  }
  return std::move(counts[0]);
}

void Bags::copyBag(int64_t bag, const BagArrays& arrays) {
  const int32_t begin = offsets_[bag];
  std::visit([&](auto ids) { std::copy_n(ids.begin() + begin, size(bag), ids_.begin() + begin); },
             arrays.ids);
  if (arrays.values) {
    std::copy_n(arrays.values->begin() + begin, size(bag), values_.begin() + begin);
  } else if (!values_.empty()) {
    std::fill_n(values_.begin() + begin, size(bag), 1.0F);
  }
}

int32_t Bags::firstWrongId(int64_t bag) const {
  int64_t previous = -1;
  for (int32_t j = offsets_[bag]; j < offsets_[bag + 1]; ++j) {
    if (ids_[j] <= previous || ids_[j] >= vocabularySize_) return j;
    previous = ids_[j];
  }
  return offsets_[bag + 1];
}

int32_t Bags::firstWrongValue(int64_t bag) const {
  const int32_t end = offsets_[bag + 1];
  if (values_.empty()) return end;
  const auto isFinite = [](float value) { return std::isfinite(value); };
  const auto wrong = std::find_if_not(values_.begin() + offsets_[bag], values_.begin() + end, isFinite);
  return static_cast<int32_t>(wrong - values_.begin());
}

void Bags::weigh(int64_t bag, const Weighting& weighting) {
  const int32_t begin = offsets_[bag], end = offsets_[bag + 1];
  const float* const weights = weighting.weights ? weighting.weights->data() : nullptr;
  double squares = 0;
  for (int32_t j = begin; j < end; ++j) {
    const double value = static_cast<double>(values_[j]) * (weights == nullptr ? 1 : weights[ids_[j]]);
    values_[j] = static_cast<float>(value);
    squares += value * value;
  }
  using Normalize = Weighting::Normalize;
  const double measure = weighting.normalize == Normalize::norm     ? squares
                         : weighting.normalize == Normalize::length ? static_cast<double>(size(bag))
                                                                    : 0;
  // A bag whose words all weigh nothing stays as it is.
  const double factor = measure > 0 ? weighting.gain / std::sqrt(measure) : weighting.gain;
  for (int32_t j = begin; j < end; ++j) values_[j] = static_cast<float>(values_[j] * factor);
}

void Bags::refuse(int64_t bag, bool areWeighted) const {
  const int32_t wrong = firstWrongId(bag);
  if (wrong < offsets_[bag + 1]) {
    throw rangeError("Expected ascending ids in 0 .. " + std::to_string(vocabularySize_ - 1) + " in bag " +
                     std::to_string(bag) + " but received " + std::to_string(ids_[wrong]) +
                     (wrong == offsets_[bag] ? "" : " after " + std::to_string(ids_[wrong - 1])));
  }
  if (labels_[bag] < 0) {
    throw rangeError("Expected class numbers from 0 as labels but bag " + std::to_string(bag) + " has " +
                     std::to_string(labels_[bag]));
  }
  throw rangeError("Expected finite values" + std::string(areWeighted ? " when they are weighted" : "") +
                   " but value " + std::to_string(firstWrongValue(bag)) + " is a NaN or an infinity");
}

void Bags::chooseWordBorders(const std::vector<int32_t>& counts) {
  const int64_t steps = batches();
  const auto workOf = [&](int64_t entries) { return entries + kEntriesOfStep * std::min(entries, steps); };
  int64_t all = 0;
  for (const int32_t entries : counts) all += workOf(entries);
  int64_t below = 0, word = 0;
  for (int range = 1; range < kWordRanges; ++range) {
    while (below * kWordRanges < all * range) below += workOf(counts[word++]);
    wordBorders_[range] = static_cast<int32_t>(word);
  }
}

void Bags::chooseBordersOfFew() {
  std::vector<int32_t> words(ids_.begin(), ids_.end());
  auto begin = words.begin();
  for (int range = 1; range < kWordRanges; ++range) {
    const int64_t below = (entries() * range + kWordRanges - 1) / kWordRanges;
    if (below == 0) continue;
    const auto last = words.begin() + (below - 1);
    // What stands before the last one is in place already.
    std::nth_element(begin, last, words.end());
    wordBorders_[range] = *last + 1;
    begin = last;
  }
}

void Bags::cutBags() {
  cuts_.resize(length() * (kWordRanges + 1));
  forEachBag(*this, threadsFor(*this), [&](int64_t bag, int) {
    const auto end = ids_.begin() + offsets_[bag + 1];
    auto place = ids_.begin() + offsets_[bag];
    for (int range = 0; range <= kWordRanges; ++range) {
      place = std::lower_bound(place, end, wordBorders_[range]);
      cuts_[bag * (kWordRanges + 1) + range] = static_cast<int32_t>(place - ids_.begin());
    }
  });
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
