#include "core/fused/batch_words.h"

#include <algorithm>
#include <utility>

namespace imdb {

void DistinctWords::collect(const Batch& batch, int range) {
  const int32_t first = batch.bags.wordBorder(range);
  starts_.resize(batch.count + 1);
  for (int64_t example = 0; example < batch.count; ++example) {
    const auto entries = batch.idsFrom(example, range + 1) - batch.idsFrom(example, range);
    starts_[example + 1] = starts_[example] + static_cast<int32_t>(entries);
  }
  const size_t entries = starts_.back();
  if (places_.size() < entries) places_.resize(entries);
  // The loop writes a word before it knows whether it is new.
  if (words_.size() <= entries) words_.resize(entries + 1);
  numbers_.resize(std::max<size_t>(numbers_.size(), batch.bags.wordBorder(range + 1) - first), 0);
  int32_t *const numbers = numbers_.data(), *const words = words_.data(), *place = places_.data();
  constexpr int64_t kIdsAhead = 16;
  int32_t count = 0;  // in a register: the writes below could change a member
  for (int64_t example = 0; example < batch.count; ++example) {
    batch.prefetchIds(example + Batch::kAhead, {range, range + 1});
    const int32_t* const end = batch.idsFrom(example, range + 1);
    for (const int32_t* id = batch.idsFrom(example, range); id != end; ++id) {
      if (id + kIdsAhead < end) __builtin_prefetch(numbers + (id[kIdsAhead] - first), 1);
      const int32_t known = numbers[*id - first], isNew = known == 0 ? 1 : 0;
      words[count] = *id;
      count += isNew;
      const int32_t number = known + isNew * count;
      numbers[*id - first] = number;
      *place++ = number - 1;
    }
  }
  count_ = count;
  for (int64_t i = 0; i < count_; ++i) numbers[words[i] - first] = 0;
}

// This is a counting sort: count, turn counts into places, fill.
void EntriesByWord::build(const Batch& batch, WordRanges ranges) {
  cursor_.resize(std::max<size_t>(cursor_.size(), batch.bags.vocabularySize()), 0);
  const auto forEachId = [&](int64_t example, auto visit) {
    const int32_t* const end = batch.idsFrom(example, ranges.end);
    for (const int32_t* id = batch.idsFrom(example, ranges.begin); id != end; ++id) visit(*id);
  };
  size_t entries = 0;
  for (int64_t example = 0; example < batch.count; ++example) {
    entries += batch.idsFrom(example, ranges.end) - batch.idsFrom(example, ranges.begin);
  }
  if (examples_.size() < entries || starts_.empty()) {
    words_.resize(entries + 1);  // the counting loop writes a word before it knows whether it is new
    starts_.resize(entries + 1);
    examples_.resize(entries);
  }
  values_.resize(batch.bags.hasValues() ? examples_.size() : 0);

  int32_t* const cursor = cursor_.data();
  count_ = 0;
  for (int64_t example = 0; example < batch.count; ++example) {
    forEachId(example, [&](int32_t id) {
      words_[count_] = id;
      count_ += cursor[id]++ == 0;
    });
  }
  int32_t place = 0;
  for (int64_t group = 0; group < count_; ++group) {
    starts_[group] = place;
    place += std::exchange(cursor[words_[group]], place);
  }
  starts_[count_] = place;
  for (int64_t example = 0; example < batch.count; ++example) {
    const float* value = batch.bags.valuesOf(batch.idsFrom(example, ranges.begin));
    forEachId(example, [&](int32_t id) {
      if (value != nullptr) values_[cursor[id]] = *value++;
      examples_[cursor[id]++] = static_cast<int32_t>(example);
    });
  }
  for (int64_t group = 0; group < count_; ++group) cursor[words_[group]] = 0;
}

void EntriesByWord::sortWords() {
  sorted_.assign(words_.begin(), words_.begin() + count_);
  std::sort(sorted_.begin(), sorted_.end());
}

}  // namespace imdb
