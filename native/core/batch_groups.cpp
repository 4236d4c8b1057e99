#include "core/batch_groups.h"

#include <algorithm>
#include <utility>

namespace imdb {

IdRange idsWithin(const Batch& batch, int64_t example, int32_t firstWord, int32_t endWord) {
  const int32_t* ids = batch.bags.ids(batch.rows[example]);
  const int32_t* end = ids + batch.bags.size(batch.rows[example]);
  const int32_t* first = firstWord == 0 ? ids : std::lower_bound(ids, end, firstWord);
  return {first, endWord == batch.bags.vocabularySize() ? end : std::lower_bound(first, end, endWord)};
}

// A counting sort: count, turn counts into places, fill.
void BatchGroups::build(const Batch& batch, int32_t firstWord, int32_t endWord) {
  cursor_.resize(std::max<size_t>(cursor_.size(), batch.bags.vocabularySize()), 0);
  ranges_.resize(batch.count);
  size_t entries = 0;
  for (int64_t example = 0; example < batch.count; ++example) {
    ranges_[example] = idsWithin(batch, example, firstWord, endWord);
    entries += ranges_[example].end - ranges_[example].begin;
  }
  if (examples_.size() < entries || starts_.empty()) {
    words_.resize(entries + 1);  // the counting loop writes a word before it knows whether it is new
    starts_.resize(entries + 1);
    examples_.resize(entries);
  }

  int32_t* const cursor = cursor_.data();
  count_ = 0;
  for (const IdRange& range : ranges_) {
    for (const int32_t* id = range.begin; id != range.end; ++id) {
      words_[count_] = *id;
      count_ += cursor[*id]++ == 0;
    }
  }
  int32_t place = 0;
  for (int64_t group = 0; group < count_; ++group) {
    starts_[group] = place;
    place += std::exchange(cursor[words_[group]], place);
  }
  starts_[count_] = place;
  for (int64_t example = 0; example < batch.count; ++example) {
    for (const int32_t* id = ranges_[example].begin; id != ranges_[example].end; ++id) {
      examples_[cursor[*id]++] = static_cast<int32_t>(example);
    }
  }
  for (int64_t group = 0; group < count_; ++group) cursor[words_[group]] = 0;
}

}  // namespace imdb
